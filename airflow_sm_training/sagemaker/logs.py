"""
What is new in a job's CloudWatch log since last time, and its last lines at the end.

Source: https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_FilterLogEvents.html
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from airflow_sm_training.sagemaker.errors import SageMakerTrainingError
from airflow_sm_training.sagemaker.log_pace import LogPace
from airflow_sm_training.sagemaker.partitions import LOG_GROUP, log_stream_prefix
from airflow_sm_training.sagemaker.translation import translated

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

# CloudWatch does not promise order between hosts, nor that a line is there when its second has passed.
_OVERLAP_MILLISECONDS = 30_000
_MAXIMUM_STREAMS = 50


@dataclass(frozen=True, slots=True)
class LogLine:
    """
    One line of a job's log.

    :param host: the host that wrote it, such as ``algo-1``.
    :param timestamp: milliseconds since the epoch.
    :param message: the line, without its end.
    """

    host: str
    timestamp: int
    message: str

    def __str__(self) -> str:
        return f"[{self.host}] {self.message}"


class TrainingJobLog:
    """
    The CloudWatch log of one training job. Reading it never raises for what AWS answers: a log is not worth a task.

    :param client: async CloudWatch Logs client.
    :param training_job_name: the job.
    :param since: milliseconds since the epoch; older lines are not shown.
    :param on_trouble: told once why the log cannot be read.
    """

    def __init__(
        self, client: Any, training_job_name: str, *, since: int, on_trouble: Callable[[SageMakerTrainingError], None]
    ) -> None:
        self._client = client
        self._job = training_job_name
        self._start = self._newest = since
        self._seen: dict[str, int] = {}
        self._on_trouble: Callable[[SageMakerTrainingError], None] | None = on_trouble

    async def new_lines(self) -> list[LogLine]:
        """Return the lines that came since the last call, oldest first."""
        fresh: list[LogLine] = []
        try:
            async for event in self._events():
                if event["eventId"] not in self._seen:
                    self._seen[event["eventId"]] = event["timestamp"]
                    self._newest = max(self._newest, event["timestamp"])
                    fresh.append(_line(event, event["logStreamName"]))
        except SageMakerTrainingError as error:
            self._tell_once(error)
        start = max(self._start, self._newest - _OVERLAP_MILLISECONDS)
        self._seen = {event_id: timestamp for event_id, timestamp in self._seen.items() if timestamp >= start}
        self._start = start
        return fresh

    async def last_lines(self, count: int) -> list[LogLine]:
        """
        Return the last lines of the job, of all its hosts together, oldest first.

        :param count: how many at most.
        """
        lines: list[LogLine] = []
        if count <= 0:
            return lines
        try:
            with self._translated():
                streams = await self._client.describe_log_streams(
                    logGroupName=LOG_GROUP, logStreamNamePrefix=log_stream_prefix(self._job), limit=_MAXIMUM_STREAMS
                )
                for stream in streams["logStreams"]:
                    answer = await self._client.get_log_events(
                        logGroupName=LOG_GROUP,
                        logStreamName=stream["logStreamName"],
                        limit=min(count, 10_000),
                        startFromHead=False,
                    )
                    lines += [_line(event, stream["logStreamName"]) for event in answer["events"]]
        except SageMakerTrainingError as error:
            self._tell_once(error)
        return sorted(lines, key=lambda line: line.timestamp)[-count:]

    async def _events(self) -> AsyncIterator[dict[str, Any]]:
        arguments: dict[str, Any] = {
            "logGroupName": LOG_GROUP,
            "logStreamNamePrefix": log_stream_prefix(self._job),
            "startTime": self._start,
        }
        while True:
            with self._translated():
                answer = await self._client.filter_log_events(**arguments)
            for event in answer["events"]:
                # Stand-ins for CloudWatch, moto among them, overlook the prefix and answer with everybody's lines.
                if event["logStreamName"].startswith(arguments["logStreamNamePrefix"]):
                    yield event
            token = answer.get("nextToken")
            if not token or token == arguments.get("nextToken"):
                return
            arguments["nextToken"] = token

    def _translated(self) -> Any:
        return translated(f"read the log of {self._job}", training_job_name=self._job)

    def _tell_once(self, error: SageMakerTrainingError) -> None:
        # No log group and no stream yet is how every log begins; trouble that passes needs no words.
        if self._on_trouble is not None and not error.retryable and error.code not in _NOT_YET_THERE:
            self._on_trouble(error)
            self._on_trouble = None


_NOT_YET_THERE = frozenset({"ResourceNotFoundException"})


def _line(event: dict[str, Any], stream: str) -> LogLine:
    host = stream.rpartition("/")[2].rpartition("-")[0] or stream
    return LogLine(host, event["timestamp"], event["message"].rstrip("\r\n"))


async def follow(
    log: TrainingJobLog,
    show: Callable[[LogLine], None],
    *,
    interval: float,
    ended: asyncio.Future[Any],
    pace: LogPace | None = None,
) -> None:
    """
    Show new lines until the job has ended, and then once more for those that came last.

    :param log: the job's log.
    :param show: takes each line.
    :param interval: seconds between reads while there is something new.
    :param ended: is done when the job has ended.
    :param pace: what those who follow other logs agree on.
    """
    pace = pace or LogPace()

    async def show_new_lines() -> bool:
        async with pace.turn():
            lines = await log.new_lines()
        for line in lines:
            show(line)
        return bool(lines)

    silent_reads = 0
    with pace.following():
        while not ended.done():
            silent_reads = 0 if await show_new_lines() else silent_reads + 1
            await asyncio.wait({ended}, timeout=pace.interval(interval, silent_reads))
    await show_new_lines()
