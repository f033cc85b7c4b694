"""Wait for a training job without a worker."""

from __future__ import annotations

import asyncio
import time
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from airflow.triggers.base import BaseTrigger, TriggerEvent

from airflow_sm_training.sagemaker.errors import SageMakerTrainingError, to_event
from airflow_sm_training.sagemaker.logs import LogLine, TrainingJobLog, follow
from airflow_sm_training.sagemaker.progress import ProgressReporter
from airflow_sm_training.sagemaker.watcher import watch

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from airflow_sm_training.hooks.training_job import SageMakerTrainingJobHook
    from airflow_sm_training.sagemaker.description import TrainingJobDescription

# A trigger that moved or was restarted shows again what is younger than this; older lines it has shown before.
_SHOW_LOG_SINCE_SECONDS = 300
_LOG_SECONDS_AFTER_END = 20
_SLOWEST_LOG_INTERVAL = 10.0


class SageMakerTrainingJobTrigger(BaseTrigger):
    """
    Wait until a training job has ended, and tell the task's log what happens meanwhile.

    Never touches the job. Holds primitives only, and begins again wherever it is started.

    :param training_job_name: the job.
    :param poll_interval: seconds between polls.
    :param deadline: wall-clock time, in seconds since the epoch, at which to give up; never, if ``None``.
    :param stream_logs: whether to show CloudWatch lines as they come.
    :param log_lines: how many last CloudWatch lines the event carries.
    :param aws_conn_id: Airflow connection with the AWS credentials.
    :param region_name: AWS region; default is the connection's.
    :param verify: whether to verify TLS certificates, or the path of a bundle.
    :param botocore_config: botocore client configuration.
    """

    def __init__(
        self,
        *,
        training_job_name: str,
        poll_interval: float = 30.0,
        deadline: float | None = None,
        stream_logs: bool = True,
        log_lines: int = 100,
        aws_conn_id: str | None = "aws_default",
        region_name: str | None = None,
        verify: bool | str | None = None,
        botocore_config: dict[str, Any] | None = None,
    ) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.training_job_name = training_job_name
        self.poll_interval = poll_interval
        self.deadline = deadline
        self.stream_logs = stream_logs
        self.log_lines = log_lines
        self.aws_conn_id = aws_conn_id
        self.region_name = region_name
        self.verify = verify
        self.botocore_config = botocore_config

    def serialize(self) -> tuple[str, dict[str, Any]]:
        """Return what is needed to begin again in another process."""
        fields = (
            "training_job_name",
            "poll_interval",
            "deadline",
            "stream_logs",
            "log_lines",
            "aws_conn_id",
            "region_name",
            "verify",
            "botocore_config",
        )
        return f"{type(self).__module__}.{type(self).__qualname__}", {name: getattr(self, name) for name in fields}

    async def run(self) -> AsyncIterator[TriggerEvent]:
        """Yield the one event, when the job has ended or cannot be waited for any longer."""
        yield TriggerEvent(await self.wait())  # type: ignore[no-untyped-call]

    async def wait(self) -> dict[str, Any]:
        """
        Wait for the end. Both paths run this coroutine: the triggerer through :meth:`run`, a worker by itself.

        :return: ``description`` (normalised) and ``log_lines`` of a job that has ended; otherwise ``error``, for
            :func:`airflow_sm_training.sagemaker.errors.from_event`.
        """
        try:
            return await self._wait_for_end()
        except SageMakerTrainingError as error:
            error.training_job_name = error.training_job_name or self.training_job_name
            return {"error": to_event(error)}

    async def _wait_for_end(self) -> dict[str, Any]:
        hook, secrets = self._hook(), set[str]()
        last_lines: list[str] = []
        ended: asyncio.Future[int] = asyncio.get_running_loop().create_future()

        async with hook.async_client() as client, self._log_followed(hook, secrets, last_lines, ended):
            description = await watch(
                lambda: hook.describe_with(client, self.training_job_name, secrets),
                until=_has_ended,
                poll_interval=self.poll_interval,
                deadline=self.deadline,
                reporter=ProgressReporter(self.log),
            )
            # What was shown while it came is not shown again, except where it explains a failure.
            ended.set_result(0 if self.stream_logs and description.is_successful else self.log_lines)
        return {"description": description.to_dict(), "log_lines": last_lines}

    @asynccontextmanager
    async def _log_followed(
        self, hook: SageMakerTrainingJobHook, secrets: set[str], last_lines: list[str], ended: asyncio.Future[int]
    ) -> AsyncIterator[None]:
        """Read the job's log beside the polls: a slow or forbidden log neither delays the status nor fails the task."""
        reader = asyncio.create_task(self._read_log(hook, secrets, last_lines, ended))
        try:
            yield
            await asyncio.wait({reader}, timeout=_LOG_SECONDS_AFTER_END)
        finally:
            reader.cancel()
            outcome = (await asyncio.gather(reader, return_exceptions=True))[0]
            if isinstance(outcome, Exception):
                self.log.warning("The log of %s could not be read: %s", self.training_job_name, outcome)

    async def _read_log(
        self, hook: SageMakerTrainingJobHook, secrets: set[str], last_lines: list[str], ended: asyncio.Future[int]
    ) -> None:
        if not (self.stream_logs or self.log_lines):
            return
        async with hook.async_client("logs") as client:
            since = int((time.time() - _SHOW_LOG_SINCE_SECONDS) * 1000)
            log = TrainingJobLog(
                client,
                self.training_job_name,
                since=since,
                on_trouble=lambda error: self.log.warning("%s The job and the task go on without it.", error),
            )
            if self.stream_logs:
                interval = min(self.poll_interval, _SLOWEST_LOG_INTERVAL)

                def show(line: LogLine) -> None:
                    self.log.info("%s", _shown(line, secrets))

                await follow(log, show, interval=interval, ended=ended)
            last_lines += [_shown(line, secrets) for line in await log.last_lines(await ended)]

    def _hook(self) -> SageMakerTrainingJobHook:
        from airflow_sm_training.hooks.training_job import SageMakerTrainingJobHook  # noqa: PLC0415

        return SageMakerTrainingJobHook.from_parameters(
            aws_conn_id=self.aws_conn_id,
            region_name=self.region_name,
            verify=self.verify,
            botocore_config=self.botocore_config,
        )


def _has_ended(description: TrainingJobDescription) -> bool:
    return description.is_ended


def _shown(line: LogLine, secrets: set[str]) -> str:
    from airflow_sm_training.sagemaker.secrets import scrub  # noqa: PLC0415

    return scrub(str(line), secrets)
