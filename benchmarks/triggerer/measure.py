"""A real ``airflow triggerer`` with a thousand deferred tasks: what its processes take."""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from airflow_sm_training.demo.processes import end_session
from benchmarks.endpoint.client import Endpoint
from benchmarks.statistics import summarize
from benchmarks.subjects import Credentials, Subject, connection
from benchmarks.triggerer.home import Home

if TYPE_CHECKING:
    from collections.abc import Sequence

_HAS_STATUS = re.compile(rb": Training\b|not done yet")
_SECONDS_TO_START = 900
_SECONDS_TO_SETTLE = 10
_PROCESSES = 2  # one that speaks to the database, one that runs the triggers


def run(tasks: int, poll_interval: int, repetitions: int) -> list[dict[str, Any]]:
    """
    Measure a triggerer that has nothing to do, then ours and the incumbent's.

    :param tasks: how many tasks are deferred.
    :param poll_interval: seconds between polls.
    :return: for each case the medians and spreads of :func:`_measure`.
    """
    cases = {"idle": (Subject.OURS, 0), **{str(it): (it, tasks) for it in (Subject.OURS, Subject.INCUMBENT)}}
    runs: dict[str, list[dict[str, Any]]] = {case: [] for case in cases}
    for _ in range(repetitions):
        for case, (subject, count) in cases.items():
            began = time.monotonic()
            runs[case].append(_measure(subject, count, poll_interval))
            print(f"triggerer, {case}, {count} tasks: {time.monotonic() - began:.0f} s", file=sys.stderr, flush=True)
    described = {"poll_interval": poll_interval}
    return [{"case": case, "tasks": cases[case][1]} | described | summarize(done) for case, done in runs.items()]


def _measure(subject: Subject, tasks: int, poll_interval: int) -> dict[str, Any]:
    """
    Return what one triggerer took: MiB, seconds, and CPU seconds of its two processes together.

    ``start_…`` is from its start until the log of each task has the status of its job.
    """
    names = [f"deferred-{number}" for number in range(tasks)]
    with tempfile.TemporaryDirectory() as directory, Endpoint() as endpoint:
        endpoint.create_jobs(names)
        home = Home(Path(directory), connection(Credentials.STATIC, endpoint.url))
        home.defer(subject, names, poll_interval)
        began = time.monotonic()
        process = _start(home, tasks)
        try:
            _wait_until_polled(process, home, tasks)
            start_seconds, start_cpu = time.monotonic() - began, _cpu(process.pid)
            # Whoever comes second must not be charged for what the first poll left to be done.
            time.sleep(poll_interval + _SECONDS_TO_SETTLE)
            cpu, requests = _cpu(process.pid), endpoint.requests()
            time.sleep(poll_interval)
            cpu, requests = _cpu(process.pid) - cpu, endpoint.requests() - requests
            memory = _memory(process.pid)
        finally:
            end_session(process.pid, grace_seconds=5)
            process.wait()
    return {
        "start_seconds": start_seconds,
        "start_cpu": start_cpu,
        "cpu_per_interval": cpu,
        "memory_mib": sum(memory),
        "memory_of_largest_process_mib": max(memory),
        "requests_per_interval": dict(requests),
        "requests_per_interval_in_all": requests.total(),
    }


def _start(home: Home, tasks: int) -> subprocess.Popen[bytes]:
    with (home.path / "triggerer.log").open("wb") as log:
        return subprocess.Popen(
            [sys.executable, "-m", "airflow", "triggerer", "--skip-serve-logs", "--capacity", str(tasks + 1)],
            cwd=home.path,
            env=home.environment,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )


def _wait_until_polled(process: subprocess.Popen[bytes], home: Home, tasks: int) -> None:
    deadline = time.monotonic() + _SECONDS_TO_START
    polled: set[Path] = set()
    while len(polled) < tasks or len(_processes(process.pid)) < _PROCESSES:
        if process.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(f"{len(polled)} of {tasks} tasks were polled:\n{_text(home)[-3000:]}")
        time.sleep(0.5)
        polled |= {path for path in home.logs.rglob("*.log") if path not in polled and _has_status(path)}


def _has_status(log: Path) -> bool:
    return ".trigger." in log.name and _HAS_STATUS.search(log.read_bytes()) is not None


def _text(home: Home) -> str:
    return (home.path / "triggerer.log").read_text(errors="replace")


def _processes(pid: int) -> Sequence[Any]:
    import psutil

    parent = psutil.Process(pid)
    return [parent, *parent.children(recursive=True)]


def _cpu(pid: int) -> float:
    return float(sum(sum(process.cpu_times()[:2]) for process in _processes(pid)))


def _memory(pid: int) -> list[float]:
    return [process.memory_full_info().uss / (1 << 20) for process in _processes(pid)]
