"""Wait for a training job without a worker."""

from __future__ import annotations

import asyncio
import time
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from airflow.triggers.base import BaseTrigger, TriggerEvent

from airflow_sm_training.compat import triggers_have_on_kill
from airflow_sm_training.sagemaker.errors import GoalUnreachable, SageMakerTrainingError, to_event
from airflow_sm_training.sagemaker.goals import Goal, Verdict, assess
from airflow_sm_training.sagemaker.logs import LogLine, TrainingJobLog, follow
from airflow_sm_training.sagemaker.progress import ProgressReporter
from airflow_sm_training.sagemaker.secrets import scrub
from airflow_sm_training.sagemaker.stopping import stop_running_job
from airflow_sm_training.sagemaker.watcher import watch
from airflow_sm_training.triggers.killed import finish_regardless, is_still_wanted

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
        name, hook = self.training_job_name, self._hook()
        if await is_still_wanted(self.task_instance, name):
            self.log.info("This triggerer no longer waits for %s, another one does: the job runs on.", name)
            return
        async with hook.async_client() as client:
            await stop_running_job(
                lambda: hook.describe_with(client, name, set()), lambda: hook.stop_with(client, name)
            )
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
        hook, job = self._hook(), _Job()

        async def describe() -> TrainingJobDescription:
            description = await hook.describe_with(client, self.training_job_name, job.secrets)
            job.is_known.set()
            return description

        async with hook.async_client() as client, self._log_followed(hook, job):
            description = await watch(
                describe,
                until=lambda seen: assess(self.until, seen).verdict is not Verdict.POSSIBLE,
                poll_interval=self.poll_interval,
                deadline=self.deadline,
                reporter=ProgressReporter(self.log),
            )
            # What was shown while it came is not shown again, except where it explains a failure.
            job.ended.set_result(0 if self.stream_logs and description.is_successful else self.log_lines)
        assessment = assess(self.until, description)
        if assessment.verdict is Verdict.IMPOSSIBLE:
            raise GoalUnreachable(assessment.why)
        return {"reached": self.until, "description": description.to_dict(), "log_lines": job.last_lines}

    @asynccontextmanager
    async def _log_followed(self, hook: SageMakerTrainingJobHook, job: _Job) -> AsyncIterator[None]:
        """Read the job's log beside the polls: a slow or forbidden log neither delays the status nor fails the task."""
        reader = asyncio.create_task(self._read_log(hook, job))
        try:
            yield
            await asyncio.wait({reader}, timeout=_LOG_SECONDS_AFTER_END)
        finally:
            reader.cancel()
            outcome = (await asyncio.gather(reader, return_exceptions=True))[0]
            if isinstance(outcome, Exception):
                self.log.warning("The log of %s could not be read: %s", self.training_job_name, outcome)

    async def _read_log(self, hook: SageMakerTrainingJobHook, job: _Job) -> None:
        if not (self.stream_logs or self.log_lines):
            return
        await job.is_known.wait()
        async with hook.async_client("logs") as client:
            log = TrainingJobLog(
                client,
                self.training_job_name,
                since=int((time.time() - _SHOW_LOG_SINCE_SECONDS) * 1000),
                on_trouble=lambda error: self.log.warning("%s The job and the task go on without it.", error),
            )
            if self.stream_logs:
                interval = min(self.poll_interval, _SLOWEST_LOG_INTERVAL)
                await follow(log, lambda line: self.log.info("%s", job.shown(line)), interval=interval, ended=job.ended)
            job.last_lines += [job.shown(line) for line in await log.last_lines(await job.ended)]

    def _hook(self) -> SageMakerTrainingJobHook:
        from airflow_sm_training.hooks.training_job import SageMakerTrainingJobHook  # noqa: PLC0415

        return SageMakerTrainingJobHook.from_parameters(
            aws_conn_id=self.aws_conn_id,
            region_name=self.region_name,
            verify=self.verify,
            botocore_config=self.botocore_config,
        )


class _Job:
    """
    What the polls of a job tell the reader of its log.

    ``secrets`` are the values to keep out of its lines; they are complete once the job ``is_known``. ``ended`` says how
    many of its last lines are wanted.
    """

    def __init__(self) -> None:
        self.secrets: set[str] = set()
        self.last_lines: list[str] = []
        self.is_known = asyncio.Event()
        self.ended: asyncio.Future[int] = asyncio.get_running_loop().create_future()

    def shown(self, line: LogLine) -> str:
        """Return the line as people may see it."""
        return scrub(str(line), self.secrets)
