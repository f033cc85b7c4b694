"""Where a request comes from besides the config of its task: the team's defaults, and a training script."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from airflow_sm_training.compat import AirflowNotFoundException, BaseHook
from airflow_sm_training.sagemaker.defaults import check_defaults, connection_origin, merged, of_connection
from airflow_sm_training.sagemaker.script_mode import ScriptMode

if TYPE_CHECKING:
    from airflow_sm_training.operators.training_job import SageMakerCreateTrainingJobOperator
    from airflow_sm_training.sagemaker.request import TrainingJobRequest

_DEFAULT_CONNECTION = "aws_default"
_SHOWN_DIGITS = 12
_SHOWN_NAMES = 5


def with_defaults(task: SageMakerCreateTrainingJobOperator) -> Any:
    """
    Return the task's config with the operator's defaults, and below them the connection's, under it.

    :param task: the operator, rendered.
    :raises RequestInvalid: if defaults are none that fit a request; the message says whose they are.
    """
    return _merged(task, [check_defaults(given, origin) for given, origin in _layers(task)])


def shown_with_defaults(task: SageMakerCreateTrainingJobOperator) -> Any:
    """
    Do the same for people who look at it. What does not fit is not refused: that needs botocore's model, half a second.

    :param task: the operator, rendered.
    """
    try:
        return _merged(task, [given for given, _ in _layers(task) if isinstance(given, Mapping)])
    except Exception as error:  # noqa: BLE001 - a connection that cannot be read now fails no task that has its job
        task.log.debug("The defaults are not shown in the rendered template: %s", error)
        return task.config


def known_defaults_of_connection(conn_id: str) -> Mapping[str, Any] | None:
    """
    Return the defaults of a connection while a DAG is parsed, where not everything that a task has is at hand.

    :param conn_id: its id.
    :return: ``None`` if they cannot be known: only a missing ``aws_default`` surely has none.
    """
    try:
        connection: Any = BaseHook.get_connection(conn_id)
        defaults = of_connection(connection.extra_dejson, conn_id)
    except AirflowNotFoundException:
        return {} if conn_id == _DEFAULT_CONNECTION else None
    except Exception:  # noqa: BLE001 - whatever keeps it from being read now, the task will say
        return None
    if not defaults:
        return {}
    return defaults if isinstance(defaults, Mapping) else None


def with_uploaded_script(task: SageMakerCreateTrainingJobOperator, request: TrainingJobRequest) -> TrainingJobRequest:
    """
    Return the request, checked as a whole, with its script, which is in S3 from now on.

    :param task: the operator, rendered.
    :param request: the request without the script.
    :raises RequestInvalid: if the request or the script is wrong; nothing is uploaded then.
    :raises SageMakerTrainingError: if the script cannot be uploaded.
    """
    from airflow_sm_training.sagemaker.source_archive import packed  # noqa: PLC0415 - a DAG file needs none of it

    script, dag = ScriptMode.from_dict(task.script_mode), task.get_dag()
    directory = script.directory(Path(dag.fileloc).parent if dag else None)
    with packed(directory, size_limit=script.size_limit) as archive:
        _warn_of_secrets(task, archive.secrets)
        script.check_archive(archive)
        request = script.applied_to(request, archive.digest, region_name=task.hook.region_name)
        request = task.hook.with_role_arn(request)
        bucket, key = script.location(request, archive.digest)
        uploaded = task.hook.upload_source(archive, bucket, key, kms_key_id=script.encryption_key(request))
    task.log.info(
        "Packed %s: %d files, %d bytes, digest %s; %s s3://%s/%s",
        directory,
        len(archive.names),
        archive.size,
        archive.digest[:_SHOWN_DIGITS],
        "uploaded to" if uploaded else "already there, reused:",
        bucket,
        key,
    )
    return request


def _merged(task: SageMakerCreateTrainingJobOperator, layers: list[Any]) -> Any:
    # A config that is no mapping has an error of its own, which is the clearer one.
    return merged(task.config, *layers) if isinstance(task.config, Mapping) else task.config


def _layers(task: SageMakerCreateTrainingJobOperator) -> list[tuple[Any, str]]:
    layers = [(task.defaults, f"defaults of task {task.task_id!r}")]
    conn_id = task.aws_conn_id
    if conn_id is None:
        return layers
    try:
        connection: Any = BaseHook.get_connection(conn_id)
    except AirflowNotFoundException:
        return layers  # the hook says whether that is an error
    return [*layers, (of_connection(connection.extra_dejson, conn_id), connection_origin(conn_id))]


def _warn_of_secrets(task: SageMakerCreateTrainingJobOperator, names: tuple[str, ...]) -> None:
    if names:
        more = f" and {len(names) - _SHOWN_NAMES} more" if len(names) > _SHOWN_NAMES else ""
        task.log.warning(
            "Left out of the training script, since they look secret: %s%s. To pack one all the same, write !%s into "
            ".sagemakerignore.",
            ", ".join(names[:_SHOWN_NAMES]),
            more,
            names[0],
        )
