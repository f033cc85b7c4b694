"""What is wrong with a task's request, found when the task is built: a broken DAG is an import error that lists it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from airflow_sm_training.compat import AirflowFailException
from airflow_sm_training.sagemaker import validation
from airflow_sm_training.sagemaker.errors import RequestInvalid
from airflow_sm_training.sagemaker.request import GIVEN_LATER, with_stand_in_arn
from airflow_sm_training.sagemaker.templates import is_templated
from airflow_sm_training.sagemaker.updating import CHANGES_NOTHING, request_of

if TYPE_CHECKING:
    from airflow_sm_training.sagemaker.shapes import Violation


class TaskRequestInvalid(RequestInvalid, AirflowFailException):
    """
    A task was built with a request that cannot be sent.

    A mapped task is built when it runs; that the error is Airflow's own for a hopeless task keeps it from spending
    retries then.

    :param violations: everything that is wrong.
    """


def check_config(task_id: str, config: Any) -> None:
    """
    Refuse the config of a create task for what can be known before it is rendered. A template as a whole passes.

    :param task_id: id of the task.
    :param config: the CreateTrainingJob request, with templates anywhere.
    :raises TaskRequestInvalid: if anything is wrong.
    """
    if not isinstance(config, Mapping):
        if is_templated(config):
            return
        message = (
            f"The config of task {task_id!r} is {config!r:.80}, a {type(config).__name__}; it is a dict as boto3 takes "
            f"it, a TrainingJobRequest, or a template of one."
        )
        raise TaskRequestInvalid(message)
    found = validation.static_violations(validation.CREATE, with_stand_in_arn(config), given_later=GIVEN_LATER)
    _refuse(f"The config of task {task_id!r}", found, config.get("TrainingJobName"))


def check_update(task_id: str, training_job_name: Any, **changes: Any) -> None:
    """
    Refuse the changes of an update task for what can be known before they are rendered.

    :param task_id: id of the task.
    :param training_job_name: the job.
    :param changes: what :func:`~airflow_sm_training.sagemaker.updating.request_of` takes.
    :raises TaskRequestInvalid: if anything is wrong.
    """
    request = {"TrainingJobName": training_job_name, **request_of(**changes)}
    found = [
        violation
        for violation in validation.static_violations(validation.UPDATE, request)
        if violation.rule != CHANGES_NOTHING
    ]
    _refuse(f"The UpdateTrainingJob request of task {task_id!r}", found, training_job_name)


def _refuse(what: str, found: list[Violation], training_job_name: Any) -> None:
    if not found:
        return
    message = f"{what} is wrong in {validation.counted(found)}:\n{validation.listed(found)}"
    name = training_job_name if isinstance(training_job_name, str) else None
    raise TaskRequestInvalid(message, violations=found, training_job_name=name)
