"""A case of a rule: a valid request, what is changed in it, and what must come of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Case:
    """
    :param rule: id of the rule.
    :param base: name of the valid request.
    :param edits: path in the request to the value that it gets.
    :param path: where the fault is found; ``None`` if there is none.
    :param words: what the message must say: the value, and the remedy.
    """

    rule: str
    base: str
    edits: dict[str, Any]
    path: str | None = None
    words: tuple[str, ...] = field(default=())


def refused(rule, base, edits, path, *words):
    return Case(rule, base, edits, path, words)


def accepted(rule, base, edits):
    return Case(rule, base, edits)
