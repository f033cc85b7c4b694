"""Which cells there are, and in which order: a whole round of all of them, then the next, as machines have moods."""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from benchmarks.endpoint.client import Endpoint
from benchmarks.statistics import summarize
from benchmarks.subjects import Credentials, Subject
from benchmarks.waiting.cell import CellOrder
from benchmarks.waiting.measure import measure

if TYPE_CHECKING:
    from collections.abc import Iterable

POLL_INTERVAL = 5
_THROTTLED = [{"kind": "throttle", "rate": 0.2, "seed": 1, "operations": ["DescribeTrainingJob", "ListTrainingJobs"]}]
_INCUMBENT_WITH_ROLE_AT_MOST = 200  # at 1000 it would take 25 GB and block its loop for seven minutes


@dataclass(frozen=True, slots=True)
class Cell:
    """
    One thing to measure, as often as asked.

    :param changing_share: which share of the jobs ends in each poll interval.
    :param is_throttled: whether every fifth request is refused.
    :param at_most: how often it is measured, if that is less than what was asked: some take minutes.
    """

    subject: Subject
    credentials: Credentials
    jobs: int
    poll_interval: int = POLL_INTERVAL
    intervals: int = 2
    changing_share: float = 0.0
    is_throttled: bool = False
    at_most: int = 99

    def order(self, name_prefix: str) -> CellOrder:
        """Return what its process has to know."""
        return CellOrder(
            subject=self.subject,
            credentials=self.credentials,
            jobs=self.jobs,
            poll_interval=self.poll_interval,
            intervals=self.intervals,
            name_prefix=name_prefix,
            changing=round(self.jobs * self.changing_share),
        )

    def to_dict(self) -> dict[str, Any]:
        """Return what tells it from other cells."""
        return {
            "subject": self.subject,
            "credentials": self.credentials,
            "jobs": self.jobs,
            "poll_interval": self.poll_interval,
            "changing_share": self.changing_share,
            "is_throttled": self.is_throttled,
        }


def side_by_side(*, quick: bool) -> list[Cell]:
    """Return the cells that compare ours with the incumbent."""
    sizes = (1, 10, 50) if quick else (1, 10, 50, 200, 1000)
    cells = [
        Cell(subject, credentials, jobs, at_most=2 if _is_slow(subject, credentials, jobs) else 99)
        for jobs in sizes
        for credentials in Credentials
        for subject in (Subject.OURS, Subject.INCUMBENT)
        if not (
            subject is Subject.INCUMBENT
            and credentials is Credentials.ASSUMED_ROLE
            and jobs > _INCUMBENT_WITH_ROLE_AT_MOST
        )
    ]
    with_logs = [Cell(Subject.OURS_WITH_LOGS, Credentials.STATIC, jobs) for jobs in sizes[1:4]]
    return cells + with_logs


def at_scale(*, quick: bool) -> list[Cell]:
    """Return the cells that only ours can be measured in."""
    ours = Cell(Subject.OURS, Credentials.STATIC, jobs=0)
    return [
        replace(ours, jobs=jobs, changing_share=share, is_throttled=throttled)
        for jobs in ((200,) if quick else (1000, 5000, 10_000))
        for share, throttled in ((0.0, False), (0.01, False), (0.1, False), (0.01, True))
    ]


def for_long() -> list[Cell]:
    """Return the cell that looks at what happens only every ten minutes or so: each job is described once more."""
    return [Cell(Subject.OURS, Credentials.STATIC, 1000, poll_interval=1, intervals=1000)]


def run(cells: Iterable[Cell], repetitions: int) -> list[dict[str, Any]]:
    """
    Measure all cells.

    :param repetitions: how often.
    :return: for each cell what it is, its medians and its spread.
    """
    runs: dict[Cell, list[dict[str, Any]]] = {cell: [] for cell in cells}
    for repetition in range(repetitions):
        for cell, done in runs.items():
            if repetition < cell.at_most:
                done.append(run_once(cell, f"waiting-{repetition}"))
    return [cell.to_dict() | summarize(done) for cell, done in runs.items()]


def run_once(cell: Cell, name_prefix: str, **order_changes: Any) -> dict[str, Any]:
    """
    Measure a cell once, against an endpoint of its own.

    :param order_changes: what its process does differently.
    """
    began = time.monotonic()
    with Endpoint() as endpoint:
        if cell.is_throttled:
            endpoint.set_faults(_THROTTLED)
        numbers = measure(replace(cell.order(name_prefix), **order_changes), endpoint)
    what = ", ".join(f"{name} {value}" for name, value in cell.to_dict().items())
    print(f"{what}: {time.monotonic() - began:.0f} s", file=sys.stderr, flush=True)
    return numbers


def _is_slow(subject: Subject, credentials: Credentials, jobs: int) -> bool:
    with_role = credentials is Credentials.ASSUMED_ROLE
    return subject is Subject.INCUMBENT and jobs >= (_INCUMBENT_WITH_ROLE_AT_MOST if with_role else 1000)
