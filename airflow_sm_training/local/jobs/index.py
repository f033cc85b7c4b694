"""Jobs in the order of their last change, so that a poll for what changed lately looks at nothing else."""

from __future__ import annotations

import bisect
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from airflow_sm_training.local.jobs.job import TrainingJob

_Entry = tuple[float, int, "TrainingJob"]


class ModifiedIndex:
    """
    An ordered list to which a change adds an entry; entries that a later change made void are skipped, and swept out
    when they are the greater part.
    """

    def __init__(self) -> None:
        self._entries: list[_Entry] = []
        self._latest: dict[int, float] = {}

    def changed(self, job: TrainingJob) -> None:
        """Take note of the job's ``last_modified_time``."""
        if self._latest.get(job.sequence) == job.last_modified_time:
            return
        self._latest[job.sequence] = job.last_modified_time
        bisect.insort(self._entries, (job.last_modified_time, job.sequence, job), key=_time_and_sequence)
        if len(self._entries) > 2 * len(self._latest) + 64:
            self._entries = [entry for entry in self._entries if self._is_current(entry)]

    def removed(self, job: TrainingJob) -> None:
        """Forget the job."""
        self._latest.pop(job.sequence, None)

    def after(self, time: float) -> Iterator[TrainingJob]:
        """Yield the jobs that changed after this time (epoch seconds), the earliest first."""
        start = bisect.bisect_right(self._entries, time, key=_time)
        for index in range(start, len(self._entries)):
            entry = self._entries[index]
            if self._is_current(entry):
                yield entry[2]

    def _is_current(self, entry: _Entry) -> bool:
        return self._latest.get(entry[1]) == entry[0]


def _time(entry: _Entry) -> float:
    return entry[0]


def _time_and_sequence(entry: _Entry) -> tuple[float, int]:
    return entry[0], entry[1]
