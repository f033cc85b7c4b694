"""SageMaker as the poll loop sees it, in virtual time: jobs follow timelines, lists lag behind, requests fail."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import cache

from airflow_sm_training.sagemaker.errors import ServiceUnavailable, TrainingJobNotFound
from airflow_sm_training.sagemaker.polling import State
from airflow_sm_training.sagemaker.reader import Described, Page
from tests.unit.sagemaker.in_memory import description

EPOCH = 1_800_000_000.0
NEVER = float("inf")


@dataclass
class ScriptedJob:
    """
    :param phases: (seconds from the beginning of time, status, secondary status), in order.
    :param lag: seconds by which lists are late with this job; infinity: they never show it.
    :param frozen_at: when lists cease to take note of its changes.
    """

    phases: list[tuple[float, str, str]]
    lag: float = 0.0
    frozen_at: float = NEVER
    deleted_at: float = NEVER

    def at(self, now):
        """Return (modified, status, secondary status), None before the first phase."""
        passed = [phase for phase in self.phases if phase[0] <= now]
        return passed[-1] if passed and now < self.deleted_at else None

    @property
    def ends_at(self):
        return self.phases[-1][0]


@dataclass
class ScriptedSageMaker:
    jobs: dict[str, ScriptedJob]
    page_size: int = 100
    latency: float = 0.0
    throttled: float = 0.0
    trouble_ends_at: float = NEVER
    list_error: Exception | None = None
    describe_errors: dict[str, Exception] = field(default_factory=dict)
    clock_skew: float = 0.0
    seed: int = 0
    requests: Counter = field(default_factory=Counter)
    connections: int = 0
    discarded: int = 0

    def __post_init__(self):
        self.random = random.Random(self.seed)

    @asynccontextmanager
    async def connect(self):
        self.connections += 1
        await asyncio.sleep(self.latency)
        yield self

    def discard(self):
        self.discarded += 1

    async def describe(self, name):
        await self._request("describe", name)
        if name in self.describe_errors:
            raise self.describe_errors[name]
        found = self.jobs[name].at(self._now) if name in self.jobs else None
        if found is None:
            raise TrainingJobNotFound(f"no {name}", training_job_name=name)
        described = _described(name, *found[1:])
        await asyncio.sleep(self.latency * self.random.random())  # what comes back may be out of date
        return described

    async def list_modified(self, after, next_token=None):
        await self._request("list")
        if self.list_error is not None:
            raise self.list_error
        server_time = EPOCH + self._now
        shown = []
        for name, job in self.jobs.items():
            found = job.at(min(self._now - job.lag, job.frozen_at))
            if found is not None and EPOCH + found[0] > int(after):
                shown.append((name, State(found[1], found[2], "")))
        # Newest first, so a page begins somewhere else when there is a new one.
        shown.reverse()
        start = int(next_token or 0)
        more = len(shown) > start + self.page_size
        await asyncio.sleep(self.latency * self.random.random())
        page = tuple(shown[start : start + self.page_size])
        return Page(page, str(start + self.page_size) if more else None, float(int(server_time)))

    def wall_clock(self):
        """Return this machine's idea of the time."""
        return EPOCH + self._now + self.clock_skew

    async def _request(self, *what):
        self.requests[what[0]] += 1
        await asyncio.sleep(self.latency * self.random.random())
        if self._now < self.trouble_ends_at and self.random.random() < self.throttled:
            raise ServiceUnavailable("Rate exceeded", code="ThrottlingException")

    @property
    def _now(self):
        return asyncio.get_running_loop().time()


@cache
def _described(name, status, secondary_status):
    return Described(description(name, status, secondary_status))


class Recorder:
    """A reporter that keeps everything."""

    def __init__(self):
        self.seen, self.troubles, self.answers, self.notices = [], [], 0, []

    def on_description(self, seen):
        self.seen.append(seen)

    def on_trouble(self, error, failures, delay):
        self.troubles.append((error, failures, delay))

    def on_answer(self):
        self.answers += 1

    def on_notice(self, notice):
        self.notices.append(notice)


def running_then(*phases, until, status="Completed", lag=0.0, start=0.0):
    """A job that is InProgress, in each of the phases for a while, and ends."""
    steps = [(start + at, "InProgress", phase) for at, phase in phases]
    return ScriptedJob([*steps, (until, status, status)], lag)
