"""Requests in files: JSON and YAML, with the line and the column of what is no JSON or YAML."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

STANDARD_INPUT = "-"
_YAML_SUFFIXES = frozenset({".yaml", ".yml"})


class Unreadable(Exception):
    """A file in which there is no request. The message says where and why."""


def read_request(file: str) -> dict[str, Any]:
    """
    Return the request in a file.

    :param file: its path, or ``-`` for standard input. What ends in ``.yaml`` or ``.yml`` is YAML; standard input is
        JSON if it begins with ``{`` or ``[``, and YAML otherwise.
    :raises Unreadable: if it cannot be read, or holds no request.
    """
    text = _text_of(file)
    is_yaml = text.lstrip()[:1] not in {"{", "["} if file == STANDARD_INPUT else Path(file).suffix in _YAML_SUFFIXES
    try:
        value = _from_yaml(text) if is_yaml else _from_json(text)
    except RecursionError:
        raise Unreadable("is nested too deeply to be a request") from None
    if not isinstance(value, Mapping):
        holds = "nothing" if value is None else f"a {type(value).__name__}"
        raise Unreadable(f"holds {holds}; a request is an object of field names and values")
    return dict(value)


def _text_of(file: str) -> str:
    try:
        content = sys.stdin.buffer.read() if file == STANDARD_INPUT else Path(file).read_bytes()
        return content.decode("utf-8-sig")
    except OSError as error:
        raise Unreadable(error.strerror or str(error)) from None
    except UnicodeDecodeError as error:
        raise Unreadable(f"is not UTF-8 text: {error.reason} at byte {error.start}") from None


def _from_json(text: str) -> Any:
    try:
        return json.loads(text, object_pairs_hook=_unique, parse_constant=_no_number)
    except json.JSONDecodeError as error:
        raise Unreadable(f"line {error.lineno}, column {error.colno}: {error.msg}") from None


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Refuse a key that is there twice: of the two, all but the last would be dropped without a word."""
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise Unreadable(f"the key {key!r} is there twice in one object")
        found[key] = value
    return found


def _no_number(text: str) -> Any:
    raise Unreadable(f"{text} is no JSON value")


def _from_yaml(text: str) -> Any:
    import yaml  # noqa: PLC0415 - most requests are JSON

    class Loader(yaml.SafeLoader):  # type: ignore[misc]
        """Refuses a key that is there twice, and objects that YAML can name as keys."""

        def construct_mapping(self, node: Any, deep: bool = False) -> Any:
            seen = set()
            for key_node, _ in node.value:
                key = self.construct_object(key_node, deep=True)
                if key in seen:
                    raise yaml.constructor.ConstructorError(
                        None, None, f"the key {key!r} is there twice in one object", key_node.start_mark
                    )
                seen.add(key)
            return super().construct_mapping(node, deep=deep)

    try:
        return yaml.load(text, Loader)  # noqa: S506 - a subclass of SafeLoader
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        at = f"line {mark.line + 1}, column {mark.column + 1}: " if mark else ""
        what = ", ".join(filter(None, (error.context, error.problem)))
        raise Unreadable(f"{at}{what}") from None
    except yaml.YAMLError as error:
        raise Unreadable(str(error)) from None
    except TypeError as error:
        raise Unreadable(f"a key is no text: {error}") from None
