"""The state of the endpoint: all training jobs, by region and name, under one lock and one clock."""

from __future__ import annotations

import time
from contextlib import contextmanager
from dataclasses import dataclass
from threading import RLock
from typing import TYPE_CHECKING

from airflow_sm_training.local.jobs.index import ModifiedIndex
from airflow_sm_training.local.jobs.schedule import Schedule
from airflow_sm_training.local.timeline import MESSAGES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from airflow_sm_training.local.jobs.job import TrainingJob
    from airflow_sm_training.sagemaker.statuses import SecondaryStatus, TrainingJobStatus


@dataclass(frozen=True, slots=True)
class JobEvent:
    """
    Something happened to a job.

    :param time: when, in epoch seconds.
    :param message: ``StatusMessage`` of the transition.
    :param failure_reason: for a job that failed.
    """

    time: float
    region_name: str
    job_name: str
    status: TrainingJobStatus
    secondary_status: SecondaryStatus
    message: str
    failure_reason: str | None


class JobStore:
    """
    All training jobs.

    :param clock: the time in epoch seconds; injected so that tests decide what time it is.
    """

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self.lock = RLock()
        self.schedule = Schedule()
        self.observers: list[Callable[[JobEvent], None]] = []
        self._clock = clock
        self._created = 0
        self._jobs: dict[str, dict[str, TrainingJob]] = {}
        self._modified: dict[str, ModifiedIndex] = {}

    @contextmanager
    def at_present(self) -> Iterator[float]:
        """Hold the lock with everything done that was due; yields the time in epoch seconds."""
        with self.lock:
            now = self._clock()
            self.schedule.advance(now)
            yield now

    def advance(self) -> None:
        """Do what is due. For the server's tick: a running process has limits even when nobody asks for it."""
        with self.lock:
            self.schedule.advance(self._clock())

    def next_sequence(self) -> int:
        """Return the number of the next job."""
        self._created += 1
        return self._created

    def get(self, region_name: str, name: str) -> TrainingJob | None:
        """Return the job of this name, if there is one."""
        return self._jobs.get(region_name, {}).get(name)

    def add(self, job: TrainingJob) -> None:
        """Keep a new job."""
        self._jobs.setdefault(job.region_name, {})[job.name] = job

    def remove(self, job: TrainingJob) -> None:
        """Forget a job; its name is free again."""
        if self.holds(job):
            del self._jobs[job.region_name][job.name]
            self._index(job.region_name).removed(job)

    def holds(self, job: TrainingJob) -> bool:
        """Whether this very job is still kept, and not a later one of its name."""
        return self.get(job.region_name, job.name) is job

    def jobs(self, region_name: str) -> Iterator[TrainingJob]:
        """Yield the jobs of a region in the order of their creation."""
        yield from self._jobs.get(region_name, {}).values()

    def modified_after(self, region_name: str, moment: float) -> Iterator[TrainingJob]:
        """Yield the jobs of a region that changed after ``moment`` (epoch seconds) without looking at the others."""
        return self._index(region_name).after(moment)

    def touch(self, job: TrainingJob, at: float) -> None:
        """Take note that the job changed at this time (epoch seconds)."""
        job.last_modified_time = max(at, job.last_modified_time)
        self._index(job.region_name).changed(job)

    def enter(self, job: TrainingJob, secondary_status: SecondaryStatus, at: float, message: str | None = None) -> None:
        """
        Put a job into a phase and tell the observers.

        :param at: when, in epoch seconds.
        :param message: ``StatusMessage``; SageMaker's own wording by default.
        """
        job.enter(secondary_status, MESSAGES[secondary_status] if message is None else message, at)
        self.touch(job, at)
        event = JobEvent(
            time=at,
            region_name=job.region_name,
            job_name=job.name,
            status=job.status,
            secondary_status=secondary_status,
            message=job.transitions[-1].message,
            failure_reason=job.failure_reason,
        )
        for observer in self.observers:
            observer(event)

    def _index(self, region_name: str) -> ModifiedIndex:
        return self._modified.setdefault(region_name, ModifiedIndex())
