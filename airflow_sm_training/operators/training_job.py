"""Operators for SageMaker training jobs."""

from __future__ import annotations

import time
from importlib import import_module
from typing import TYPE_CHECKING, Any, ClassVar

from airflow_sm_training.compat import (
    DEFERRAL_ERRORS,
    AirflowTaskTimeout,
    conf,
    read_xcom,
)
from airflow_sm_training.operators.base import (
    SageMakerTrainingJobBaseOperator,
    check_poll_interval,
    no_retry_for_mistakes,
)
from airflow_sm_training.sagemaker import errors
from airflow_sm_training.sagemaker.statuses import STOPPED_SECONDARY_STATUSES

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from airflow_sm_training.operators.stop_training_job import SageMakerStopTrainingJobOperator
    from airflow_sm_training.operators.update_training_job import SageMakerUpdateTrainingJobOperator
    from airflow_sm_training.sagemaker.description import TrainingJobDescription
    from airflow_sm_training.sagemaker.request import TrainingJobRequest
    from airflow_sm_training.sagemaker.script_mode import ScriptMode
    from airflow_sm_training.sagemaker.submission import Submission
    from airflow_sm_training.triggers.training_job import SageMakerTrainingJobTrigger

__all__ = [
    "SageMakerCreateTrainingJobOperator",
    "SageMakerStopTrainingJobOperator",
    "SageMakerUpdateTrainingJobOperator",
]

_ACTIONS_IF_JOB_EXISTS = ("adopt", "fail")
_NEIGHBOURS = {
    "SageMakerStopTrainingJobOperator": "stop_training_job",
    "SageMakerUpdateTrainingJobOperator": "update_training_job",
}


def __getattr__(name: str) -> Any:
    # A DAG file pays at every parse for what it imports: here, for the operators that it uses.
    if name in _NEIGHBOURS:
        return getattr(import_module(f"airflow_sm_training.operators.{_NEIGHBOURS[name]}"), name)
    message = f"module {__name__!r} has no attribute {name!r}"
    raise AttributeError(message)


