"""What has to be reached, as ratios within one run, and whether it was."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from benchmarks import find
from benchmarks.subjects import Credentials, Subject
from benchmarks.waiting.matrix import POLL_INTERVAL, Cell
from benchmarks.waiting.profiles import ProfileKind

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from benchmarks.find import Results


@dataclass(frozen=True, slots=True)
class Target:
    """
    One row.

    :param measured: what came out; ``None`` if that was not measured.
    :param target: what it has to be: at least, for times that ours is better, at most for all else.
    :param at_least: which of the two.
    :param ours: the number of ours that it comes from.
    :param theirs: the incumbent's.
    :param cell: where to look if it is missed, with ``profile``; ``None`` for the imports.
    """

    name: str
    measured: float | None
    target: float
    unit: str
    at_least: bool
    ours: float | None = None
    theirs: float | None = None
    cell: Cell | None = None
    profile: ProfileKind | None = None

    @property
    def is_met(self) -> bool | None:
        """Whether it was reached; ``None`` if it was not measured."""
        if self.measured is None:
            return None
        return self.measured >= self.target if self.at_least else self.measured <= self.target

    def to_dict(self) -> dict[str, Any]:
        """Return the row for the results."""
        return {
            "name": self.name,
            "measured": self.measured,
            "target": self.target,
            "at_least": self.at_least,
            "unit": self.unit,
            "ours": self.ours,
            "theirs": self.theirs,
            "is_met": self.is_met,
        }


def targets(results: Results) -> list[Target]:
    """Return all rows, in the order in which they are worth reading."""
    return [*_ratios(results), *_limits(results)]


def _ratios(results: Results) -> Iterator[Target]:
    role = Credentials.ASSUMED_ROLE
    memory, cpu, stall = "memory_mib_per_trigger", "start_cpu_per_trigger", "longest_stall"
    for name, number, jobs, credentials, target, profile in (
        ("memory per waiting trigger", memory, 200, Credentials.STATIC, 15, ProfileKind.MEMORY),
        ("memory per waiting trigger", memory, 1000, Credentials.STATIC, 60, ProfileKind.MEMORY),
        ("memory per waiting trigger, assumed role", memory, 200, role, 150, ProfileKind.MEMORY),
        ("CPU to start a trigger", cpu, 200, Credentials.STATIC, 20, ProfileKind.CPU),
        ("longest stall of the event loop", stall, 200, Credentials.STATIC, 20, ProfileKind.STALL),
    ):
        ours = _number(find.waiting(results, Subject.OURS, jobs, credentials), number)
        theirs = _number(find.waiting(results, Subject.INCUMBENT, jobs, credentials), number)
        cell = Cell(Subject.OURS, credentials, jobs)
        yield _ratio(f"{name}, N = {jobs}", ours, theirs, target, cell=cell, profile=profile)
    number = "import_seconds"
    ours = _number(find.imports(results, Subject.OURS), number)
    theirs = _number(find.imports(results, Subject.INCUMBENT), number)
    yield _ratio("import of the operator module", ours, theirs, 10)


def _limits(results: Results) -> Iterator[Target]:
    still = find.waiting(results, Subject.OURS, 1000)
    cell = Cell(Subject.OURS, Credentials.STATIC, 1000)
    stall = _number(still, "longest_stall")
    yield Target(
        "longest stall of the event loop, N = 1000, first client included",
        stall,
        0.1,
        "s",
        at_least=False,
        ours=stall,
        cell=cell,
        profile=ProfileKind.STALL,
    )
    requests = _number(still, "requests_per_interval_in_all")
    yield Target(
        "requests per poll interval, N = 1000, nothing changing",
        requests,
        3,
        "requests",
        at_least=False,
        ours=requests,
        theirs=_number(find.waiting(results, Subject.INCUMBENT, 1000), "requests_per_interval_in_all"),
        cell=cell,
        profile=ProfileKind.CPU,
    )
    latency = _number(find.scale(results, 10_000, 0.01), "latency_p99")
    yield Target(
        "detection latency p99, N = 10 000, 1 % changing per interval",
        latency,
        POLL_INTERVAL + 1,
        "s",
        at_least=False,
        ours=latency,
        cell=Cell(Subject.OURS, Credentials.STATIC, 10_000, changing_share=0.01),
        profile=ProfileKind.CPU,
    )


def _ratio(
    name: str,
    ours: float | None,
    theirs: float | None,
    target: float,
    *,
    cell: Cell | None = None,
    profile: ProfileKind | None = None,
) -> Target:
    measured = theirs / ours if ours and theirs else None
    return Target(name, measured, target, "times less", True, ours, theirs, cell, profile)  # noqa: FBT003


def _number(numbers: Mapping[str, Any] | None, name: str) -> float | None:
    return None if numbers is None else numbers.get(name)
