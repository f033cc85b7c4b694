"""How many requests came in, by operation."""

from __future__ import annotations

from collections import Counter
from threading import Lock


class RequestCounts:
    """
    A counter for tests: ``endpoint.requests["DescribeTrainingJob"]``, ``endpoint.requests["logs:GetLogEvents"]``.

    Counts what was received, whether or not a fault struck it. Safe for threads.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._counts: Counter[str] = Counter()

    def add(self, operation: str) -> None:
        """Count one request."""
        with self._lock:
            self._counts[operation] += 1

    def __getitem__(self, operation: str) -> int:
        """Return the number of requests; 0 for an operation that nobody asked for."""
        return self._counts[operation]

    def total(self) -> int:
        """Return the number of all requests."""
        with self._lock:
            return self._counts.total()

    def to_dict(self) -> dict[str, int]:
        """Return a copy, by operation."""
        with self._lock:
            return dict(self._counts)

    def reset(self) -> None:
        """Begin at zero again."""
        with self._lock:
            self._counts.clear()
