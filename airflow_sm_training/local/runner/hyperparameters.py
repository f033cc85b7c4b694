"""Hyperparameters as a training script sees them. The rules are the sagemaker-training toolkit's."""

from __future__ import annotations

import json
from itertools import chain
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

PREFIX = "sagemaker_"


def decode(values: Mapping[str, str]) -> dict[str, Any]:
    """
    Read each value as JSON, as the SageMaker Python SDK writes it; a value that is not JSON stays the string it is.

    :param values: ``HyperParameters`` of a request
    """
    return {name: _decoded(value) for name, value in values.items()}


def _decoded(value: str) -> Any:
    try:
        return json.loads(value)
    except (ValueError, RecursionError):
        return value


def for_script(decoded: Mapping[str, Any]) -> dict[str, Any]:
    """Leave out the ``sagemaker_…`` hyperparameters, which speak to the container and not to the script."""
    return {name: value for name, value in decoded.items() if not name.startswith(PREFIX)}


def arguments(values: Mapping[str, Any]) -> list[str]:
    """
    Write hyperparameters as a command line: sorted, ``--name value``, ``-n value`` for a name of one letter.

    :param values: decoded hyperparameters; ``True`` becomes ``True``, a list ``[1, 2]``, a mapping ``a=1,b=2``
    """
    return list(chain.from_iterable((_argument_name(name), _argument_value(values[name])) for name in sorted(values)))


def _argument_name(name: str) -> str:
    if not name:
        return ""
    return f"-{name}" if len(name) == 1 else f"--{name}"


def _argument_value(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, dict):
        return ",".join(f"{key}={item}" for key, item in sorted(value.items()))
    return str(value)
