"""
A request read without ever raising: every part is absent, known, or unknown.

A rule may speak only of what it knows. What is templated, and what has a type that it cannot have, is unknown, with
everything below it: templates have no value yet, and wrong types are the business of the check against the model.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from airflow_sm_training.sagemaker.templates import is_templated

_SHOWN_CHARACTERS = 80


@dataclass(frozen=True, slots=True)
class Part:
    """
    One part of a request.

    :param value: what stands there; ``None`` if nothing does, or if it is unknown.
    :param path: where it stands, such as ``InputDataConfig[1].ChannelName``.
    :param is_known: whether a rule may speak of it.
    """

    value: Any
    path: str = ""
    is_known: bool = True
    # Dozens of rules read the same few parts.
    _read: dict[str | int, Part] = field(default_factory=dict, repr=False, compare=False)

    def __getitem__(self, name: str) -> Part:
        """Return the field of that name; an absent field if there is none."""
        part = self._read.get(name)
        if part is None:
            part = self._read[name] = self._field(name)
        return part

    def _field(self, name: str) -> Part:
        path = f"{self.path}.{name}" if self.path else name
        if not self.is_known or not (self.value is None or isinstance(self.value, Mapping)):
            return Part(None, path, is_known=False)
        if self.value is None:
            return Part(None, path)
        value = self.value.get(name)
        if value is None and name not in self.value:
            # A key that is a template may become this very name.
            return Part(None, path, is_known=not any(_is_unknown(key) for key in self.value))
        return _part(value, path)

    def at(self, *names: str) -> Part:
        """Return the field at the end of these names."""
        part = self
        for name in names:
            part = part[name]
        return part

    def elements(self) -> Iterator[Part]:
        """Yield the elements of a list; nothing for anything else."""
        if isinstance(self.value, (list, tuple)):
            for index, element in enumerate(self.value):
                part = self._read.get(index)
                if part is None:
                    part = self._read[index] = _part(element, f"{self.path}[{index}]")
                yield part

    def entries(self) -> Iterator[tuple[str, Part]]:
        """Yield the keys and values of a map that are known; nothing for anything else."""
        if isinstance(self.value, Mapping):
            for key, value in self.value.items():
                if isinstance(key, str) and not _is_unknown(key):
                    quoted = f'"{key}"' if key.isascii() and key.isidentifier() else json.dumps(key)
                    yield key, _part(value, f"{self.path}[{quoted}]")

    @property
    def text(self) -> str | None:
        """The value, if it is a string with anything in it."""
        return self.value if isinstance(self.value, str) and self.value else None

    @property
    def number(self) -> int | float | None:
        """The value, if it is a number."""
        return self.value if isinstance(self.value, (int, float)) and not isinstance(self.value, bool) else None

    @property
    def is_on(self) -> bool:
        """Whether the value is ``True``, and no template that may become it."""
        return self.value is True

    @property
    def is_filled(self) -> bool:
        """Whether the value is an object or a list with anything in it."""
        return isinstance(self.value, (Mapping, list, tuple)) and bool(self.value)

    @property
    def is_given(self) -> bool:
        """Whether there is a text, a number, ``True``, or an object or a list with anything in it."""
        return bool(self.text) or self.number is not None or self.is_on or self.is_filled

    @property
    def is_absent(self) -> bool:
        """Whether there is surely nothing: no value, an empty string, an empty object or an empty list."""
        return self.is_known and (self.value is None or self.value in ("", [], (), {}))


def shown(value: Any) -> str:
    """
    Return the value as a message shows it: as Python writes it, cut off when it is long.

    :param value: any part of a request that is no secret.
    """
    text = repr(value)
    return text if len(text) <= _SHOWN_CHARACTERS else f"{text[: _SHOWN_CHARACTERS - 1]}…"


def _part(value: Any, path: str) -> Part:
    return Part(None, path, is_known=False) if _is_unknown(value) else Part(value, path)


def _is_unknown(value: Any) -> bool:
    """Only this value counts, not what is in it: a list with one template in it still has its other elements."""
    if isinstance(value, str):
        return "{" in value and is_templated(value)
    return not isinstance(value, (dict, list, tuple, Mapping)) and is_templated(value)
