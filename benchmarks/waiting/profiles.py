"""Where time and memory go, for a row that misses its target."""

from __future__ import annotations

import cProfile
import io
import pstats
import tracemalloc
from enum import StrEnum

_LINES = 25


class ProfileKind(StrEnum):
    """What is looked at."""

    CPU = "cpu"
    MEMORY = "memory"
    STALL = "stall"


class Profiler:
    """
    Looks on from here to :meth:`report`.

    :param kind: at what; nothing, if ``None``.
    """

    def __init__(self, kind: ProfileKind | None) -> None:
        self._kind = kind
        self._profile = cProfile.Profile()
        if kind is ProfileKind.CPU:
            self._profile.enable()
        elif kind is ProfileKind.MEMORY:
            tracemalloc.start()

    def report(self, stack: list[str]) -> str:
        """
        Return what was seen.

        :param stack: of the longest stall.
        """
        if self._kind is ProfileKind.CPU:
            self._profile.disable()
            text = io.StringIO()
            pstats.Stats(self._profile, stream=text).strip_dirs().sort_stats("tottime").print_stats(_LINES)
            return text.getvalue()
        if self._kind is ProfileKind.MEMORY:
            statistics = tracemalloc.take_snapshot().statistics("filename")[:_LINES]
            return "\n".join(
                f"{entry.size / (1 << 20):8.1f} MB in {entry.count:8d} blocks: {_short(entry.traceback[0].filename)}"
                for entry in statistics
            )
        return "".join(line.replace(_directory(line), "") for line in stack)


def _short(path: str) -> str:
    return path.partition("site-packages/")[2] or "/".join(path.rsplit("/", 3)[1:])


def _directory(stack_line: str) -> str:
    path = stack_line.partition('File "')[2].partition('"')[0]
    return path.removesuffix(_short(path))
