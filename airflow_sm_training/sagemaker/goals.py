"""
What a wait waits for, as a word that survives a deferral, and whether a job is there, may get there, or never will.

A goal is a ``TrainingJobStatus`` (``"Completed"``), a ``SecondaryStatus`` (``"Training"``) or a :class:`Goal`. A word
that is both, such as ``"Stopped"``, means the status.

Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_DescribeTrainingJob.html and, for the windows,
https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_UpdateTrainingJob.html
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, StrEnum, auto
from typing import TYPE_CHECKING

from airflow_sm_training.sagemaker.statuses import (
    TERMINAL_STATUSES,
    SecondaryStatus,
    TrainingJobStatus,
    WarmPoolStatus,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from airflow_sm_training.sagemaker.description import TrainingJobDescription


class Goal(StrEnum):
    """What can be waited for and is not a status of its own."""

    ENDED = "ended"
    WARM_POOL_AVAILABLE = "WarmPoolAvailable"
    PROFILER_UPDATABLE = "ProfilerUpdatable"
    REMOTE_DEBUG_UPDATABLE = "RemoteDebugUpdatable"
    KEEP_ALIVE_UPDATABLE = "KeepAliveUpdatable"


# What a sensor may wait for. The windows of updates are the update operator's.
SENSOR_GOALS = frozenset({*TrainingJobStatus, *SecondaryStatus, Goal.ENDED, Goal.WARM_POOL_AVAILABLE})
GOALS = SENSOR_GOALS | frozenset(Goal)

_WARM_POOL_GOALS = {
    Goal.WARM_POOL_AVAILABLE: frozenset({WarmPoolStatus.AVAILABLE}),
    Goal.KEEP_ALIVE_UPDATABLE: frozenset({WarmPoolStatus.AVAILABLE, WarmPoolStatus.IN_USE}),
}
_UPDATABLE_PHASES = {
    Goal.PROFILER_UPDATABLE: None,
    Goal.REMOTE_DEBUG_UPDATABLE: frozenset({SecondaryStatus.DOWNLOADING, SecondaryStatus.TRAINING}),
}
# What a job that is being stopped does not begin any more. It may still upload what it has.
_OVER_WHEN_STOPPING = frozenset(SecondaryStatus) - {
    SecondaryStatus.UPLOADING,
    SecondaryStatus.STOPPING,
    SecondaryStatus.STOPPED,
    SecondaryStatus.MAX_RUNTIME_EXCEEDED,
    SecondaryStatus.MAX_WAIT_TIME_EXCEEDED,
    SecondaryStatus.COMPLETED,
    SecondaryStatus.FAILED,
}


# When SageMaker takes an update, in words that follow "SageMaker takes this change".
WINDOWS: Mapping[str, str] = {
    Goal.PROFILER_UPDATABLE: f"while a job is {TrainingJobStatus.IN_PROGRESS}",
    Goal.REMOTE_DEBUG_UPDATABLE: (
        f"while a job is {TrainingJobStatus.IN_PROGRESS}, in {SecondaryStatus.DOWNLOADING} or "
        f"{SecondaryStatus.TRAINING}"
    ),
    Goal.KEEP_ALIVE_UPDATABLE: (
        f"when a job is {TrainingJobStatus.COMPLETED}, while its warm pool is {WarmPoolStatus.AVAILABLE} or "
        f"{WarmPoolStatus.IN_USE}"
    ),
}


class Verdict(Enum):
    """How a job stands to a goal."""

    REACHED = auto()
    POSSIBLE = auto()
    IMPOSSIBLE = auto()


@dataclass(frozen=True, slots=True)
class Assessment:
    """
    A verdict and its reason.

    :param verdict: how the job stands to the goal.
    :param why: a sentence for people, if the goal is impossible; else empty.
    """

    verdict: Verdict
    why: str = ""


_REACHED, _POSSIBLE = Assessment(Verdict.REACHED), Assessment(Verdict.POSSIBLE)


def assess(goal: str, description: TrainingJobDescription) -> Assessment:
    """
    Say whether the job has reached the goal, may still reach it, or never will.

    A phase that the job has been through counts as reached: its transitions show it. Statuses that are unknown here
    mean "still running". Where SageMaker's rules leave a way, however narrow, the goal is possible: waiting a little
    for nothing is cheaper than giving up a job that would have come.

    :param goal: one of :data:`GOALS`.
    :param description: the job as it is now.
    :raises ValueError: if there is no such goal.
    """
    if goal not in GOALS:
        message = f"{goal!r} is nothing to wait for; it can be {', '.join(sorted(GOALS))}."
        raise ValueError(message)
    if goal in _WARM_POOL_GOALS:
        return _assess_warm_pool(_WARM_POOL_GOALS[Goal(goal)], description)
    if goal in _UPDATABLE_PHASES:
        return _assess_update(Goal(goal), description)
    if _is_reached(goal, description):
        return _REACHED
    return _assess_status(goal, description)


def _is_reached(goal: str, description: TrainingJobDescription) -> bool:
    status = description.status
    if goal == Goal.ENDED:
        return description.is_ended
    if status == goal:
        return True
    if goal == TrainingJobStatus.IN_PROGRESS:
        # Every job begins with it. An unknown status is no news of the job.
        return isinstance(status, TrainingJobStatus)
    if goal in TERMINAL_STATUSES:
        # "Stopped" and its kin are a secondary status too, which Describe may show a moment before the status.
        return False
    passed = {transition["status"] for transition in description.transitions}
    return description.secondary_status == goal or goal in passed


def _assess_status(goal: str, description: TrainingJobDescription) -> Assessment:
    status = description.status
    if goal == TrainingJobStatus.DELETING:
        return _POSSIBLE
    if status == TrainingJobStatus.DELETING:
        return _impossible(description, "is being deleted")
    if description.is_ended:
        return _impossible(description, f"is {_state_of(description)} and can no longer be {goal}{_blame(description)}")
    if status == TrainingJobStatus.STOPPING and goal in _OVER_WHEN_STOPPING:
        return _impossible(description, f"is being stopped and can no longer be {goal}")
    return _POSSIBLE


def _assess_warm_pool(wanted: frozenset[WarmPoolStatus], description: TrainingJobDescription) -> Assessment:
    if description.status == TrainingJobStatus.COMPLETED and description.warm_pool_status in wanted:
        return _REACHED
    why = _why_no_warm_pool(description)
    # Right after completion Describe says nothing of the pool for a moment: that is no reason.
    return _impossible(description, why) if why else _POSSIBLE


def _why_no_warm_pool(description: TrainingJobDescription) -> str:
    status, pool = description.status, description.warm_pool_status
    if not pool and not description.keep_alive_period_in_seconds:
        return "has no warm pool: ResourceConfig.KeepAlivePeriodInSeconds was not set when it was created"
    if status in TERMINAL_STATUSES - {TrainingJobStatus.COMPLETED}:
        return f"is {_state_of(description)}, and only a completed job keeps its warm pool{_blame(description)}"
    if pool == WarmPoolStatus.REUSED:
        return f"has given its warm pool to {description.warm_pool_reused_by or 'another job'}"
    if pool == WarmPoolStatus.TERMINATED:
        return "has a warm pool no longer: its keep-alive period has passed"
    return "is being deleted" if status == TrainingJobStatus.DELETING else ""


def _assess_update(goal: Goal, description: TrainingJobDescription) -> Assessment:
    status, phases = description.status, _UPDATABLE_PHASES[goal]
    if status == TrainingJobStatus.IN_PROGRESS:
        # From Uploading, too, a retry strategy can lead back to Training.
        return _REACHED if phases is None or description.secondary_status in phases else _POSSIBLE
    if not isinstance(status, TrainingJobStatus):
        return _POSSIBLE
    return _impossible(description, f"is {_state_of(description)}; SageMaker takes this change {WINDOWS[goal]}")


def _impossible(description: TrainingJobDescription, why: str) -> Assessment:
    console = f" Console: {description.console_url}" if description.console_url else ""
    return Assessment(Verdict.IMPOSSIBLE, f"Training job {description.name} {why}.{console}")


def _state_of(description: TrainingJobDescription) -> str:
    status, secondary_status = description.status, description.secondary_status
    return status if secondary_status in {status, ""} else f"{status} ({secondary_status})"


def _blame(description: TrainingJobDescription) -> str:
    return f": {description.failure_reason.rstrip('.')}" if description.failure_reason else ""
