"""Requests held against botocore's model, with the violations worded as SageMaker words them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from airflow_sm_training.local.errors import ServiceError, validation_error
from airflow_sm_training.sagemaker import model
from airflow_sm_training.sagemaker.shapes import Violation, violations

if TYPE_CHECKING:
    from collections.abc import Callable

_TYPE_NAMES = {"structure": "a structure", "list": "a list", "map": "a map", "timestamp": "a timestamp"}


def check_request(operation: str, body: dict[str, Any]) -> None:
    """
    Refuse a request that the model does not allow. Fields that the model does not know pass, as they do at SageMaker:
    the client's model may be newer.

    :param operation: name of the operation.
    :param body: the decoded request.
    :raises ServiceError: ``SerializationException`` for a value of the wrong type, else ``ValidationException``.
    """
    found = [violation for violation in violations(model.input_shape(operation), body) if violation.rule != "unknown"]
    for violation in found:
        if violation.rule == "type":
            kind = _TYPE_NAMES.get(str(violation.limit), str(violation.limit).capitalize())
            message = f"{_path(violation.path)}: {type(violation.value).__name__} cannot be converted to {kind}"
            raise ServiceError("SerializationException", message)
    if found:
        count = f"{len(found)} validation error{'s' if len(found) > 1 else ''} detected"
        raise validation_error(f"{count}: {'; '.join(map(_constraint, found))}")


def _constraint(violation: Violation) -> str:
    value = "null" if violation.rule == "required" else f"'{violation.value}'"
    return (
        f"Value {value} at '{_path(violation.path)}' failed to satisfy constraint: "
        f"Member must {_REQUIREMENTS[violation.rule](violation)}"
    )


def _path(path: str) -> str:
    """Write ``InputDataConfig[0].S3Uri`` as the service does: ``inputDataConfig.1.member.s3Uri``."""
    path = re.sub(r"\[(\d+)\]", lambda match: f".{int(match[1]) + 1}.member", path)
    path = re.sub(r'\["(.*?)"\]', r".\1.member", path)
    return ".".join(part[:1].lower() + part[1:] for part in path.split("."))


def _bounds(violation: Violation, noun: str, measure: float) -> str:
    minimum, maximum = violation.limit
    if minimum is not None and measure < minimum:
        return f"have {noun} greater than or equal to {minimum}"
    return f"have {noun} less than or equal to {maximum}"


_REQUIREMENTS: dict[str, Callable[[Violation], str]] = {
    "required": lambda _: "not be null",
    "enum": lambda violation: f"satisfy enum value set: [{', '.join(violation.limit)}]",
    "pattern": lambda violation: f"satisfy regular expression pattern: {violation.limit}",
    "length": lambda violation: _bounds(violation, "length", len(violation.value)),
    "size": lambda violation: _bounds(violation, "length", len(violation.value)),
    "range": lambda violation: _bounds(violation, "value", violation.value),
}
