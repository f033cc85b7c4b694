"""Change a training job; part of the public module ``operators.training_job``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from airflow_sm_training.compat import conf
from airflow_sm_training.operators.base import (
    SageMakerTrainingJobBaseOperator,
    check_poll_interval,
    description_of,
    no_retry_for_mistakes,
)
from airflow_sm_training.operators.parse_checks import check_update
from airflow_sm_training.sagemaker.errors import GoalUnreachable, RequestRejected, UpdateWindowClosed
from airflow_sm_training.sagemaker.goals import WINDOWS, Verdict, assess
from airflow_sm_training.sagemaker.updating import Update, plan_update, requested_changes

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from airflow_sm_training.sagemaker.description import TrainingJobDescription

_CHANGES = ("profiler_config", "profiler_rule_configurations", "keep_alive_period_in_seconds", "enable_remote_debug")


class SageMakerUpdateTrainingJobOperator(SageMakerTrainingJobBaseOperator):
    """
    Change a SageMaker training job: while it runs its profiler, profiler rules and remote debugging, after it has
    completed how long its warm pool is kept.

    Waits until SageMaker takes the change, and fails at once when that time can no longer come. Only what differs from
    what the job has is sent; if nothing differs, the task succeeds without a call. The XCom ``return_value`` is the
    normalised description of the job after the update.

    Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_UpdateTrainingJob.html

    :param training_job_name: the job, whoever created it (templated).
    :param profiler_config: ``ProfilerConfig``, as boto3 takes it (templated). Accepted while the job is InProgress.
    :param profiler_rule_configurations: rules to add, as boto3 takes them (templated). Accepted while the job is
        InProgress. A rule that the job has cannot be changed or removed.
    :param keep_alive_period_in_seconds: how long the instances are kept for the next job, from 0 to 21600 seconds
        (templated). Accepted once the job has completed and while its warm pool is Available or InUse, if the job was
        created with a keep-alive period. Excludes the other changes.
    :param enable_remote_debug: whether remote debugging is on (templated). Accepted while the job is Downloading or
        Training; a change of the profiler that is asked for together with it is sent together with it.
    :param wait_until_updatable: whether to wait until SageMaker takes the change; otherwise it is an error if it does
        not now.
    :param deferrable: whether to wait in the triggerer, without holding a worker.
    :param poll_interval: seconds between polls.
    :param aws_conn_id: Airflow connection with the AWS credentials.
    :param region_name: AWS region; default is the connection's.
    :param verify: whether to verify TLS certificates, or the path of a bundle.
    :param botocore_config: botocore client configuration.
    :raises ValueError: if nothing is to be changed, or what is to be changed can never be changed together.
    :raises TaskRequestInvalid: if anything is wrong with the changes that can be known before templates are rendered;
        the error lists all of it, in terms of the UpdateTrainingJob request.
    """

    template_fields: Sequence[str] = (
        "training_job_name",
        *_CHANGES,
        *SageMakerTrainingJobBaseOperator.template_fields,
    )
    template_fields_renderers: ClassVar[dict[str, str]] = {
        "profiler_config": "json",
        "profiler_rule_configurations": "json",
    }

    def __init__(
        self,
        *,
        training_job_name: str,
        profiler_config: Mapping[str, Any] | None = None,
        profiler_rule_configurations: Sequence[Mapping[str, Any]] | None = None,
        keep_alive_period_in_seconds: int | str | None = None,
        enable_remote_debug: bool | str | None = None,
        wait_until_updatable: bool = True,
        deferrable: bool = conf.getboolean("operators", "default_deferrable", fallback=False),
        poll_interval: float = 30.0,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.training_job_name = training_job_name
        self.profiler_config = profiler_config
        self.profiler_rule_configurations = profiler_rule_configurations
        self.keep_alive_period_in_seconds = keep_alive_period_in_seconds
        self.enable_remote_debug = enable_remote_debug
        self.wait_until_updatable = wait_until_updatable
        self.deferrable = deferrable
        self.poll_interval = poll_interval
        check_poll_interval(self)
        self._check_changes()
        check_update(self.task_id, self.training_job_name, **self._changes())

    def execute(self, context: Any) -> dict[str, Any]:
        """
        Change the job, now or when SageMaker takes the change.

        :param context: the execution context.
        :return: the normalised description.
        :raises AirflowFailException: if the change can never be made, and for what else a retry cannot mend.
        :raises UpdateWindowClosed: if it cannot be made now and ``wait_until_updatable`` is off.
        """
        with no_retry_for_mistakes():
            asked = self._asked()
            description = self.hook.describe_training_job(self.training_job_name)
            self.publish_link(context, description.name, description.arn)
            return self._advance(context, asked, description)

    def execute_complete(self, context: Any, event: dict[str, Any]) -> dict[str, Any]:
        """
        Go on when the wait for the window is over. Both paths come here.

        :param context: the execution context.
        :param event: what :meth:`SageMakerTrainingJobTrigger.wait` returned.
        :return: the normalised description.
        :raises AirflowTaskTimeout: if ``execution_timeout`` passed before SageMaker took the change.
        """
        with no_retry_for_mistakes():
            return self._advance(context, self._asked(), description_of(event))

    def _advance(self, context: Any, asked: Mapping[str, Any], description: TrainingJobDescription) -> dict[str, Any]:
        update = plan_update(asked, description)
        if not update.changes:
            self.log.info("%s is as it should be: there is nothing to change.", description.name)
            return description.to_dict()
        assessment = assess(update.window, description)
        if assessment.verdict is Verdict.IMPOSSIBLE:
            raise GoalUnreachable(assessment.why, training_job_name=description.name)
        if assessment.verdict is Verdict.REACHED:
            return self._send(context, asked, update)
        window = WINDOWS[update.window]
        now = f"{description.name} is {description.status} ({description.secondary_status})"
        if description.warm_pool_status:
            now += f", its warm pool {description.warm_pool_status}"
        if not self.wait_until_updatable:
            message = (
                f"Training job {now}; SageMaker takes a change of {_listed(update)} {window}. Nothing was sent. With "
                f"wait_until_updatable=True the task waits for that."
            )
            raise UpdateWindowClosed(message, training_job_name=description.name)
        self.log.info("%s. SageMaker takes a change of %s %s.", now, _listed(update), window)
        return self.wait_until(update.window, self.training_job_name, context, deadline=self.deadline)

    def _send(self, context: Any, asked: Mapping[str, Any], update: Update) -> dict[str, Any]:
        name = self.training_job_name
        try:
            self.hook.update_training_job(name, **update.changes)
        except RequestRejected:
            # The window closed since the job was described, or the answer to an earlier request was lost.
            description = self.hook.describe_training_job(name)
            if (
                plan_update(asked, description) == update
                and assess(update.window, description).verdict is Verdict.REACHED
            ):
                raise
            return self._advance(context, asked, description)
        self.log.info("Changed %s of %s.", _listed(update), name)
        return self.hook.describe_training_job(name).to_dict()

    def _asked(self) -> dict[str, Any]:
        return requested_changes(**self._changes())

    def _changes(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in _CHANGES}

    def _check_changes(self) -> None:
        given = [name for name in _CHANGES if getattr(self, name) is not None]
        if not given:
            message = f"task {self.task_id!r} would change nothing: give it at least one of {', '.join(_CHANGES)}."
            raise ValueError(message)
        if "keep_alive_period_in_seconds" in given and len(given) > 1:
            others = ", ".join(name for name in given if name != "keep_alive_period_in_seconds")
            message = (
                f"task {self.task_id!r} cannot change keep_alive_period_in_seconds together with {others}: SageMaker "
                f"takes the first of a job that has completed, the other of a job that is in progress. Use two tasks."
            )
            raise ValueError(message)


def _listed(update: Update) -> str:
    return ", ".join(update.changes)
