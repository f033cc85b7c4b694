"""Wait for a training job that somebody else has created."""

from __future__ import annotations

import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from airflow_sm_training.compat import (
    AirflowFailException,
    AirflowSensorTimeout,
    AirflowSkipException,
    AirflowTaskTimeout,
    BaseSensorOperator,
    PokeReturnValue,
    conf,
)
from airflow_sm_training.operators.base import (
    LINKS,
    TrainingJobTask,
    check_poll_interval,
    description_of,
    no_retry_for_mistakes,
)
from airflow_sm_training.sagemaker.errors import GoalUnreachable, ServiceUnavailable
from airflow_sm_training.sagemaker.goals import SENSOR_GOALS, Verdict, assess
from airflow_sm_training.sagemaker.statuses import TrainingJobStatus

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


class SageMakerTrainingJobSensor(TrainingJobTask, BaseSensorOperator):
    """
    Wait until a SageMaker training job is where it should be.

    Fails at once, without spending a retry, when the job can no longer get there. The XCom ``return_value`` is the
    normalised description of the job. What every sensor takes works as it does there: ``timeout`` and ``soft_fail``
    also while deferred; ``mode="reschedule"`` if not deferrable.

    Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_DescribeTrainingJob.html

    :param training_job_name: the job, whoever created it (templated).
    :param until: a status (``"Completed"``), a secondary status (``"Training"``), ``"WarmPoolAvailable"``, or
        ``"ended"`` for any end. A secondary status that the job has been through already counts.
    :param deferrable: whether to wait in the triggerer, without holding a worker.
    :param poll_interval: seconds between polls; also the ``poke_interval`` unless that is given.
    :param aws_conn_id: Airflow connection with the AWS credentials.
    :param region_name: AWS region; default is the connection's.
    :param verify: whether to verify TLS certificates, or the path of a bundle.
    :param botocore_config: botocore client configuration.
    :raises ValueError: if a parameter has a value that it cannot have.
    """

    template_fields: Sequence[str] = ("training_job_name", "aws_conn_id", "region_name", "verify")
    operator_extra_links = LINKS
    ui_color = "#e6f0f7"

    def __init__(
        self,
        *,
        training_job_name: str,
        until: str = TrainingJobStatus.COMPLETED.value,
        deferrable: bool = conf.getboolean("operators", "default_deferrable", fallback=False),
        poll_interval: float = 30.0,
        aws_conn_id: str | None = "aws_default",
        region_name: str | None = None,
        verify: bool | str | None = None,
        botocore_config: dict[str, Any] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**{"poke_interval": poll_interval, **kwargs})
        self.training_job_name = training_job_name
        self.until = until
        self.deferrable = deferrable
        self.poll_interval = poll_interval
        self.aws_conn_id = aws_conn_id
        self.region_name = region_name
        self.verify = verify
        self.botocore_config = botocore_config
        self._has_link = False
        check_poll_interval(self)
        if until not in SENSOR_GOALS:
            allowed = ", ".join(sorted(SENSOR_GOALS))
            message = f"until of task {self.task_id!r} is {until!r}; it can be {allowed}."
            raise ValueError(message)

    def poke(self, context: Any) -> PokeReturnValue:
        """
        Look at the job once.

        :param context: the execution context.
        :return: whether it is where it should be, and then its normalised description.
        :raises AirflowFailException: if it can no longer get there, or another mistake; with ``soft_fail`` it is
            skipped.
        """
        with self._skipped_if_soft(), no_retry_for_mistakes():
            try:
                description = self.hook.describe_training_job(self.training_job_name)
            except ServiceUnavailable as error:
                self.log.warning("%s Trying again in %g s.", error, self.poke_interval)
                return PokeReturnValue(is_done=False)
            if not self._has_link:
                self.publish_link(context, description.name, description.arn)
                self._has_link = True
            assessment = assess(self.until, description)
            if assessment.verdict is Verdict.IMPOSSIBLE:
                raise GoalUnreachable(assessment.why, training_job_name=description.name)
            self.log.info("%s: %s (%s)", description.name, description.status, description.secondary_status)
            is_done = assessment.verdict is Verdict.REACHED
            return PokeReturnValue(is_done=is_done, xcom_value=description.to_dict() if is_done else None)

    def execute(self, context: Any) -> Any:
        """
        Wait, in the triggerer or here.

        :param context: the execution context.
        :return: the normalised description.
        :raises AirflowSensorTimeout: when ``timeout`` passes.
        """
        if not self.deferrable:
            return super().execute(context)
        first = self.poke(context)
        if first.is_done:
            return first.xcom_value
        return self.wait_until(self.until, self.training_job_name, context, deadline=self._deadline())

    def execute_complete(self, context: Any, event: dict[str, Any]) -> dict[str, Any]:
        """
        Turn what the wait in the triggerer came to into the task's result.

        :param context: the execution context.
        :param event: what :meth:`SageMakerTrainingJobTrigger.wait` returned.
        :return: the normalised description.
        :raises AirflowSensorTimeout: if ``timeout`` passed.
        """
        with self._skipped_if_soft(), no_retry_for_mistakes():
            try:
                description = description_of(event)
            except AirflowTaskTimeout as error:
                raise AirflowSensorTimeout(str(error)) from None
            self.publish_link(context, description.name, description.arn)
            self.log.info("%s: %s (%s)", description.name, description.status, description.secondary_status)
            return description.to_dict()

    def _deadline(self) -> float:
        seconds = self.timeout
        if self.execution_timeout:
            # Airflow does not keep it over a deferral.
            seconds = min(seconds, self.execution_timeout.total_seconds())
        return time.time() + seconds

    @contextmanager
    def _skipped_if_soft(self) -> Iterator[None]:
        """Skip instead of fail, in the same cases in every mode, and log why: Airflow's own skip does not say."""
        try:
            yield
        except (AirflowFailException, AirflowSensorTimeout) as error:
            if not (self.soft_fail or self.never_fail):
                raise
            self.log.warning("%s", error)
            raise AirflowSkipException(str(error)) from error
