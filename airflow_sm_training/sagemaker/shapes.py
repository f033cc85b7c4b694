"""
A request held against the shapes of the API's model: what is wrong with it, and what its templated strings mean as
types.

The same walk serves the operator, which refuses a wrong request when the DAG is parsed and again before it is sent, and
the local endpoint, which refuses it as SageMaker does. The shapes are botocore's, or those of our own table, which
needs no botocore.
"""

from __future__ import annotations

import difflib
import json
import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from airflow_sm_training.sagemaker.patterns import compiled
from airflow_sm_training.sagemaker.templates import is_templated

_PYTHON_TYPES: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "integer": (int,),
    "long": (int,),
    "float": (int, float),
    "double": (int, float),
    "boolean": (bool,),
    "timestamp": (datetime, str, int, float),
    "structure": (Mapping,),
    "map": (Mapping,),
    "list": (list, tuple),
}
_FRIENDLY_NAMES = {
    "structure": "an object",
    "map": "an object of names and values",
    "list": "a list",
    "integer": "a whole number",
    "long": "a whole number",
    "float": "a number",
    "double": "a number",
    "boolean": "true or false",
    "timestamp": "a time",
    "string": "a string",
}
_NUMBERS = frozenset({"integer", "long", "float", "double"})
_BOOLEANS = {"true": True, "false": False}
_SHOWN_CHARACTERS = 80


class Shape(Protocol):
    """
    What the walk asks of a shape. Beside it a structure has ``members``, a list ``member``, a map ``key`` and
    ``value``, and a string can have an ``enum``.
    """

    @property
    def type_name(self) -> str:
        """Such as ``structure`` or ``string``."""

    @property
    def metadata(self) -> Mapping[str, Any]:
        """Limits: ``required``, ``min``, ``max``, ``pattern``; ``form`` and ``example`` for an enum left open."""


@dataclass(frozen=True, slots=True)
class Violation:
    """
    One thing that is wrong with a request.

    :param path: where, such as ``InputDataConfig[1].DataSource.S3DataSource.S3Uri``.
    :param message: what, with the value and what is allowed.
    :param rule: id of the broken rule. Those of the model: ``unknown``, ``required``, ``type``, ``enum``,
        ``pattern``, ``length``, ``range``, ``size``.
    :param value: the offending value.
    :param limit: what the rule allows: the enum's values, the pattern, or ``(minimum, maximum)``.
    """

    path: str
    message: str
    rule: str
    value: Any = None
    limit: Any = None

    def __str__(self) -> str:
        return f"{self.path}: {self.message}" if self.path else self.message


def violations(shape: Any, value: Any, path: str = "", *, templates: bool = False) -> Iterator[Violation]:
    """
    Yield everything in which ``value`` departs from ``shape``, at every depth.

    :param shape: a :class:`Shape`, such as botocore's.
    :param value: the value as boto3 would take it.
    :param path: where ``value`` stands in the request; empty for the whole request.
    :param templates: whether values can be templates still; nothing is said of those.
    """
    if templates and _is_template(value):
        return
    kind = shape.type_name
    expected = _PYTHON_TYPES.get(kind)
    if expected is not None and not _is_instance(value, kind, expected):
        message = f"{_shown(value)} is not {_FRIENDLY_NAMES.get(kind, kind)}"
        yield Violation(path, message, "type", value, kind)
        return
    if kind == "structure":
        yield from _structure_violations(shape, value, path, templates=templates)
    elif kind == "list":
        yield from _limit_violations(shape, value, len(value), path, rule="size", unit="entries")
        for index, item in enumerate(value):
            yield from violations(shape.member, item, f"{path}[{index}]", templates=templates)
    elif kind == "map":
        yield from _limit_violations(shape, value, len(value), path, rule="size", unit="entries")
        for key, item in value.items():
            at = f"{path}[{json.dumps(str(key))}]"
            # Airflow renders the values of a dict, never its keys: a key is what it will be.
            yield from violations(shape.key, key, at)
            yield from violations(shape.value, item, at, templates=templates)
    elif kind == "string":
        yield from _string_violations(shape, value, path)
    elif kind in _NUMBERS:
        yield from _limit_violations(shape, value, value, path, rule="range", unit="")


