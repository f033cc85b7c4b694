"""Faults on demand: what a real service does on a bad day, done whenever a test or a person asks for it."""

from __future__ import annotations

import json
import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from enum import StrEnum
from fnmatch import fnmatchcase
from http import HTTPStatus
from threading import Lock
from typing import Any

_SAGEMAKER = "sagemaker:"


class FaultKind(StrEnum):
    """
    What goes wrong.

    ``RESET`` cuts the connection before the request is handled, ``LOSE_RESPONSE`` after: the job was created, and its
    client does not know.
    """

    THROTTLE = "throttle"
    SERVER_ERROR = "server_error"
    LATENCY = "latency"
    RESET = "reset"
    LOSE_RESPONSE = "lose_response"
    DENY = "deny"


class FaultError(ValueError):
    """A fault is not described as it should be; the message names the field."""


@dataclass(frozen=True, slots=True)
class Fault:
    """
    One rule.

    :param kind: what goes wrong.
    :param operations: names of the operations that it strikes, such as ``DescribeTrainingJob``, ``logs:GetLogEvents``
        or ``s3:*``; None = all of every service.
    :param rate: share of the matching requests that it strikes, from 0 to 1.
    :param times: how many requests it strikes before it is used up; None = without end.
    :param seed: makes ``rate`` repeatable.
    :param seconds: how much later a ``latency`` fault lets the request through.
    :param status: HTTP status of a ``server_error``: 500 or 503.
    :raises FaultError: a field has a value that means nothing.
    """

    kind: FaultKind
    operations: Sequence[str] | None = None
    rate: float = 1.0
    times: int | None = None
    seed: int | None = None
    seconds: float = 1.0
    status: int = HTTPStatus.INTERNAL_SERVER_ERROR

    def __post_init__(self) -> None:
        try:
            object.__setattr__(self, "kind", FaultKind(self.kind))
        except ValueError:
            raise FaultError(f"kind is {self.kind!r}: known are {', '.join(FaultKind)}") from None
        if self.operations is not None:
            if isinstance(self.operations, str) or not _are_names(self.operations):
                raise FaultError(f"operations is {self.operations!r}: a list of operation names, or null, is needed")
            object.__setattr__(self, "operations", tuple(self.operations))
        self._check_numbers()

    def _check_numbers(self) -> None:
        if not _is_number(self.rate) or not 0 <= self.rate <= 1:
            raise FaultError(f"rate is {self.rate!r}: a number from 0 to 1 is needed")
        if self.times is not None and (not _is_whole(self.times) or self.times < 1):
            raise FaultError(f"times is {self.times!r}: a whole number from 1, or null, is needed")
        if self.seed is not None and not _is_whole(self.seed):
            raise FaultError(f"seed is {self.seed!r}: a whole number, or null, is needed")
        if not _is_number(self.seconds) or not 0 <= self.seconds <= 3600:  # noqa: PLR2004 - an hour is a hang
            raise FaultError(f"seconds is {self.seconds!r}: a number from 0 to 3600 is needed")
        if self.status not in (HTTPStatus.INTERNAL_SERVER_ERROR, HTTPStatus.SERVICE_UNAVAILABLE):
            raise FaultError(f"status is {self.status!r}: 500 or 503 is needed")

    def matches(self, operation: str) -> bool:
        """
        Whether the fault is meant for this operation.

        :param operation: with its service, such as ``sagemaker:DescribeTrainingJob``.
        """
        if self.operations is None:
            return True
        return any(
            fnmatchcase(operation, pattern if ":" in pattern else f"{_SAGEMAKER}{pattern}")
            for pattern in self.operations
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the fault as :func:`parse_faults` reads it."""
        return asdict(self)


class _Rule:
    """A fault with what is left of it."""

    __slots__ = ("fault", "left", "random")

    def __init__(self, fault: Fault) -> None:
        self.fault = fault
        self.left = fault.times
        self.random = random.Random(fault.seed)  # noqa: S311 - nothing here is secret

    def strikes(self, operation: str) -> bool:
        if self.left == 0 or not self.fault.matches(operation) or self.random.random() >= self.fault.rate:
            return False
        if self.left is not None:
            self.left -= 1
        return True


class Faults:
    """
    The faults in force. Safe to change from any thread while requests come in.

    :param faults: what to begin with.
    """

    def __init__(self, faults: Iterable[Fault] = ()) -> None:
        self._lock = Lock()
        self._rules = [_Rule(fault) for fault in faults]

    def add(self, *faults: Fault) -> None:
        """Add rules; they are tried in the order in which they were added."""
        with self._lock:
            self._rules += [_Rule(fault) for fault in faults]

    def replace(self, faults: Iterable[Fault]) -> None:
        """Put these rules in the place of all others."""
        rules = [_Rule(fault) for fault in faults]
        with self._lock:
            self._rules = rules

    def clear(self) -> None:
        """Let everything work again."""
        self.replace(())

    def in_force(self) -> list[Fault]:
        """Return the faults that are not used up."""
        with self._lock:
            return [rule.fault for rule in self._rules if rule.left != 0]

    def striking(self, operation: str) -> list[Fault]:
        """
        Return what goes wrong with one request now: any latency first, then at most one other fault.

        :param operation: with its service, such as ``sagemaker:DescribeTrainingJob``.
        """
        struck: list[Fault] = []
        with self._lock:
            for rule in self._rules:
                if rule.strikes(operation):
                    struck.append(rule.fault)
                    if rule.fault.kind is not FaultKind.LATENCY:
                        break
        return struck


def parse_faults(value: object) -> list[Fault]:
    """
    Read faults from JSON text or from what JSON text says.

    :param value: one fault object or a list of them, or either as JSON text.
    :raises FaultError: naming the fault and the field that is wrong.
    """
    if isinstance(value, str | bytes):
        try:
            value = json.loads(value)
        except ValueError as error:
            raise FaultError(f"not JSON: {error}") from None
    items = [value] if isinstance(value, Mapping) else value
    if not isinstance(items, Sequence) or isinstance(items, str):
        raise FaultError(f"a list of faults is needed, not {value!r}")
    return [_parse_fault(index, item) for index, item in enumerate(items)]


def _parse_fault(index: int, item: object) -> Fault:
    if not isinstance(item, Mapping):
        raise FaultError(f"fault {index} is {item!r}: an object is needed")
    known = {entry.name for entry in fields(Fault)}
    unknown = sorted(set(item) - known)
    if unknown:
        raise FaultError(f"fault {index} has unknown field {unknown[0]!r}; known are {', '.join(sorted(known))}")
    if "kind" not in item:
        raise FaultError(f"fault {index} has no kind; known are {', '.join(FaultKind)}")
    try:
        return Fault(**item)
    except FaultError as error:
        raise FaultError(f"fault {index}: {error}") from None


def _are_names(value: object) -> bool:
    return isinstance(value, Iterable) and all(isinstance(item, str) and item for item in value)


def _is_whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
