"""The patterns of the API's model, which are Java's, as Python understands them."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

# Space, line and paragraph separators, which is what Java calls \p{Z}.
_SEPARATORS = r" \u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
# What \w means to Python is \p{L}, \p{N} and the underscore: a test goes through all of Unicode.
_TRANSLATIONS = {
    r"\p{L}\p{Z}\p{N}_": rf"\w{_SEPARATORS}",
    r"\p{Alnum}": "a-zA-Z0-9",
}


def translate(pattern: str) -> str | None:
    r"""
    Return a pattern of the model as the standard library's ``re`` takes it.

    :param pattern: such as ``[\p{L}\p{Z}\p{N}_.:/=+\-@]*``.
    :return: the same for ``re``; ``None`` if it says something that ``re`` cannot.
    """
    for java, python in _TRANSLATIONS.items():
        pattern = pattern.replace(java, python)
    return None if "\\p" in pattern.lower() else pattern


@cache
def compiled(pattern: str) -> Any:
    """
    Return the compiled pattern: an object with ``fullmatch``.

    :param pattern: as the model has it.
    """
    translated = translate(pattern)
    if translated is not None:
        return re.compile(translated)
    # No field of a training job's request comes here today; other operations of SageMaker do.
    import regex

    return regex.compile(pattern)
