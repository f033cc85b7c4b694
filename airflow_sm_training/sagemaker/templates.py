"""Which values are still Jinja templates, so that nothing can be said of them before a task renders them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_MARKS = ("{{", "{%", "{#")


def is_templated(value: Any) -> bool:
    """
    Whether a value holds a template, at any depth.

    Values that Airflow resolves when the task runs (XComArgs and the like: whatever is no JSON) count as templates too.

    :param value: a part of a request as the DAG file gives it.
    """
    if isinstance(value, str):
        return any(mark in value for mark in _MARKS)
    if isinstance(value, Mapping):
        return any(is_templated(key) or is_templated(item) for key, item in value.items())
    if isinstance(value, (list, tuple)):
        return any(is_templated(item) for item in value)
    return not (value is None or isinstance(value, (bool, int, float)))
