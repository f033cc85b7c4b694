"""Every difference between Airflow 2.11 and 3.x, and nowhere else."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from airflow.providers.common.compat.sdk import (
    AirflowFailException,
    AirflowNotFoundException,
    AirflowSensorTimeout,
    AirflowSkipException,
    AirflowTaskTimeout,
    BaseHook,
    BaseOperator,
    BaseOperatorLink,
    BaseSensorOperator,
    PokeReturnValue,
    TaskDeferred,
    TaskInstanceState,
    XCom,
    conf,
    mask_secret,
)

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = [
    "DEFERRAL_ERRORS",
    "AirflowFailException",
    "AirflowNotFoundException",
    "AirflowSensorTimeout",
    "AirflowSkipException",
    "AirflowTaskTimeout",
    "BaseHook",
    "BaseOperator",
    "BaseOperatorLink",
    "BaseSensorOperator",
    "PokeReturnValue",
    "TaskDeferred",
    "TaskInstanceState",
    "XCom",
    "conf",
    "first_try_number",
    "looks_secret",
    "mask_secret",
    "read_state",
    "read_xcom",
    "triggers_have_on_kill",
]


def _deferral_errors() -> tuple[type[Exception], ...]:
    try:
        exceptions = importlib.import_module("airflow.sdk.exceptions")
    except ImportError:
        exceptions = importlib.import_module("airflow.exceptions")
    names = ("TaskDeferralError", "TaskDeferralTimeout")
    return tuple(getattr(exceptions, name) for name in names if hasattr(exceptions, name))


# What resuming raises when the trigger failed or the deferral timed out.
DEFERRAL_ERRORS = _deferral_errors()

# Where Airflow keeps its rule for names that look secret: 3.x for tasks, 3.x for the core, 2.11.
_SECRETS_MASKERS = (
    "airflow.sdk._shared.secrets_masker",
    "airflow.sdk.execution_time.secrets_masker",
    "airflow.utils.log.secrets_masker",
)


def looks_secret(name: str) -> bool:
    """
    Whether a value of this name is to be masked, by Airflow's own rule (``[core] sensitive_var_conn_names`` included).

    :param name: name of a hyperparameter or an environment variable.
    """
    return bool(_rule_for_secrets()(name))


def _rule_for_secrets() -> Callable[[str], bool]:
    for module_name in _SECRETS_MASKERS:
        try:
            rule: Callable[[str], bool] = importlib.import_module(module_name).should_hide_value_for_key
        except ImportError:
            continue
        return rule
    from airflow_sm_training.sagemaker import secrets  # noqa: PLC0415

    return secrets.looks_secret


def first_try_number(task_instance: Any, task: Any) -> int:
    """
    Return the first try number of the current clear of a task instance: Airflow's own notion of an epoch.

    Automatic retries keep it, a user's clear raises it (read in the sources of 2.11 and 3.3).

    :param task_instance: the task instance of an execution context.
    :param task: its operator.
    """
    retries = task.retries or 0
    return max(1, (task_instance.max_tries or 0) - retries + 1)


def triggers_have_on_kill() -> bool:
    """Whether Airflow tells a trigger that its task was killed (3.3 and later); before, it only cancels the trigger."""
    from airflow.triggers.base import BaseTrigger  # noqa: PLC0415

    return hasattr(BaseTrigger, "on_kill")


def read_state(task_instance: Any) -> str | None:
    """
    Return the state that a task instance has now. Blocks: not for an event loop.

    :param task_instance: the task instance that the triggerer gave to a trigger.
    """
    try:
        from airflow.sdk.execution_time.task_runner import RuntimeTaskInstance  # noqa: PLC0415
    except ImportError:
        return _read_state_from_database(task_instance)
    run_id, task_id, map_index = task_instance.run_id, task_instance.task_id, task_instance.map_index
    states = RuntimeTaskInstance.get_task_states(
        dag_id=task_instance.dag_id, task_ids=[task_id], run_ids=[run_id], map_index=map_index
    )
    of_run = states.get(run_id, {})
    # Results of mapped tasks carry their index in the key.
    state: str | None = of_run.get(f"{task_id}_{map_index}", of_run.get(task_id))
    return state


def _read_state_from_database(task_instance: Any) -> str | None:
    from airflow.models.taskinstance import TaskInstance  # noqa: PLC0415
    from airflow.utils.session import create_session  # noqa: PLC0415

    with create_session() as session:
        found = session.query(TaskInstance.state).filter_by(
            dag_id=task_instance.dag_id,
            task_id=task_instance.task_id,
            run_id=task_instance.run_id,
            map_index=task_instance.map_index,
        )
        state: str | None = found.scalar()
    return state


def read_xcom(task_instance: Any, key: str) -> Any:
    """
    Return an XCom that a task instance pushed itself, ``None`` if there is none. Blocks: not for an event loop.

    :param task_instance: the task instance that the triggerer gave to a trigger, or one of an execution context.
    :param key: key of the XCom.
    """
    return XCom.get_one(
        key=key,
        dag_id=task_instance.dag_id,
        task_id=task_instance.task_id,
        run_id=task_instance.run_id,
        map_index=task_instance.map_index,
    )
