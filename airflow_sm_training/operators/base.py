"""What every operator and sensor for training jobs has: the AWS connection, the hook, links, and one way to wait."""

from __future__ import annotations

import time
from contextlib import contextmanager
from functools import cached_property
from typing import TYPE_CHECKING, Any

from airflow_sm_training.compat import AirflowFailException, AirflowTaskTimeout, BaseOperator
from airflow_sm_training.links.training_job import (
    LINK_XCOM_KEY,
    SageMakerTrainingJobLink,
    SageMakerTrainingJobLogsLink,
    link_data,
)
from airflow_sm_training.sagemaker.errors import DeadlineReached, SageMakerTrainingError, from_event
from airflow_sm_training.sagemaker.running import run_to_the_end

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from airflow_sm_training.hooks.training_job import SageMakerTrainingJobHook
    from airflow_sm_training.sagemaker.description import TrainingJobDescription
    from airflow_sm_training.triggers.training_job import SageMakerTrainingJobTrigger


LINKS = (SageMakerTrainingJobLink(), SageMakerTrainingJobLogsLink())


class TrainingJobTask:
    """
    A task about a training job, operator or sensor.

    It has no ``__init__``: Airflow checks mapped arguments and applies default arguments by the signatures of its own
    subclasses, so each of them names what it takes.
    """

    aws_conn_id: str | None
    region_name: str | None
    verify: bool | str | None
    botocore_config: dict[str, Any] | None
    deferrable: bool
    poll_interval: float

    @property
    def aws_parameters(self) -> dict[str, Any]:
        """What hook and trigger need to reach the same account in the same region."""
        return {
            "aws_conn_id": self.aws_conn_id,
            "region_name": self.region_name,
            "verify": self.verify,
            "botocore_config": self.botocore_config,
        }

    @cached_property
    def hook(self) -> SageMakerTrainingJobHook:
        """The hook with this task's connection."""
        from airflow_sm_training.hooks.training_job import SageMakerTrainingJobHook  # noqa: PLC0415

        return SageMakerTrainingJobHook.from_parameters(**self.aws_parameters)

    def publish_link(self, context: Any, training_job_name: str, training_job_arn: str) -> None:
        """
        Let the task's links lead to the job.

        :param context: the execution context.
        :param training_job_name: name of the job.
        :param training_job_arn: its ARN.
        """
        context["ti"].xcom_push(key=LINK_XCOM_KEY, value=link_data(training_job_name, training_job_arn))

    def wait_until(self, goal: str, training_job_name: str, context: Any, *, deadline: float | None) -> dict[str, Any]:
        """
        Wait, and go on in ``execute_complete``. The job is not touched.

        :param goal: one of :data:`~airflow_sm_training.sagemaker.goals.GOALS`.
        :param training_job_name: the job.
        :param context: the execution context.
        :param deadline: wall-clock time, in seconds since the epoch, at which to give up; never, if ``None``.
        :return: what ``execute_complete`` returns.
        """
        from airflow_sm_training.triggers.training_job import SageMakerTrainingJobTrigger  # noqa: PLC0415

        trigger = SageMakerTrainingJobTrigger(
            training_job_name=training_job_name,
            until=goal,
            poll_interval=self.poll_interval,
            deadline=deadline,
            # Who waits for somebody else's job neither tells its story nor stops it.
            stream_logs=False,
            log_lines=0,
            stop_on_kill=False,
            **self.aws_parameters,
        )
        return self.wait_with(trigger, context)

    def wait_with(self, trigger: SageMakerTrainingJobTrigger, context: Any) -> dict[str, Any]:
        """
        Let the trigger wait, in the triggerer or here, and go on in ``execute_complete``.

        :param trigger: what waits.
        :param context: the execution context.
        :return: what ``execute_complete`` returns.
        """
        task: Any = self
        if self.deferrable:
            task.log.info("Waiting in the triggerer, a poll every %g s; the worker is free.", self.poll_interval)
            task.defer(trigger=trigger, method_name="execute_complete")
        task.log.info("Waiting on this worker, a poll every %g s.", self.poll_interval)
        result: dict[str, Any] = task.execute_complete(context, run_to_the_end(trigger.wait()))
        return result


class SageMakerTrainingJobBaseOperator(TrainingJobTask, BaseOperator):
    """
    Base of the operators for training jobs.

    :param aws_conn_id: Airflow connection with the AWS credentials.
    :param region_name: AWS region; default is the connection's.
    :param verify: whether to verify TLS certificates, or the path of a bundle.
    :param botocore_config: botocore client configuration.
    """

    template_fields: Sequence[str] = ("aws_conn_id", "region_name", "verify")
    operator_extra_links = LINKS
    ui_color = "#e6f0f7"

    def __init__(
        self,
        *,
        aws_conn_id: str | None = "aws_default",
        region_name: str | None = None,
        verify: bool | str | None = None,
        botocore_config: dict[str, Any] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.aws_conn_id = aws_conn_id
        self.region_name = region_name
        self.verify = verify
        self.botocore_config = botocore_config

    @property
    def deadline(self) -> float | None:
        """When ``execution_timeout`` passes, in seconds since the epoch. Airflow does not keep it over a deferral."""
        timeout = self.execution_timeout
        return time.time() + timeout.total_seconds() if timeout else None


def description_of(event: dict[str, Any]) -> TrainingJobDescription:
    """
    Return the description that a wait ended with.

    :param event: what :meth:`SageMakerTrainingJobTrigger.wait` returned.
    :raises AirflowTaskTimeout: if the deadline passed.
    :raises SageMakerTrainingError: if the wait ended with another error.
    """
    from airflow_sm_training.sagemaker.description import TrainingJobDescription  # noqa: PLC0415

    if "error" not in event:
        return TrainingJobDescription.from_dict(event["description"])
    error = from_event(event["error"])
    if isinstance(error, DeadlineReached):
        raise AirflowTaskTimeout(str(error)) from None
    raise error


def check_poll_interval(task: Any) -> None:
    """
    Refuse a poll interval that is none, when the task is built.

    :param task: operator or sensor.
    :raises ValueError: if it is not a number of seconds above 0.
    """
    if not isinstance(task.poll_interval, (int, float)) or not task.poll_interval > 0:
        message = f"poll_interval of task {task.task_id!r} is {task.poll_interval!r}; it is seconds, more than 0."
        raise ValueError(message)


@contextmanager
def no_retry_for_mistakes() -> Iterator[None]:
    """
    Let Airflow retry what another try can mend, and nothing else.

    :raises AirflowFailException: in place of an error that is not retryable.
    """
    try:
        yield
    except SageMakerTrainingError as error:
        if error.retryable:
            raise
        # The message says it all; botocore's traceback below it would bury it.
        raise AirflowFailException(str(error)) from None
