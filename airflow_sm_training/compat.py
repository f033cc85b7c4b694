"""Every difference between Airflow 2.11 and 3.x, and nowhere else."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from airflow.providers.common.compat.sdk import (
    AirflowFailException,
    AirflowNotFoundException,
    AirflowTaskTimeout,
    BaseOperator,
    BaseOperatorLink,
    TaskDeferred,
    XCom,
    conf,
    mask_secret,
)

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = [
    "AirflowFailException",
    "AirflowNotFoundException",
    "AirflowTaskTimeout",
    "BaseOperator",
    "BaseOperatorLink",
    "TaskDeferred",
    "XCom",
    "conf",
    "first_try_number",
    "looks_secret",
    "mask_secret",
]

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
