"""Watch a job until it is as the caller wants it, together with everybody who watches jobs through the same client."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Protocol
from weakref import WeakKeyDictionary

from airflow_sm_training.sagemaker.errors import DeadlineReached, ServiceUnavailable
from airflow_sm_training.sagemaker.poller import Poller

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

    from airflow_sm_training.sagemaker.description import TrainingJobDescription
    from airflow_sm_training.sagemaker.mailbox import Watcher
    from airflow_sm_training.sagemaker.poller import Connect

# How often the progress of a serverless job, which no list shows, is asked for.
_PROGRESS_EVERY_SECONDS = 60.0
_LAST_LOOK_SECONDS = 5.0

_pollers: WeakKeyDictionary[asyncio.AbstractEventLoop, dict[Hashable, Poller]] = WeakKeyDictionary()


class WatchReporter(Protocol):
    """Is told what the watch sees."""

    def on_description(self, description: TrainingJobDescription) -> None:
        """Take note of a new description."""

    def on_trouble(self, error: ServiceUnavailable, failures: int, delay: float) -> None:
        """Take note that SageMaker cannot be asked, and will be again after ``delay`` seconds."""

    def on_answer(self) -> None:
        """Take note that SageMaker answers again."""

    def on_notice(self, notice: str) -> None:
        """Take note of something that people should know."""


def _poller(key: Hashable, connect: Connect, now: Callable[[], float]) -> Poller:
    pollers = _pollers.setdefault(asyncio.get_running_loop(), {})
    poller = pollers.get(key)
    if poller is None or poller.is_over:
        poller = pollers[key] = Poller(connect, now=now, on_over=lambda over: _remove(pollers, key, over))
    return poller


def _remove(pollers: dict[Hashable, Poller], key: Hashable, over: Poller) -> None:
    if pollers.get(key) is over:
        del pollers[key]


async def watch(
    key: Hashable,
    connect: Connect,
    training_job_name: str,
    *,
    until: Callable[[TrainingJobDescription], bool],
    poll_interval: float,
    reporter: WatchReporter,
    deadline: float | None = None,
    eager: bool = True,
    secrets: set[str] | None = None,
    now: Callable[[], float] = time.time,
) -> TrainingJobDescription:
    """
    Look at the job, at once and then at least every ``poll_interval``, until it is as wanted.

    Throttling, 5xx answers, timeouts and lost connections back off and never end the watch. A job that is not found
    after it was seen, missing permission and a refused request do.

    :param key: what the client depends on: connection, region, verify, botocore config. Who watches with the same key
        on the same event loop shares one poller.
    :param connect: opens the reader that the poller asks; only called if nobody with this key watches yet.
    :param training_job_name: the job.
    :param until: whether this description is what the caller waits for.
    :param poll_interval: seconds between looks.
    :param reporter: is told what was seen.
    :param deadline: wall-clock time, in seconds since the epoch, at which to give up; never, if ``None``.
    :param eager: whether a description is wanted at first. Without it a job that merely runs is left alone until it
        changes, which is enough for who waits for its end.
    :param secrets: takes up the job's secret values, before the reporter is told.
    :param now: the wall-clock time.
    :raises DeadlineReached: at the deadline.
    :raises SageMakerTrainingError: for what waiting does not mend.
    """
    poller = _poller(key, connect, now)
    with poller.watching(training_job_name, poll_interval, eager=eager) as watcher:
        while True:
            remaining = None if deadline is None else deadline - now()
            if not await watcher.has_news(remaining):
                # The job may have ended in time and nobody has looked since.
                poller.hurry(watcher)
                if watcher.is_in_trouble or not await watcher.has_news(_LAST_LOOK_SECONDS):
                    raise _deadline_reached(deadline)
            description = _told(watcher, reporter, secrets)
            if description is not None and until(description):
                return description
            if deadline is not None and now() >= deadline:
                raise _deadline_reached(deadline)
            if description is not None and description.progress is not None:
                poller.describe_within(watcher, max(_PROGRESS_EVERY_SECONDS, poll_interval))


def _told(watcher: Watcher, reporter: WatchReporter, secrets: set[str] | None) -> TrainingJobDescription | None:
    """Tell the reporter what came, and return the description if there is one."""
    news = watcher.take()
    for notice in news.notices:
        reporter.on_notice(notice)
    if news.trouble is not None:
        reporter.on_trouble(*news.trouble)
    if news.is_answer:
        reporter.on_answer()
    if news.error is not None:
        raise news.error
    if news.described is None:
        return None
    if secrets is not None:
        secrets |= news.described.secrets
    reporter.on_description(news.described.description)
    return news.described.description


def _deadline_reached(deadline: float | None) -> DeadlineReached:
    at = datetime.fromtimestamp(deadline or 0, UTC).isoformat(timespec="seconds")
    return DeadlineReached(f"The deadline {at} passed before what was waited for came.")
