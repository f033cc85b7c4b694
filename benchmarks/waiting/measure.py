"""Runs one cell against an endpoint and puts together what the process and what the endpoint saw."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.subjects import connection

if TYPE_CHECKING:
    from collections import Counter

    from benchmarks.endpoint.client import Endpoint
    from benchmarks.waiting.cell import CellOrder

_STS = "sts:AssumeRole"


class CellFailed(RuntimeError):
    """The process of a cell ended by itself; the message has the end of what it wrote."""


def measure(order: CellOrder, endpoint: Endpoint) -> dict[str, Any]:
    """
    Run a cell.

    :param order: what is measured; its jobs are created here.
    :param endpoint: where the jobs are.
    :return: numbers by name; see :func:`_numbers`.
    :raises CellFailed: the process did not come to an end.
    """
    endpoint.create_jobs(order.names)
    with tempfile.TemporaryDirectory() as home:
        errors = Path(home, "errors.txt")
        with errors.open("wb") as stderr, _start(order, endpoint, home, stderr) as process:
            try:
                phases, counts, ends = _follow(process, order, endpoint)
            except EOFError:
                tail = errors.read_text(errors="replace")[-3000:]
                raise CellFailed(f"{order} ended with exit code {process.wait()}:\n{tail}") from None
            finally:
                process.kill()
    return _numbers(order, phases, counts) | _latencies(phases["ended"]["events"], ends)


def _start(order: CellOrder, endpoint: Endpoint, home: str, stderr: Any) -> subprocess.Popen[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("AIRFLOW", "AWS_"))}
    own = {
        "AIRFLOW_HOME": home,
        "AIRFLOW_CONN_AWS_DEFAULT": connection(order.credentials, endpoint.url),
        "AWS_EC2_METADATA_DISABLED": "true",
        "NO_PROXY": "127.0.0.1",
        "no_proxy": "127.0.0.1",
    }
    return subprocess.Popen(
        [sys.executable, "-m", "benchmarks.waiting.cell", order.to_json()],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=stderr,
        text=True,
        env=kept | own,
    )


def _follow(
    process: subprocess.Popen[str], order: CellOrder, endpoint: Endpoint
) -> tuple[dict[str, Any], dict[str, Counter[str]], dict[str, float]]:
    phases: dict[str, Any] = {}
    counts: dict[str, Counter[str]] = {}
    ender: threading.Thread | None = None
    assert process.stdin is not None
    assert process.stdout is not None
    while "ended" not in phases:
        line = process.stdout.readline()
        if not line:
            raise EOFError
        facts = json.loads(line)
        phase = facts.pop("phase")
        phases[phase], counts[phase] = facts, endpoint.requests()
        if phase == "settled":
            endpoint.ends()
            ender = _end_some(order, endpoint)
        if phase == "measured" and ender is not None:
            ender.join()
        if phase != "ended":
            process.stdin.write("\n")
            process.stdin.flush()
    return phases, counts, endpoint.ends()


def _end_some(order: CellOrder, endpoint: Endpoint) -> threading.Thread | None:
    if not order.changing:
        return None
    names, seconds = order.names[: order.ending], order.lead_seconds + order.seconds
    thread = threading.Thread(target=lambda: asyncio.run(endpoint.end_jobs(names, seconds=seconds)))
    thread.start()
    return thread


def _numbers(order: CellOrder, phases: dict[str, Any], counts: dict[str, Counter[str]]) -> dict[str, Any]:
    """
    Return what was measured; times are seconds, CPU too, memory is MiB.

    ``start_…`` is from the first trigger to the moment when each has logged its job's status, ``steady_…`` the
    intervals after that. ``idle_longest_stall`` is of half a second before there was any trigger: the machine's noise.
    """
    start, steady = phases["polled"], phases["measured"]
    in_steady = counts["measured"] - counts["steady"]
    return {
        "imported_mib": phases["ready"]["imported_mib"],
        "idle_longest_stall": phases["ready"]["idle_stall"],
        "memory_mib": steady["memory_mib"],
        "memory_mib_per_trigger": steady["memory_mib"] / order.jobs,
        "peak_mib": phases["ended"]["peak_mib"],
        "start_seconds": start["seconds"],
        "start_cpu": start["cpu_seconds"],
        "start_cpu_per_trigger": start["cpu_seconds"] / order.jobs,
        "start_requests": dict(counts["polled"] - counts["ready"]),
        "longest_stall": max(start["longest_stall"], steady["longest_stall"]),
        "start_longest_stall": start["longest_stall"],
        "start_stalled_in_all": start["stalled_in_all"],
        "steady_longest_stall": steady["longest_stall"],
        "steady_cpu_per_interval": steady["cpu_seconds"] / order.intervals,
        "steady_cpu_per_trigger_and_poll": steady["cpu_seconds"] / order.intervals / order.jobs,
        "requests_per_interval": {name: count / order.intervals for name, count in in_steady.items()},
        "requests_per_interval_in_all": in_steady.total() / order.intervals,
        "sts_calls": (counts["ended"] - counts["ready"])[_STS],
        "profile": phases["ended"]["profile"],
    }


def _latencies(events: dict[str, float], ends: dict[str, float]) -> dict[str, Any]:
    """
    Return how long it took from the end of a job at the endpoint to the event of its trigger, in seconds.

    :param events: when triggers fired.
    :param ends: when jobs ended.
    """
    if not ends:
        return {}
    seen = sorted(events[name] - end for name, end in ends.items() if name in events)
    return {
        "ended_jobs": len(ends),
        "missed_jobs": len(ends) - len(seen),
        "early_events": len(set(events) - set(ends)),
        "latency_p50": _quantile(seen, 0.5),
        "latency_p99": _quantile(seen, 0.99),
        "latency_max": _quantile(seen, 1.0),
    }


def _quantile(ordered: list[float], share: float) -> float | None:
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else None
