"""
One cell: a fresh process that waits for N jobs and measures itself.

Run as ``python -m benchmarks.waiting.cell '{"subject": …}'``. Prints one JSON object for each phase and reads a line
before it goes on, so that whoever started it can look at the endpoint in between.
"""

from __future__ import annotations

import asyncio
import gc
import importlib
import json
import os
import resource
import sys
import time
from dataclasses import asdict, dataclass
from typing import IO, Any

from benchmarks.subjects import Credentials, Subject, trigger_arguments, trigger_class
from benchmarks.waiting.loop_monitor import LoopMonitor
from benchmarks.waiting.profiles import ProfileKind, Profiler
from benchmarks.waiting.status_lines import StatusLines, job_of_this_task

_MEBIBYTE = 1 << 20
# Each list looks back over two intervals, so the third in which jobs end is the first that is like all that follow.
_LEAD_INTERVALS = 3


@dataclass(frozen=True, slots=True)
class CellOrder:
    """
    What one process measures.

    :param jobs: how many jobs it waits for.
    :param poll_interval: seconds.
    :param intervals: how many poll intervals are measured after every job was polled once; if jobs end, after some
        more in which they do already.
    :param name_prefix: jobs are called this, a hyphen and a number from 0.
    :param changing: how many jobs end in each interval.
    :param profile: what to look at more closely, at the price of wrong times.
    """

    subject: Subject
    credentials: Credentials
    jobs: int
    poll_interval: int
    intervals: int
    name_prefix: str
    changing: int = 0
    profile: ProfileKind | None = None

    @property
    def names(self) -> list[str]:
        """The names of the jobs."""
        return [f"{self.name_prefix}-{number}" for number in range(self.jobs)]

    @property
    def seconds(self) -> float:
        """How long is measured."""
        return float(self.intervals * self.poll_interval)

    @property
    def lead_seconds(self) -> float:
        """How long jobs end before anything is measured."""
        return float(self._lead_intervals * self.poll_interval)

    @property
    def ending(self) -> int:
        """How many jobs end in all."""
        return self.changing * (self._lead_intervals + self.intervals)

    @property
    def _lead_intervals(self) -> int:
        return _LEAD_INTERVALS if self.changing else 0

    def to_json(self) -> str:
        """Return the order as :meth:`from_json` reads it."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> CellOrder:
        """Read an order."""
        fields = json.loads(text)
        fields["subject"] = Subject(fields["subject"])
        fields["credentials"] = Credentials(fields["credentials"])
        fields["profile"] = ProfileKind(fields["profile"]) if fields["profile"] else None
        return cls(**fields)


class _Cell:
    def __init__(self, order: CellOrder, driver: IO[str]) -> None:
        self._order = order
        self._driver = driver
        self._lines = StatusLines()
        self._events: dict[str, float] = {}
        self._monitor = LoopMonitor(with_stacks=order.profile is ProfileKind.STALL)

    async def run(self) -> None:
        order = self._order
        module_name, _, class_name = trigger_class(order.subject)[0].rpartition(".")
        trigger_type = getattr(importlib.import_module(module_name), class_name)
        _import_what_both_need()
        self._monitor.start()
        await asyncio.sleep(0.5)
        idle = self._monitor.read()["longest_stall"]
        baseline = _unique_memory()
        await self._tell("ready", imported_mib=baseline, idle_stall=idle)
        profiler = Profiler(order.profile)
        self._monitor.read()
        began, cpu = time.perf_counter(), time.process_time()
        tasks = [asyncio.create_task(self._wait_for(trigger_type, name)) for name in order.names]
        while len(self._lines.jobs - {""}) < order.jobs:
            await asyncio.sleep(0.02)
            _raise_failures(tasks)
        started = {"seconds": time.perf_counter() - began, "cpu_seconds": time.process_time() - cpu}
        await self._tell("polled", **started, **self._monitor.read(), memory_mib=self._memory() - baseline)
        await asyncio.sleep(order.poll_interval)
        await self._tell("settled")
        await asyncio.sleep(order.lead_seconds)
        await self._tell("steady")
        self._monitor.read()
        began, cpu = time.perf_counter(), time.process_time()
        await asyncio.sleep(order.seconds)
        steady = {"seconds": time.perf_counter() - began, "cpu_seconds": time.process_time() - cpu}
        await self._tell("measured", **steady, **self._monitor.read(), memory_mib=self._memory() - baseline)
        await self._wait_for_events()
        await self._tell("ended", events=self._events, profile=profiler.report(self._monitor.stack), peak_mib=_peak())
        # What a trigger does when it is cancelled is not measured here.
        os._exit(0)

    async def _wait_for(self, trigger_type: Any, name: str) -> None:
        job_of_this_task.set(name)
        trigger = trigger_type(**trigger_arguments(self._order.subject, name, self._order.poll_interval))
        self._lines.listen(self._order.subject, trigger, name)
        async for _ in trigger.run():
            self._events[name] = time.time()
            return

    async def _wait_for_events(self) -> None:
        deadline = time.monotonic() + 4 * self._order.poll_interval
        while len(self._events) < self._order.ending and time.monotonic() < deadline:
            await asyncio.sleep(0.05)

    def _memory(self) -> float:
        self._monitor.is_paused = True
        return _unique_memory()

    async def _tell(self, phase: str, **facts: Any) -> None:
        self._driver.write(json.dumps({"phase": phase, **facts}) + "\n")
        self._driver.flush()
        await asyncio.get_running_loop().run_in_executor(None, sys.stdin.readline)
        self._monitor.is_paused = False


def _import_what_both_need() -> None:
    # A triggerer has these as soon as any AWS trigger runs; the one that imports them first should not pay for both.
    for name in ("boto3", "aiobotocore.session", "airflow.providers.amazon.aws.hooks.base_aws"):
        importlib.import_module(name)


def _raise_failures(tasks: list[asyncio.Task[None]]) -> None:
    for task in tasks:
        if task.done():
            task.result()
            raise RuntimeError("a trigger ended although its job goes on")


def _unique_memory() -> float:
    """Return the memory that nobody else would miss if this process ended (USS), in MiB, without garbage."""
    import psutil

    gc.collect()
    return float(psutil.Process().memory_full_info().uss / _MEBIBYTE)


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    # Airflow logs to standard output: the driver's line is a copy of it, and the rest goes nowhere.
    driver = os.fdopen(os.dup(1), "w")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    asyncio.run(_Cell(CellOrder.from_json(sys.argv[1]), driver).run())


if __name__ == "__main__":
    main()
