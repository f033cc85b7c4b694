"""
From what boto3 answers to what JSON can carry, driven by botocore's output shapes.

The shape, not the value, says whether a dictionary is a structure, whose keys are field names, or a map, whose keys are
the user's own words.
"""

from __future__ import annotations

import base64
import contextlib
import math
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum
from functools import cache
from numbers import Integral, Real
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from botocore.model import Shape

# json.dumps refuses to write longer integers: sys.int_info.default_max_str_digits is 4300.
_LONGEST_INTEGER_DIGITS = 4000
_LONGEST_INTEGER_BITS = 13_000


def normalise(value: Any, shape: Shape | None = None) -> Any:
    """
    Convert a value of a response to plain JSON types, with field names in snake case.

    :param value: what boto3 answered, or a part of it. It is not changed.
    :param shape: botocore's shape of the value; ``None`` for what the model does not know, whose dictionaries count as
        structures.
    :return: dictionaries with string keys, lists, strings, booleans, finite numbers and ``None``. Timestamps are
        ISO 8601 in UTC, and a datetime without a zone counts as UTC.
    """
    kind = None if shape is None else shape.type_name
    if isinstance(value, Mapping):
        if shape is not None and kind == "map":
            return {text_of(key): normalise(item, shape.value) for key, item in value.items()}
        return _structure(value, shape if kind == "structure" else None)
    if isinstance(value, (list, tuple, set, frozenset)):
        # A set has no order of its own; the same job should give the same XCom.
        items = sorted(value, key=repr) if isinstance(value, (set, frozenset)) else value
        member = shape.member if shape is not None and kind == "list" else None
        return [normalise(item, member) for item in items]
    if kind == "timestamp":
        return _timestamp(value)
    return _scalar(value)


def field_name(name: object) -> str:
    """
    Return the normalised name of a field: ``VolumeSizeInGB`` becomes ``volume_size_in_gb``.

    :param name: name on the wire. A name that is normalised already stays as it is.
    """
    from botocore import xform_name

    normalised: str = xform_name(text_of(name))
    return normalised


def text_of(value: Any) -> str:
    """
    Return a value as text: bytes as UTF-8 where they are that, else as base64.

    :param value: anything.
    """
    if isinstance(value, (bytes, bytearray, memoryview)):
        data = bytes(value)
        try:
            return data.decode()
        except UnicodeDecodeError:
            return base64.b64encode(data).decode("ascii")
    return str(value)


def _structure(value: Mapping[Any, Any], shape: Shape | None) -> dict[str, Any]:
    members = {} if shape is None else _members(shape)
    named = ((field_name(key), item) for key, item in value.items())
    return {name: normalise(item, members.get(name)) for name, item in named}


@cache
def _members(shape: Shape) -> dict[str, Shape]:
    # By normalised name, so that normalising what is normalised already changes nothing.
    return {field_name(name): member for name, member in shape.members.items()}


def _timestamp(value: Any) -> Any:
    # boto3 answers datetimes; recorded responses and other clients write the wire's epoch seconds or ISO text.
    plain = _scalar(value)
    with contextlib.suppress(ValueError, OverflowError, OSError):
        if isinstance(plain, str):
            return _utc(datetime.fromisoformat(plain))
        if isinstance(plain, (int, float)) and not isinstance(plain, bool):
            return _utc(datetime.fromtimestamp(plain, UTC))
    return plain


def _utc(value: datetime) -> str:
    try:
        aware = value.replace(tzinfo=UTC) if value.utcoffset() is None else value.astimezone(UTC)
    except (OverflowError, ValueError):
        # The first or last day of the calendar, in a zone that puts it outside.
        aware = value
    return aware.isoformat()


def _scalar(value: Any) -> Any:
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, Enum):
        return _scalar(value.value)
    if isinstance(value, (Integral, Real, Decimal)):
        return _number(value)
    if isinstance(value, (date, time, timedelta)):
        return _moment(value)
    return text_of(value)


def _moment(value: date | time | timedelta) -> str | float:
    if isinstance(value, timedelta):
        return value.total_seconds()
    return _utc(value) if isinstance(value, datetime) else value.isoformat()


def _number(value: Any) -> int | float | None:
    """Return the number that JSON can write, ``None`` where there is none: NaN, infinities, endless integers."""
    if isinstance(value, Integral) or _is_whole(value):
        integer = int(value)
        return integer if integer.bit_length() < _LONGEST_INTEGER_BITS else None
    try:
        number = float(value)
    except (OverflowError, ValueError):
        return None
    return number if math.isfinite(number) else None


def _is_whole(value: Any) -> bool:
    # An exponent can announce more digits than there is memory, so it is looked at first.
    if not isinstance(value, Decimal) or not value.is_finite() or value.adjusted() >= _LONGEST_INTEGER_DIGITS:
        return False
    return bool(value == value.to_integral_value())
