"""The two spellings of a request: as boto3 takes it (``VolumeSizeInGB``), and in snake_case (``volume_size_in_gb``)."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping
from functools import cache, partial
from typing import Any

from airflow_sm_training.sagemaker.errors import FieldUnknown
from airflow_sm_training.sagemaker.shapes import Violation

_REQUEST = "CreateTrainingJobRequest"

_Fields = Mapping[str, tuple[str, str | None]]


def to_wire(fields: Mapping[str, Any]) -> dict[str, Any]:
    """
    Return a request as boto3 takes it.

    Each name, at every depth, may be in either spelling. What begins with a capital letter and is no name that this
    package knows is a field newer than it, and stays. Keys of maps, such as hyperparameters, are the user's own.

    :param fields: the fields of a CreateTrainingJob request.
    :raises FieldUnknown: which lists every name that no field has, and every field that is there in both spellings.
    """
    found: list[Violation] = []
    request = _structure_to_wire(_REQUEST, fields, "", found)
    if found:
        listed = "\n".join(f"  - {violation}" for violation in found)
        places = f"{len(found)} place{'s' if len(found) > 1 else ''}"
        message = f"The training job request is misspelt in {places}:\n{listed}"
        raise FieldUnknown(message, violations=found)
    return request


def to_snake_case(request: Mapping[str, Any]) -> dict[str, Any]:
    """
    Return a request with the names of its fields in snake_case; :func:`to_wire` makes the same request of it again.

    :param request: a CreateTrainingJob request as boto3 takes it. A field that this package does not know stays.
    """
    return _structure_to_snake_case(_REQUEST, request)


def copied(value: Any) -> Any:
    """
    Copy what holds values, and not the values: an XComArg must stay the one that its Dag knows.

    :param value: a part of a request.
    """
    if isinstance(value, Mapping):
        return {key: copied(item) for key, item in value.items()}
    if isinstance(value, list):
        return [copied(item) for item in value]
    return tuple(copied(item) for item in value) if isinstance(value, tuple) else value


def _structure_to_wire(structure: str, value: Mapping[str, Any], path: str, found: list[Violation]) -> dict[str, Any]:
    names, by_wire = _names(structure), _names_by_wire(structure)
    result: dict[str, Any] = {}
    for name, item in value.items():
        here = f"{path}.{name}" if path else str(name)
        if name in names:
            wire, child = names[name]
        elif name in by_wire or (isinstance(name, str) and name[:1].isupper()):
            wire, child = name, by_wire.get(name, ("", None))[1]
        else:
            found.append(Violation(here, _unknown(name, names), "unknown", limit=tuple(names)))
            continue
        if wire in result:
            both = f"{by_wire[wire][0]!r} and {wire!r}"
            found.append(Violation(here, f"is there twice, as {both}; keep one of the two", "unknown"))
            continue
        result[wire] = _child(child, item, here, partial(_structure_to_wire, found=found))
    return result


def _structure_to_snake_case(structure: str, value: Mapping[str, Any], path: str = "") -> dict[str, Any]:
    by_wire = _names_by_wire(structure)
    result = {}
    for wire, item in value.items():
        name, child = by_wire.get(wire, (wire, None))
        result[name] = _child(child, item, path, _structure_to_snake_case)
    return result


def _child(structure: str | None, value: Any, path: str, convert: Callable[[str, Any, str], Any]) -> Any:
    """Convert the structure, or those of the list, that stand in a field; a template stands there as it is."""
    if structure is not None and isinstance(value, Mapping):
        return convert(structure, value, path)
    if structure is not None and isinstance(value, (list, tuple)):
        return [_child(structure, item, f"{path}[{index}]", convert) for index, item in enumerate(value)]
    return copied(value)


def _unknown(name: object, names: _Fields) -> str:
    close = difflib.get_close_matches(str(name), names, n=1, cutoff=0.6)
    if close:
        return f"unknown field; did you mean {close[0]!r}?"
    return f"unknown field; known are {', '.join(sorted(names))}; a newer one can be given as boto3 spells it"


def _names(structure: str) -> _Fields:
    from airflow_sm_training.sagemaker.request_names import STRUCTURES  # noqa: PLC0415 - only who builds pays for it

    return STRUCTURES[structure]


@cache
def _names_by_wire(structure: str) -> _Fields:
    return {wire: (name, child) for name, (wire, child) in _names(structure).items()}