class SageMakerCreateTrainingJobOperator(SageMakerTrainingJobBaseOperator):
    """
    Create a SageMaker training job, once, and wait for it.

    However often the worker dies, one task instance has one job: a retry takes up the job of the try before it. The
    XCom ``return_value`` is the normalised description of the job; ``training_job_name`` and ``training_job_arn`` are
    pushed as soon as the job is submitted.

    Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateTrainingJob.html

    :param config: the CreateTrainingJob request, a dict as boto3 takes it or a ``TrainingJobRequest`` (templated).
        ``TrainingJobName`` may be left out; ``RoleArn`` may be the name of a role.
    :param script_mode: a training script of your own for a prebuilt image: a ``ScriptMode``, or a dict of its fields
        (templated). It is packed and put into S3, once for the same content, before the job is submitted.
    :param defaults: a part of a CreateTrainingJob request that is merged under ``config`` (templated), and over the
        ``training_job_defaults`` in the extra of the Airflow connection.
    :param wait_for_completion: whether to wait until the job has ended; otherwise the task succeeds once the job is
        submitted.
    :param deferrable: whether to wait in the triggerer, without holding a worker.
    :param poll_interval: seconds between polls.
    :param action_if_job_exists: ``"adopt"`` waits for a job that this very task instance has submitted before,
        ``"fail"`` makes it an error. Somebody else's job of the same name always is.
    :param accept_stopped: whether a stopped job is a success: ``True``, or the secondary statuses of which it is, such
        as ``{"MaxRuntimeExceeded"}``.
    :param stop_on_kill: whether the job is stopped when the task is killed or times out.
    :param log_lines: how many of the last CloudWatch lines to show at the end, unless they were shown as they came, and
        in the error if the job fails; 0 for none.
    :param stream_logs: whether to show CloudWatch lines while waiting.
    :param aws_conn_id: Airflow connection with the AWS credentials.
    :param region_name: AWS region; default is the connection's.
    :param verify: whether to verify TLS certificates, or the path of a bundle.
    :param botocore_config: botocore client configuration.
    :raises ValueError: if a parameter has a value that it cannot have.
    :raises TaskRequestInvalid: if anything is wrong with the config that can be known before its templates are
        rendered; the error lists all of it.
    """

    template_fields: Sequence[str] = (
        "config",
        "script_mode",
        "defaults",
        *SageMakerTrainingJobBaseOperator.template_fields,
    )
    template_fields_renderers: ClassVar[dict[str, str]] = {"config": "json", "script_mode": "json", "defaults": "json"}

    def __init__(
        self,
        *,
        config: Mapping[str, Any] | TrainingJobRequest,
        script_mode: ScriptMode | Mapping[str, Any] | None = None,
        defaults: Mapping[str, Any] | None = None,
        wait_for_completion: bool = True,
        deferrable: bool = conf.getboolean("operators", "default_deferrable", fallback=False),
        poll_interval: float = 30.0,
        action_if_job_exists: str = "adopt",
        accept_stopped: bool | Collection[str] = False,
        stop_on_kill: bool = True,
        log_lines: int = 100,
        stream_logs: bool = True,
        **kwargs: Any,
    ) -> None:
        from airflow_sm_training.operators.parse_checks import check_config  # noqa: PLC0415
        from airflow_sm_training.sagemaker.request import TrainingJobRequest  # noqa: PLC0415
        from airflow_sm_training.sagemaker.script_mode import ScriptMode  # noqa: PLC0415

        super().__init__(**kwargs)
        # A request object is opaque to Jinja; its dict is not.
        self.config = config.to_dict() if isinstance(config, TrainingJobRequest) else config
        self.customizations = config.customizations if isinstance(config, TrainingJobRequest) else ()
        self.script_mode = script_mode.to_dict() if isinstance(script_mode, ScriptMode) else script_mode
        self.defaults = defaults
        self.wait_for_completion = wait_for_completion
        self.deferrable = deferrable
        self.poll_interval = poll_interval
        self.action_if_job_exists = action_if_job_exists
        self.accept_stopped = accept_stopped if isinstance(accept_stopped, bool) else sorted(accept_stopped)
        self.stop_on_kill = stop_on_kill
        self.log_lines = log_lines
        self.stream_logs = stream_logs
        self._job_to_stop: str | None = None
        self._check_parameters()
        check_config(
            self.task_id,
            self.config,
            defaults=defaults,
            conn_id=self.aws_conn_id,
            is_customized=bool(self.customizations),
        )

    def execute(self, context: Any) -> dict[str, Any]:
        """
        Submit the job and wait for it.

        :param context: the execution context.
        :return: the normalised description.
        :raises AirflowFailException: for what a retry cannot mend.
        :raises SageMakerTrainingError: for what it can.
        """
        with no_retry_for_mistakes():
            submission = self._submit(context)
            self._publish(context, submission)
            if not self.wait_for_completion or submission.is_finished:
                return self.hook.describe_training_job(submission.training_job_name).to_dict()
        return self.wait_with(self._trigger(submission.training_job_name), context)

    def execute_complete(self, context: Any, event: dict[str, Any]) -> dict[str, Any]:  # noqa: ARG002 - Airflow's
        """
        Turn what the wait came to into the task's result. Both paths end here.

        :param context: the execution context.
        :param event: what :meth:`SageMakerTrainingJobTrigger.wait` returned.
        :return: the normalised description.
        :raises AirflowTaskTimeout: if ``execution_timeout`` passed; the job is stopped, unless ``stop_on_kill`` is off.
        """
        from airflow_sm_training.sagemaker.description import TrainingJobDescription  # noqa: PLC0415
        from airflow_sm_training.sagemaker.outcome import check_outcome  # noqa: PLC0415

        with no_retry_for_mistakes():
            if "error" in event:
                self._raise_error_of(event)
            description = TrainingJobDescription.from_dict(event["description"])
            check_outcome(description, accept_stopped=self.accept_stopped, log_lines=event["log_lines"])
        for line in event["log_lines"]:
            self.log.info("%s", line)
        self._log_result(description)
        return description.to_dict()

    def on_kill(self) -> None:
        """Stop the job of a task that is killed, or times out, while this worker submits it or waits for it."""
        self._stop_if_wanted(self._job_to_stop)

    def resume_execution(self, next_method: str, next_kwargs: dict[str, Any] | None, context: Any) -> Any:
        """
        Resume after a deferral. A wait that Airflow gave up (a deferral timeout) is over before anybody hears of it.

        :param next_method: name of the method to go on with.
        :param next_kwargs: its arguments.
        :param context: the execution context.
        """
        try:
            return super().resume_execution(next_method, next_kwargs, context)
        except DEFERRAL_ERRORS:
            self._stop_if_wanted(read_xcom(context["ti"], "training_job_name"))
            raise

    def _do_render_template_fields(self, parent: Any, *args: Any, **kwargs: Any) -> None:
        """
        Show the defaults in the rendered template, too. Of a mapped task, Airflow calls only this method.

        :param parent: what is rendered: this operator, or an object in one of its fields.
        """
        super()._do_render_template_fields(parent, *args, **kwargs)
        if parent is self:
            from airflow_sm_training.operators.request_sources import shown_with_defaults  # noqa: PLC0415

            self.config = shown_with_defaults(self)

    def _submit(self, context: Any) -> Submission:
        from airflow_sm_training.operators.submitting import submit  # noqa: PLC0415

        return submit(self, context)

    def _publish(self, context: Any, submission: Submission) -> None:
        task_instance = context["ti"]
        task_instance.xcom_push(key="training_job_name", value=submission.training_job_name)
        task_instance.xcom_push(key="training_job_arn", value=submission.training_job_arn)
        self.publish_link(context, submission.training_job_name, submission.training_job_arn)

    def _trigger(self, training_job_name: str) -> SageMakerTrainingJobTrigger:
        from airflow_sm_training.triggers.training_job import SageMakerTrainingJobTrigger  # noqa: PLC0415

        timeout = self.execution_timeout
        return SageMakerTrainingJobTrigger(
            training_job_name=training_job_name,
            poll_interval=self.poll_interval,
            # Airflow does not keep execution_timeout over a deferral; a wall-clock time does.
            deadline=time.time() + timeout.total_seconds() if timeout else None,
            stream_logs=self.stream_logs,
            log_lines=self.log_lines,
            stop_on_kill=self.stop_on_kill,
            **self.aws_parameters,
        )

    def _raise_error_of(self, event: dict[str, Any]) -> None:
        error = errors.from_event(event["error"])
        if isinstance(error, errors.DeadlineReached):
            self._stop_if_wanted(error.training_job_name)
            raise AirflowTaskTimeout(str(error)) from None
        raise error

    def know_job(self, training_job_name: str) -> None:
        """
        Take note of the job that is about to be created, for whoever kills the task from now on.

        :param training_job_name: its name.
        """
        self._job_to_stop = training_job_name

    def _stop_if_wanted(self, training_job_name: str | None) -> None:
        if not self.stop_on_kill or training_job_name is None:
            return
        self._job_to_stop = None  # a kill can be announced twice
        if self.hook.stop_if_running(training_job_name):
            self.log.info("Asked SageMaker to stop %s.", training_job_name)
        else:
            self.log.info("%s does not run any more; there is nothing to stop.", training_job_name)

    def _log_result(self, description: TrainingJobDescription) -> None:
        billable = description.derived.get("billable_instance_seconds")
        cost = "" if billable is None else f" ({billable} billable instance seconds)"
        self.log.info("%s: %s%s", description.name, description.status, cost)
        for name, value in description.metrics.items():
            self.log.info("%s = %s", name, value)
        if description.model_artifacts:
            self.log.info("Model: %s", description.model_artifacts)

    def _check_parameters(self) -> None:
        if self.action_if_job_exists not in _ACTIONS_IF_JOB_EXISTS:
            allowed = " or ".join(map(repr, _ACTIONS_IF_JOB_EXISTS))
            message = (
                f"action_if_job_exists of task {self.task_id!r} is {self.action_if_job_exists!r}; it can be {allowed}."
            )
            raise ValueError(message)
        check_poll_interval(self)
        if not isinstance(self.log_lines, int) or self.log_lines < 0:
            message = f"log_lines of task {self.task_id!r} is {self.log_lines!r}; it is a number of lines, 0 for none."
            raise ValueError(message)
        if not isinstance(self.accept_stopped, bool):
            unknown = sorted(set(self.accept_stopped) - STOPPED_SECONDARY_STATUSES)
            if unknown:
                allowed = ", ".join(sorted(STOPPED_SECONDARY_STATUSES))
                message = f"accept_stopped of task {self.task_id!r} names {', '.join(unknown)}; it can name {allowed}."
                raise ValueError(message)
