"""Times as clients write them: epoch seconds in requests, ISO 8601 in search expressions."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime

from airflow_sm_training.local.errors import validation_error


def epoch_seconds(value: float | str, name: str) -> float:
    """
    Return a time as epoch seconds.

    :param value: epoch seconds, as a number or a string, or ISO 8601; UTC where no offset is given.
    :param name: of the field, for the error.
    :raises ServiceError: ``ValidationException``; it is not a time.
    """
    with suppress(ValueError):
        return float(value)
    try:
        moment = datetime.fromisoformat(str(value))
    except ValueError:
        raise validation_error(f"{value} at '{name}' is not a valid timestamp") from None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
