"""Metrics read from a job's log by the regular expressions of ``MetricDefinitions``."""

from __future__ import annotations

import logging
import math
from typing import TYPE_CHECKING, Any

from airflow_sm_training.local.runner.failures import JobFailedError
from airflow_sm_training.sagemaker.statuses import FailureKind

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

logger = logging.getLogger(__name__)

_LINE_LENGTH = 16 * 1024
_SEARCH_TIMEOUT_IN_SECONDS = 0.25


class MetricReader:
    """
    Looks for metrics in log lines.

    :param definitions: ``MetricDefinitions`` of a request
    :raises JobFailedError: a regular expression cannot be compiled
    """

    def __init__(self, definitions: Sequence[Mapping[str, Any]]) -> None:
        self._patterns = {str(each["Name"]): _compiled(index, each) for index, each in enumerate(definitions)}

    def read(self, line: str) -> Iterator[tuple[str, float]]:
        """
        Yield name and value of each metric in a line, the last value where it has several.

        :param line: one line of the log; only its first 16 KiB are searched
        """
        for name, pattern in list(self._patterns.items()):
            try:
                value = _last_number(pattern, line[:_LINE_LENGTH])
            except TimeoutError:
                # An expression that explodes on one line would hold up the job, and its stop, on every line.
                logger.warning("Regex %r of metric %s takes too long and is ignored from now on", pattern.pattern, name)
                del self._patterns[name]
                continue
            if value is not None:
                yield name, value


def _compiled(index: int, definition: Mapping[str, Any]) -> Any:
    import regex  # the standard library's expressions cannot be timed out

    try:
        return regex.compile(definition["Regex"])
    except regex.error as error:
        message = f"MetricDefinitions[{index}].Regex {definition['Regex']!r} is not a regular expression: {error}"
        raise JobFailedError(FailureKind.CLIENT, message) from error


def _last_number(pattern: Any, line: str) -> float | None:
    found = None
    for match in pattern.finditer(line, timeout=_SEARCH_TIMEOUT_IN_SECONDS):
        number = _number(match[1] if pattern.groups else None)
        found = found if number is None else number
    return found


def _number(text: str | None) -> float | None:
    try:
        number = float(text or "")
    except ValueError:
        return None
    return number if math.isfinite(number) else None
