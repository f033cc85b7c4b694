"""The one poll loop: watch a job until it is as the caller wants it."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Protocol

from airflow_sm_training.sagemaker.backoff import full_jitter
from airflow_sm_training.sagemaker.errors import DeadlineReached, ServiceUnavailable, TrainingJobNotFound

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from airflow_sm_training.sagemaker.description import TrainingJobDescription

# SageMaker may not show a job to Describe in the first moments after it was created.
_VISIBLE_AFTER_SECONDS = 60.0


class WatchReporter(Protocol):
    """Is told what the watch sees."""

    def on_description(self, description: TrainingJobDescription) -> None:
        """Take note of one poll's answer."""

    def on_trouble(self, error: ServiceUnavailable, failures: int, delay: float) -> None:
        """Take note of a poll that failed and will be tried again after ``delay`` seconds."""


@dataclass(frozen=True, slots=True)
class Clock:
    """Where time comes from and how it passes; replaced in tests."""

    now: Callable[[], float] = time.time
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep


async def watch(
    describe: Callable[[], Awaitable[TrainingJobDescription]],
    *,
    until: Callable[[TrainingJobDescription], bool],
    poll_interval: float,
    reporter: WatchReporter,
    deadline: float | None = None,
    clock: Clock | None = None,
) -> TrainingJobDescription:
    """
    Describe the job, at once and then every ``poll_interval``, until it is as wanted.

    Throttling, 5xx answers, timeouts and lost connections back off and never end the watch. A job that is not found
    after it was seen, missing permission and a refused request do.

    :param describe: asks SageMaker once.
    :param until: whether this description is what the caller waits for.
    :param poll_interval: seconds between polls.
    :param reporter: is told what every poll saw.
    :param deadline: wall-clock time, in seconds since the epoch, at which to give up; never, if ``None``.
    :param clock: the time.
    :raises DeadlineReached: at the deadline.
    :raises SageMakerTrainingError: for what waiting does not mend.
    """
    clock = clock or Clock()
    visible_at = clock.now() + _VISIBLE_AFTER_SECONDS
    seen, failures = False, 0
    while True:
        delay = poll_interval
        try:
            description = await describe()
        except ServiceUnavailable as error:
            failures += 1
            delay = full_jitter(failures)
            reporter.on_trouble(error, failures, delay)
        except TrainingJobNotFound:
            if seen or clock.now() >= visible_at:
                raise
        else:
            seen, failures = True, 0
            reporter.on_description(description)
            if until(description):
                return description
        await _sleep_until(clock, delay, deadline)


async def _sleep_until(clock: Clock, delay: float, deadline: float | None) -> None:
    if deadline is None:
        await clock.sleep(delay)
        return
    remaining = deadline - clock.now()
    if remaining <= 0:
        at = datetime.fromtimestamp(deadline, UTC).isoformat(timespec="seconds")
        message = f"The deadline {at} passed before what was waited for came."
        raise DeadlineReached(message)
    await clock.sleep(min(delay, remaining))
