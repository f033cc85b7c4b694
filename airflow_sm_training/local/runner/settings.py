"""What all jobs of one runner have in common."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class RunnerSettings:
    """
    Fixed when the runner is made.

    :param root: the directory of the jobs' directories
    :param endpoint_url: where boto3 in the jobs finds AWS
    :param python: the Python of the jobs
    :param images: a command for each training image that has one on this machine
    :param grace_period_in_seconds: between SIGTERM and SIGKILL
    :param checkpoint_interval_in_seconds: between two uploads of changed checkpoints
    :param environ: the environment of the endpoint itself, of which jobs get a little
    :param clock: monotonic seconds
    """

    root: Path
    endpoint_url: str
    python: str
    images: Mapping[str, Sequence[str]]
    grace_period_in_seconds: float
    checkpoint_interval_in_seconds: float
    environ: Mapping[str, str]
    clock: Callable[[], float]
