"""Stop a training job; part of the public module ``operators.training_job``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from airflow_sm_training.compat import conf
from airflow_sm_training.operators.base import (
    SageMakerTrainingJobBaseOperator,
    check_poll_interval,
    description_of,
    no_retry_for_mistakes,
)
from airflow_sm_training.sagemaker.goals import Goal
from airflow_sm_training.sagemaker.statuses import TrainingJobStatus

if TYPE_CHECKING:
    from collections.abc import Sequence

    from airflow_sm_training.sagemaker.description import TrainingJobDescription


class SageMakerStopTrainingJobOperator(SageMakerTrainingJobBaseOperator):
    """
    Stop a SageMaker training job, and wait until it is stopped.

    A job that has ended already is not an error. The XCom ``return_value`` is the normalised description of the job,
    with ``model_artifacts`` if it saved any: SageMaker gives a job two minutes to do so.

    Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_StopTrainingJob.html

    :param training_job_name: the job, whoever created it (templated).
    :param wait_for_completion: whether to wait until the job has ended; otherwise the task succeeds once SageMaker was
        asked to stop it.
    :param deferrable: whether to wait in the triggerer, without holding a worker.
    :param poll_interval: seconds between polls.
    :param aws_conn_id: Airflow connection with the AWS credentials.
    :param region_name: AWS region; default is the connection's.
    :param verify: whether to verify TLS certificates, or the path of a bundle.
    :param botocore_config: botocore client configuration.
    :raises ValueError: if a parameter has a value that it cannot have.
    """

    template_fields: Sequence[str] = ("training_job_name", *SageMakerTrainingJobBaseOperator.template_fields)

    def __init__(
        self,
        *,
        training_job_name: str,
        wait_for_completion: bool = True,
        deferrable: bool = conf.getboolean("operators", "default_deferrable", fallback=False),
        poll_interval: float = 30.0,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.training_job_name = training_job_name
        self.wait_for_completion = wait_for_completion
        self.deferrable = deferrable
        self.poll_interval = poll_interval
        check_poll_interval(self)

    def execute(self, context: Any) -> dict[str, Any]:
        """
        Ask SageMaker to stop the job, unless it has ended.

        :param context: the execution context.
        :return: the normalised description.
        :raises AirflowFailException: if there is no such job, and for what else a retry cannot mend.
        """
        with no_retry_for_mistakes():
            asked = self.hook.stop_if_running(self.training_job_name)
            description = self.hook.describe_training_job(self.training_job_name)
        self.publish_link(context, description.name, description.arn)
        is_over = description.is_ended or description.status == TrainingJobStatus.DELETING
        if asked:
            self.log.info("Asked SageMaker to stop %s.", description.name)
        elif is_over:
            self.log.info("%s has ended already (%s): there is nothing to stop.", description.name, description.status)
        else:
            self.log.info("%s is being stopped already (%s).", description.name, description.status)
        if is_over or not self.wait_for_completion:
            return self._result(description)
        return self.wait_until(Goal.ENDED, self.training_job_name, context, deadline=self.deadline)

    def execute_complete(self, context: Any, event: dict[str, Any]) -> dict[str, Any]:  # noqa: ARG002 - Airflow's
        """
        Turn what the wait came to into the task's result. Both paths end here.

        :param context: the execution context.
        :param event: what :meth:`SageMakerTrainingJobTrigger.wait` returned.
        :return: the normalised description.
        :raises AirflowTaskTimeout: if ``execution_timeout`` passed before the job had stopped.
        """
        with no_retry_for_mistakes():
            return self._result(description_of(event))

    def _result(self, description: TrainingJobDescription) -> dict[str, Any]:
        if description.is_ended:
            self.log.info("%s: %s (%s)", description.name, description.status, description.secondary_status)
            self.log.info("Model artifacts: %s", description.model_artifacts or "none were saved")
        return description.to_dict()
