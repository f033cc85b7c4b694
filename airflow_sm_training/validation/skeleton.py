"""
What is still as the AWS CLI's ``--generate-cli-skeleton`` printed it.

A skeleton has every field there is: ``""`` for strings, ``0`` for numbers, ``true``, one of an enum's values, lists of
one entry, and maps with the key ``KeyName``. Whoever fills one in fills in some fields and forgets others; each of
those is one thing to do, however many of the model's rules its placeholders break.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

from airflow_sm_training.sagemaker.shapes import Violation

_KEY = "KeyName"
_SHOWN = 5
_NUMBERS = frozenset({"integer", "long", "float", "double"})


class _State(IntEnum):
    """Whether a value is a placeholder. What the skeleton could have chosen, and a person too, is ``EITHER``."""

    FILLED = 0
    UNFILLED = 1
    EITHER = 2


@dataclass(frozen=True, slots=True)
class _Placeholder:
    path: str
    steps: tuple[str | int, ...]
    shape: Any
    value: Any
    is_required: bool


def check_skeleton(
    shape: Any, request: dict[str, Any], check: Callable[[Mapping[str, Any]], list[Violation]]
) -> list[Violation]:
    """
    Return everything that is wrong with a request, with one violation for each part that was never filled in.

    What is not filled in counts as missing for everything else, so that no rule takes a placeholder for a choice.

    :param shape: botocore's shape of the request.
    :param request: the request.
    :param check: what says everything that is wrong.
    """
    found = check(request)
    unfilled = [
        placeholder
        for placeholder in _placeholders(shape, request)
        if _has_map(placeholder.value) or any(_is_within(violation.path, placeholder.path) for violation in found)
    ]
    if not unfilled:
        return found
    # A rule can demand what the model calls optional: it says so once the placeholder is gone.
    rest = check(_without(request, [placeholder.steps for placeholder in unfilled]))
    paths = [placeholder.path for placeholder in unfilled]
    others = [violation for violation in rest if not any(_is_within(violation.path, path) for path in paths)]
    order = {name: index for index, name in enumerate(request)}
    return sorted(
        [*(_violation(placeholder, rest) for placeholder in unfilled), *others],
        key=lambda violation: order.get(violation.path.partition(".")[0].partition("[")[0], len(order)),
    )


def _placeholders(
    shape: Any, value: Any, steps: tuple[str | int, ...] = (), *, is_required: bool = True
) -> Iterator[_Placeholder]:
    """Yield the outermost parts that are placeholders as a whole; the request as a whole is none."""
    if steps and _state(shape, value) is _State.UNFILLED:
        yield _Placeholder(_path(steps), steps, shape, value, is_required)
    elif shape.type_name == "structure" and isinstance(value, Mapping):
        required = shape.metadata.get("required", ())
        for name, item in value.items():
            if name in shape.members:
                yield from _placeholders(shape.members[name], item, (*steps, name), is_required=name in required)
    elif shape.type_name == "list" and isinstance(value, list):
        for index, item in enumerate(value):
            yield from _placeholders(shape.member, item, (*steps, index), is_required=False)


def _state(shape: Any, value: Any) -> _State:
    kind = shape.type_name
    if kind == "structure" and isinstance(value, Mapping) and value:
        members = shape.members
        return _combined([_state(members[name], value[name]) if name in members else _State.FILLED for name in value])
    if kind == "list" and isinstance(value, list) and len(value) == 1:
        return _state(shape.member, value[0])
    if kind == "map" and isinstance(value, Mapping) and set(value) == {_KEY}:
        return _State.UNFILLED if value[_KEY] == "" else _State.FILLED
    return _state_of_scalar(shape, value)


def _state_of_scalar(shape: Any, value: Any) -> _State:
    kind = shape.type_name
    if kind == "boolean" or (kind == "string" and isinstance(value, str) and value):
        choices = (True,) if kind == "boolean" else getattr(shape, "enum", None) or ()
        return _State.EITHER if value in choices else _State.FILLED
    is_number = kind in _NUMBERS and isinstance(value, (int, float)) and not isinstance(value, bool)
    is_empty = (kind == "string" and value == "") or (is_number and value == 0)
    return _State.UNFILLED if is_empty else _State.FILLED


def _combined(states: list[_State]) -> _State:
    if _State.FILLED in states:
        return _State.FILLED
    return _State.UNFILLED if _State.UNFILLED in states else _State.EITHER


def _has_map(value: Any) -> bool:
    """Whether it holds the key that only a skeleton has; everything else that is empty can be meant."""
    if isinstance(value, Mapping):
        return _KEY in value or any(_has_map(item) for item in value.values())
    return isinstance(value, list) and any(_has_map(item) for item in value)


def _violation(placeholder: _Placeholder, rest: list[Violation]) -> Violation:
    shape, value = placeholder.shape, placeholder.value
    is_whole = isinstance(value, (Mapping, list))
    found = "still as the AWS CLI's skeleton has it" if is_whole else f"still {value!r}"
    is_required = placeholder.is_required or any(_is_within(other.path, placeholder.path) for other in rest)
    do = "fill it in" if is_required else "fill it in, or delete it: it is optional"
    message = f"is {found}; {do}{_needs(shape)}"
    return Violation(placeholder.path, message, "placeholder", value)


def _needs(shape: Any) -> str:
    limits = shape.metadata
    if enum := getattr(shape, "enum", None):
        return f" ({', '.join(enum[:_SHOWN])}{', …' if len(enum) > _SHOWN else ''})"
    if required := limits.get("required"):
        return f" ({', '.join(required)} {'is' if len(required) == 1 else 'are'} required in it)"
    if shape.type_name in _NUMBERS and limits.get("min") is not None:
        return f" ({limits['min']} or more)" if limits.get("max") is None else f" ({limits['min']} to {limits['max']})"
    return ""


def _without(value: Any, paths: list[tuple[str | int, ...]]) -> Any:
    """Copy a request without these parts. Entries of lists stay: without them the others would change their places."""
    if isinstance(value, Mapping):
        below = {name: [path[1:] for path in paths if path[0] == name] for name in value}
        return {name: _without(item, below[name]) for name, item in value.items() if () not in below[name]}
    if isinstance(value, list):
        below_index = [[path[1:] for path in paths if path[0] == index] for index in range(len(value))]
        return [
            _without(item, [path for path in below if path]) for item, below in zip(value, below_index, strict=True)
        ]
    return value


def _path(steps: tuple[str | int, ...]) -> str:
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in steps).removeprefix(".")


def _is_within(path: str, outer: str) -> bool:
    return path == outer or path.startswith((f"{outer}.", f"{outer}["))
