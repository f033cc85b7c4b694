"""From the config of a task to its training job: defaults, script, checks, and the one create."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from airflow_sm_training.compat import first_try_number, looks_secret, mask_secret
from airflow_sm_training.operators.request_sources import with_defaults, with_uploaded_script
from airflow_sm_training.sagemaker.naming import TaskInstanceIdentity
from airflow_sm_training.sagemaker.request import TrainingJobRequest
from airflow_sm_training.sagemaker.secrets import secret_values
from airflow_sm_training.sagemaker.submission import Decision, Submission, SubmissionProtocol

if TYPE_CHECKING:
    from airflow_sm_training.operators.training_job import SageMakerCreateTrainingJobOperator

_DONE = {
    Decision.SUBMIT: "Submitted",
    Decision.ADOPT: "Took up the job that an earlier try of this task submitted:",
    Decision.FINISHED: "An earlier try of this task has already finished its job:",
}


def submit(task: SageMakerCreateTrainingJobOperator, context: Any) -> Submission:
    """
    Get the task instance its one job.

    :param task: the operator, rendered.
    :param context: the execution context.
    :raises SageMakerTrainingError: if the request is wrong, or SageMaker does not take it.
    """
    identity = _identity(task, context["ti"])
    task.config = with_defaults(task)
    request = TrainingJobRequest(task.config, task.customizations).typed().customized()
    for value in secret_values(request.request, looks_secret):
        mask_secret(value)
    if task.script_mode is None:
        request = task.hook.with_role_arn(request.typed())
    else:
        request = with_uploaded_script(task, request.typed())
    submission = SubmissionProtocol(
        task.hook,
        identity,
        adopt=task.action_if_job_exists == "adopt",
        about_to_create=task.know_job,
        warn=task.log.warning,
    ).submit(request)
    _log(task, request, submission)
    return submission


def _identity(task: SageMakerCreateTrainingJobOperator, task_instance: Any) -> TaskInstanceIdentity:
    return TaskInstanceIdentity(
        dag_id=task_instance.dag_id,
        task_id=task_instance.task_id,
        run_id=task_instance.run_id,
        map_index=task_instance.map_index,
        epoch=first_try_number(task_instance, task),
    )


def _log(task: SageMakerCreateTrainingJobOperator, request: TrainingJobRequest, submission: Submission) -> None:
    body = request.request
    resources = body.get("ResourceConfig") or {}
    instances = f"{resources.get('InstanceCount', '?')} x {resources.get('InstanceType', 'instance groups')}"
    algorithm = body.get("AlgorithmSpecification") or {}
    image = algorithm.get("TrainingImage") or algorithm.get("AlgorithmName") or "no image of its own"
    done = _DONE[submission.decision]
    task.log.info("%s training job %s (%s, %s)", done, submission.training_job_name, instances, image)
    task.log.info("%s", submission.training_job_arn)
