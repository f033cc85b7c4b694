"""Wait for a training job without a worker."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from airflow.triggers.base import BaseTrigger, TriggerEvent

from airflow_sm_training.compat import triggers_have_on_kill
from airflow_sm_training.sagemaker.clients import settings_key
from airflow_sm_training.sagemaker.errors import GoalUnreachable, SageMakerTrainingError, to_event
from airflow_sm_training.sagemaker.goals import Goal, Verdict, assess
from airflow_sm_training.sagemaker.progress import ProgressReporter
from airflow_sm_training.sagemaker.statuses import TERMINAL_STATUSES
from airflow_sm_training.sagemaker.stopping import stop_running_job
from airflow_sm_training.sagemaker.watcher import watch
from airflow_sm_training.triggers.job_log import JobLogFollower
from airflow_sm_training.triggers.killed import finish_regardless, is_still_wanted

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from airflow_sm_training.hooks.training_job import SageMakerTrainingJobHook
    from airflow_sm_training.sagemaker.description import TrainingJobDescription
    from airflow_sm_training.sagemaker.reader import ClientReader

_ENDS = frozenset({Goal.ENDED.value, *TERMINAL_STATUSES})


class SageMakerTrainingJobTrigger(BaseTrigger):
    """
    Wait until a training job has ended, or is where somebody wants it, and tell the task's log what happens meanwhile.

    Touches the job only if the task is killed. Holds primitives only, and begins again wherever it is started.

    :param training_job_name: the job.
    :param until: what to wait for, one of :data:`~airflow_sm_training.sagemaker.goals.GOALS`.
    :param poll_interval: seconds between polls.
    :param deadline: wall-clock time, in seconds since the epoch, at which to give up; never, if ``None``.
    :param stream_logs: whether to show CloudWatch lines as they come.
    :param log_lines: how many last CloudWatch lines the event carries.
    :param stop_on_kill: whether to stop the job when the task is killed while it is deferred.
    :param aws_conn_id: Airflow connection with the AWS credentials.
    :param region_name: AWS region; default is the connection's.
    :param verify: whether to verify TLS certificates, or the path of a bundle.
    :param botocore_config: botocore client configuration.
    """

    def __init__(
        self,
        *,
        training_job_name: str,
        until: str = Goal.ENDED,
        poll_interval: float = 30.0,
        deadline: float | None = None,
        stream_logs: bool = True,
        log_lines: int = 100,
        stop_on_kill: bool = True,
        aws_conn_id: str | None = "aws_default",
        region_name: str | None = None,
        verify: bool | str | None = None,
        botocore_config: dict[str, Any] | None = None,
    ) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.training_job_name = training_job_name
        self.until = str(until)
        self.poll_interval = poll_interval
        self.deadline = deadline
        self.stream_logs = stream_logs
        self.log_lines = log_lines
        self.stop_on_kill = stop_on_kill
        self.aws_conn_id = aws_conn_id
        self.region_name = region_name
        self.verify = verify
        self.botocore_config = botocore_config

    def serialize(self) -> tuple[str, dict[str, Any]]:
        """Return what is needed to begin again in another process."""
        fields = (
            "training_job_name",
            "until",
            "poll_interval",
            "deadline",
            "stream_logs",
            "log_lines",
            "stop_on_kill",
            "aws_conn_id",
            "region_name",
            "verify",
            "botocore_config",
        )
        return f"{type(self).__module__}.{type(self).__qualname__}", {name: getattr(self, name) for name in fields}

    async def run(self) -> AsyncIterator[TriggerEvent]:
        """Yield the one event, when the job is where it should be or cannot be waited for any longer."""
        try:
            event = await self.wait()
        except asyncio.CancelledError:
            if not triggers_have_on_kill():
                await self.on_kill()
            raise
        yield TriggerEvent(event)  # type: ignore[no-untyped-call]

    async def on_kill(self) -> None:
        """Stop the job, unless the task still waits for it: then this trigger was only taken off this triggerer."""
        if self.stop_on_kill:
            await finish_regardless(self._stop_unless_wanted())

    async def _stop_unless_wanted(self) -> None:
        name = self.training_job_name
        if await is_still_wanted(self.task_instance, name):
            self.log.info("This triggerer no longer waits for %s, another one does: the job runs on.", name)
            return
        async with self._reader() as reader:

            async def describe() -> TrainingJobDescription:
                return (await reader.describe(name)).description

            await stop_running_job(describe, lambda: reader.stop(name))
        self.log.info("The task was killed: asked SageMaker to stop %s.", name)

    async def wait(self) -> dict[str, Any]:
        """
        Wait. Both paths run this coroutine: the triggerer through :meth:`run`, a worker by itself.

        :return: ``reached`` (the goal), ``description`` (normalised) and ``log_lines``; otherwise ``error``, for
            :func:`airflow_sm_training.sagemaker.errors.from_event`.
        """
        try:
            return await self._wait_for_goal()
        except SageMakerTrainingError as error:
            error.training_job_name = error.training_job_name or self.training_job_name
            return {"error": to_event(error)}

    async def _wait_for_goal(self) -> dict[str, Any]:
        async with JobLogFollower(
            self.training_job_name,
            self._logs_client,
            self.log,
            key=self._key,
            streams=self.stream_logs,
            last_lines=self.log_lines,
            interval=self.poll_interval,
        ) as follower:
            description = await watch(
                self._key,
                self._reader,
                self.training_job_name,
                until=lambda seen: assess(self.until, seen).verdict is not Verdict.POSSIBLE,
                poll_interval=self.poll_interval,
                deadline=self.deadline,
                reporter=_Reporter(self.log, follower),
                # Who waits for the end and shows no log learns nothing from a job that merely runs.
                eager=self.stream_logs or self.until not in _ENDS,
                secrets=follower.secrets,
            )
            log_lines = await follower.finish(description)
        assessment = assess(self.until, description)
        if assessment.verdict is Verdict.IMPOSSIBLE:
            raise GoalUnreachable(assessment.why)
        return {"reached": self.until, "description": description.to_dict(), "log_lines": log_lines}

    @property
    def _key(self) -> tuple[str, ...]:
        return settings_key(self.aws_conn_id, self.region_name, self.verify, self.botocore_config)

    @asynccontextmanager
    async def _reader(self) -> AsyncIterator[ClientReader]:
        hook = await asyncio.to_thread(self._hook)
        async with hook.reader() as reader:
            yield reader

    @asynccontextmanager
    async def _logs_client(self) -> AsyncIterator[Any]:
        hook = await asyncio.to_thread(self._hook)
        async with hook.async_client("logs") as client:
            yield client

    def _hook(self) -> SageMakerTrainingJobHook:
        # Imports boto3: not on the event loop.
        from airflow_sm_training.hooks.training_job import SageMakerTrainingJobHook  # noqa: PLC0415

        return SageMakerTrainingJobHook.from_parameters(
            aws_conn_id=self.aws_conn_id,
            region_name=self.region_name,
            verify=self.verify,
            botocore_config=self.botocore_config,
        )


class _Reporter(ProgressReporter):
    """Tells the task's log, and lets the job's own log be followed once there can be one."""

    def __init__(self, log: Any, follower: JobLogFollower) -> None:
        super().__init__(log)
        self._follower = follower

    def on_description(self, description: TrainingJobDescription) -> None:
        super().on_description(description)
        self._follower.on_description(description)
