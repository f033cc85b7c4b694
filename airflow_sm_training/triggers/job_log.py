"""Show a job's CloudWatch log beside the wait: a slow or forbidden log neither delays the status nor fails the task."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Any, Self

from airflow_sm_training.sagemaker.log_pace import pace_for
from airflow_sm_training.sagemaker.logs import LogLine, TrainingJobLog, follow
from airflow_sm_training.sagemaker.secrets import scrub
from airflow_sm_training.sagemaker.statuses import BEFORE_TRAINING

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable
    from contextlib import AbstractAsyncContextManager

    from airflow_sm_training.sagemaker.description import TrainingJobDescription

# A trigger that moved or was restarted shows again what is younger than this; older lines it has shown before.
_SHOW_LOG_SINCE_SECONDS = 300
_LOG_SECONDS_AFTER_END = 20
_SLOWEST_FIRST_INTERVAL = 10.0


class JobLogFollower:
    """
    Follows the log of one job from when it trains, and costs nothing before or without.

    :param training_job_name: the job.
    :param connect: opens the async CloudWatch Logs client.
    :param log: the task's logger.
    :param key: who has the same key shares the pace of reading.
    :param streams: whether to show lines as they come.
    :param last_lines: how many last lines are wanted at the end.
    :param interval: seconds between two reads while there is something new.
    """

    def __init__(
        self,
        training_job_name: str,
        connect: Callable[[], AbstractAsyncContextManager[Any]],
        log: Any,
        *,
        key: Hashable,
        streams: bool,
        last_lines: int,
        interval: float,
    ) -> None:
        self._name = training_job_name
        self._connect = connect
        self._log = log
        self._key = key
        self._streams = streams
        self._last_lines = last_lines
        self._interval = min(interval, _SLOWEST_FIRST_INTERVAL)
        self._since = time.time() - _SHOW_LOG_SINCE_SECONDS
        self._ended: asyncio.Future[int] | None = None
        self._reader: asyncio.Task[list[str]] | None = None
        self.secrets: set[str] | None = set() if streams or last_lines else None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._reader is None:
            return
        self._reader.cancel()
        outcome = (await asyncio.gather(self._reader, return_exceptions=True))[0]
        if isinstance(outcome, Exception):
            self._log.warning("The log of %s could not be read: %s", self._name, outcome)

    def on_description(self, description: TrainingJobDescription) -> None:
        """Begin to read when there can be something to read."""
        if self._streams and description.secondary_status not in BEFORE_TRAINING:
            self._start()

    async def finish(self, description: TrainingJobDescription) -> list[str]:
        """
        Show what came last, and return the last lines; some seconds are all that this may take.

        :param description: the job, when what was waited for has come.
        """
        # What was shown while it came is not shown again, except where it explains a failure.
        count = 0 if self._streams and description.is_successful else self._last_lines
        if not (self._streams or count):
            return []
        reader, ended = self._start()
        ended.set_result(count)
        await asyncio.wait({reader}, timeout=_LOG_SECONDS_AFTER_END)
        if reader.done() and not reader.cancelled() and reader.exception() is None:
            return reader.result()
        return []

    def _start(self) -> tuple[asyncio.Task[list[str]], asyncio.Future[int]]:
        if self._reader is None or self._ended is None:
            self._ended = asyncio.get_running_loop().create_future()
            self._reader = asyncio.create_task(self._read(self._ended))
        return self._reader, self._ended

    async def _read(self, ended: asyncio.Future[int]) -> list[str]:
        async with self._connect() as client:
            log = TrainingJobLog(
                client,
                self._name,
                since=int(self._since * 1000),
                on_trouble=lambda error: self._log.warning("%s The job and the task go on without it.", error),
            )
            pace = pace_for(self._key)
            if self._streams:
                await follow(log, self._show, interval=self._interval, ended=ended, pace=pace)
            count = await ended
            async with pace.turn():
                return [self._shown(line) for line in await log.last_lines(count)]

    def _show(self, line: LogLine) -> None:
        self._log.info("%s", self._shown(line))

    def _shown(self, line: LogLine) -> str:
        return scrub(str(line), self.secrets or ())
