"""What the poll loop knows of a job that is watched, and what it decides to ask."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import IntEnum
from typing import NamedTuple

NEVER, BEFORE_EVERYTHING = math.inf, -math.inf


class State(NamedTuple):
    """What both List and Describe show of a job; when it changes, there is news. Empty where SageMaker says nothing."""

    status: str
    secondary_status: str
    warm_pool_status: str


class Urgency(IntEnum):
    """Which Describe comes first."""

    ENDED = 0
    ASKED = 1
    CHANGED = 2
    ROUTINE = 3


@dataclass(slots=True)
class WatchedJob:
    """
    What is kept of a job that is watched.

    :param interval: seconds between two looks at it.
    :param eager: whether somebody wants a description at first, whatever state the job is in.
    """

    interval: float
    eager: bool
    state: State | None = None
    looked_at: float = BEFORE_EVERYTHING
    describe_at: float = NEVER
    wanted: Urgency | None = None
    is_asked: bool = False
    is_wanted_again: bool = False


@dataclass(frozen=True, slots=True)
class Listing:
    """
    List what was modified.

    :param started: when this was decided.
    :param since: SageMaker's time of the last complete list, in seconds since the epoch; ``None``: take the time now.
    :param lookback: seconds before ``since`` to begin at.
    :param most_pages: where to give up, because describing each job costs less.
    :param newcomers: the jobs that have never been looked at and are hoped to be in the list.
    """

    started: float
    since: float | None
    lookback: float
    most_pages: int
    newcomers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """
    What to do now.

    :param listing: the list to ask for, if any.
    :param describe: the jobs to describe, the most urgent first.
    :param wake_at: when to ask for the next plan, unless something happens before.
    """

    listing: Listing | None
    describe: tuple[str, ...]
    wake_at: float
