"""What is to happen later: a heap of due times. Costs nothing while nothing is due, however much is planned."""

from __future__ import annotations

import heapq
import itertools
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


class Schedule:
    """Plans of the store. Not safe for threads: the store's lock guards it."""

    def __init__(self) -> None:
        self._heap: list[tuple[float, int, Callable[[float], None]]] = []
        self._order = itertools.count()

    def at(self, due: float, action: Callable[[float], None]) -> None:
        """
        Plan something.

        :param due: when, in epoch seconds.
        :param action: called with ``due``, however late it is called: what it writes down is exact.
        """
        heapq.heappush(self._heap, (due, next(self._order), action))

    def advance(self, now: float) -> None:
        """Do everything that was due until ``now``, in the order in which it was due, with what follows from it."""
        while self._heap and self._heap[0][0] <= now:
            due, _, action = heapq.heappop(self._heap)
            action(due)
