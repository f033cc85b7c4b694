"""What is wrong with a task's request, found when the task is built: a broken DAG is an import error that lists it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from airflow_sm_training.compat import AirflowFailException
from airflow_sm_training.operators.request_sources import known_defaults_of_connection
from airflow_sm_training.sagemaker import validation
from airflow_sm_training.sagemaker.defaults import merged
from airflow_sm_training.sagemaker.errors import RequestInvalid
from airflow_sm_training.sagemaker.request import GIVEN_LATER, with_stand_in_arn
from airflow_sm_training.sagemaker.templates import is_templated
from airflow_sm_training.sagemaker.updating import request_of, worth_refusing

if TYPE_CHECKING:
    from airflow_sm_training.sagemaker.shapes import Violation

_ANY_TEMPLATE = "{{ }}"


class TaskRequestInvalid(RequestInvalid, AirflowFailException):
    """
    A task was built with a request that cannot be sent.

    A mapped task is built when it runs; that the error is Airflow's own for a hopeless task keeps it from spending
    retries then.

    :param violations: everything that is wrong.
    """


def check_config(task_id: str, config: Any, *, defaults: Any, conn_id: str | None, is_customized: bool) -> None:
    """
    Refuse the config of a create task for what can be known before it is rendered. A template as a whole passes.

    What is missing may come from the defaults of the Airflow connection, which is looked up only if something is.

    :param task_id: id of the task.
    :param config: the CreateTrainingJob request, with templates anywhere.
    :param defaults: the operator's defaults, with templates anywhere.
    :param conn_id: id of the Airflow connection.
    :param is_customized: whether a function of the user changes the request before it is sent.
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
    request = _plain(config)
    is_partial = is_customized
    if isinstance(defaults, Mapping):
        own = _plain(defaults)
        _refuse(f"The defaults of task {task_id!r} are", _violations(own, partial=True))
        request = merged(request, own)
    elif defaults is not None:
        is_partial = True
    found = _violations(request, partial=is_partial)
    _refuse(f"The config of task {task_id!r} is", _not_mended(found, request, conn_id), config.get("TrainingJobName"))


def check_update(task_id: str, training_job_name: Any, **changes: Any) -> None:
    """
    Refuse the changes of an update task for what can be known before they are rendered.

    :param task_id: id of the task.
    :param training_job_name: the job.
    :param changes: what :func:`~airflow_sm_training.sagemaker.updating.request_of` takes.
    :raises TaskRequestInvalid: if anything is wrong.
    """
    request = {"TrainingJobName": training_job_name, **request_of(**changes)}
    found = worth_refusing(validation.static_violations(validation.UPDATE, request))
    _refuse(f"The UpdateTrainingJob request of task {task_id!r} is", found, training_job_name)


def _violations(request: Mapping[str, Any], *, partial: bool = False) -> list[Violation]:
    request = with_stand_in_arn(request)
    return validation.static_violations(validation.CREATE, request, given_later=GIVEN_LATER, partial=partial)


def _not_mended(found: list[Violation], request: Mapping[str, Any], conn_id: str | None) -> list[Violation]:
    """Return the violations that remain when the connection has added what is missing."""
    missing = [violation for violation in found if _is_missing(request, violation.path)]
    if not missing or conn_id is None:
        return found
    below = None if is_templated(conn_id) else known_defaults_of_connection(conn_id)
    if below is None:
        return [violation for violation in found if violation not in missing]
    remaining = {(violation.path, violation.rule) for violation in _violations(merged(request, below))}
    return [violation for violation in found if (violation.path, violation.rule) in remaining]


def _is_missing(request: Any, path: str) -> bool:
    """Whether nothing stands at a path that defaults can reach; they are not merged into the entries of lists."""
    value = request
    for name in path.split("."):
        if not isinstance(value, Mapping):
            return False
        value = value.get(name)
    return value is None and "[" not in path


def _plain(value: Any) -> Any:
    """Copy a request, with a text in place of what only Airflow can resolve, which drags whole DAGs behind it."""
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    return value if isinstance(value, str) or not is_templated(value) else _ANY_TEMPLATE


def _refuse(what: str, found: list[Violation], training_job_name: Any = None) -> None:
    if not found:
        return
    message = f"{what} wrong in {validation.counted(found)}:\n{validation.listed(found)}"
    name = training_job_name if isinstance(training_job_name, str) else None
    raise TaskRequestInvalid(message, violations=found, training_job_name=name)