def coerce(shape: Any, value: Any) -> Any:
    """
    Give the strings that Jinja made of numbers and booleans the type that the model asks for, at every depth.

    What cannot be converted stays as it is, so that :func:`violations` can name it.

    :param shape: a :class:`Shape`; ``None`` where the model knows nothing.
    :param value: the rendered value.
    :return: a converted copy.
    """
    if isinstance(value, Mapping):
        return {key: coerce(_shape_at(shape, key), item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [coerce(_shape_at(shape, None), item) for item in value]
    if shape is None:
        return value
    return _COERCIONS.get(shape.type_name, _unchanged)(value)


def meant_name(name: str, names: Iterable[str]) -> str | None:
    """
    Return the name that somebody meant who wrote another; ``None`` if none is close.

    :param name: what was written.
    :param names: what could have been.
    """
    return next(iter(difflib.get_close_matches(name, names, n=1, cutoff=0.6)), None)


def _shape_at(shape: Any, key: Any) -> Any:
    """Return the shape of what stands under ``key``; ``None`` where the model knows nothing."""
    if shape is None:
        return None
    if shape.type_name == "structure":
        return shape.members.get(key)
    if shape.type_name == "map":
        return shape.value
    return shape.member if shape.type_name == "list" else None


def _unchanged(value: Any) -> Any:
    return value


def _coerce_to_string(value: Any) -> Any:
    """Hyperparameters and environment are strings on the wire; people write numbers and booleans."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return str(value)
    return value


def _coerce_to_boolean(value: Any) -> Any:
    return _BOOLEANS.get(value.strip().lower(), value) if isinstance(value, str) else value


def _coerce_to_integer(value: Any) -> Any:
    return _number(int, value)


def _coerce_to_float(value: Any) -> Any:
    return _number(float, value)


def _number(number_type: type[int | float], value: Any) -> Any:
    if not isinstance(value, str):
        return value
    try:
        return number_type(value)
    except ValueError:
        return value


_COERCIONS: dict[str, Callable[[Any], Any]] = {
    "string": _coerce_to_string,
    "boolean": _coerce_to_boolean,
    "integer": _coerce_to_integer,
    "long": _coerce_to_integer,
    "float": _coerce_to_float,
    "double": _coerce_to_float,
}


def _is_template(value: Any) -> bool:
    """Whether a value is a template itself; an object or a list that only holds some is walked like any other."""
    return not isinstance(value, (Mapping, list, tuple)) and is_templated(value)


def _is_instance(value: Any, kind: str, expected: tuple[type, ...]) -> bool:
    if isinstance(value, bool):
        return kind == "boolean"
    if isinstance(value, float) and not math.isfinite(value):
        return False
    return isinstance(value, expected)


def _structure_violations(shape: Any, value: Mapping[str, Any], path: str, *, templates: bool) -> Iterator[Violation]:
    for name in shape.metadata.get("required", ()):
        if value.get(name) is None:
            yield Violation(_join(path, name), "is required", "required", limit=name)
    for name, item in value.items():
        member = shape.members.get(name)
        if member is None:
            meant = meant_name(str(name), shape.members)
            hint = f"; did you mean {meant!r}?" if meant else f"; known are {', '.join(sorted(shape.members))}"
            yield Violation(_join(path, name), f"unknown field{hint}", "unknown", item, tuple(shape.members))
        elif item is not None:
            yield from violations(member, item, _join(path, name), templates=templates)


def _string_violations(shape: Any, value: str, path: str) -> Iterator[Violation]:
    enum = getattr(shape, "enum", None)
    if enum and value not in enum:
        close = difflib.get_close_matches(value, enum, n=1)
        allowed = f"did you mean {close[0]!r}?" if close else f"allowed are {', '.join(enum)}"
        yield Violation(path, f"{_shown(value)} is not allowed; {allowed}", "enum", value, tuple(enum))
        return
    form = shape.metadata.get("form")
    if form and not compiled(form).fullmatch(value):
        message = f"{_shown(value)} is not allowed; allowed are values such as {shape.metadata['example']!r}"
        yield Violation(path, message, "enum", value, form)
        return
    too_long_or_short = list(_limit_violations(shape, value, len(value), path, rule="length", unit="characters"))
    yield from too_long_or_short
    pattern = shape.metadata.get("pattern")
    # Some patterns backtrack without bound on long input: only a value of legal length meets them.
    if pattern and not too_long_or_short and not compiled(pattern).fullmatch(value):
        yield Violation(path, f"{_shown(value)} does not match {pattern}", "pattern", value, pattern)


def _limit_violations(
    shape: Shape, value: Any, measure: float, path: str, *, rule: str, unit: str
) -> Iterator[Violation]:
    minimum, maximum = shape.metadata.get("min"), shape.metadata.get("max")
    too_small = minimum is not None and measure < minimum
    too_large = maximum is not None and measure > maximum
    if too_small or too_large:
        has = f"{_shown(value)} is" if rule == "range" else f"{_shown(value)} has {measure} {unit},"
        bound = f"less than the minimum {minimum}" if too_small else f"more than the maximum {maximum}"
        yield Violation(path, f"{has} {bound}", rule, value, (minimum, maximum))


def _join(path: str, name: object) -> str:
    return f"{path}.{name}" if path else str(name)


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= _SHOWN_CHARACTERS else f"{text[: _SHOWN_CHARACTERS - 1]}…"
