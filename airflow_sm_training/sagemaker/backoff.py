"""How long to wait after a transient error."""

from __future__ import annotations

import random
from typing import Protocol

_FIRST_SECONDS = 1.0
_LONGEST_SECONDS = 60.0


class Random(Protocol):
    """The part of :mod:`random` that is used here."""

    def uniform(self, a: float, b: float, /) -> float:
        """Return a number between the two."""


def full_jitter(failures: int, *, rng: Random | None = None) -> float:
    """
    Return seconds to wait after the given number of failures in a row.

    Source: https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/, "full jitter".

    :param failures: failures in a row, from 1.
    :param rng: source of randomness; the process's own without it.
    """
    ceiling = min(_LONGEST_SECONDS, _FIRST_SECONDS * 2.0 ** min(failures, 10))
    return (rng or random).uniform(0, ceiling)


class SharedBackoff:
    """
    The backoff of many requests that go to one place at the same time.

    One failure among successes is that request's own: it is tried again and nobody else waits. From the second in a row
    on, all wait. Requests that were under way together when the trouble began fail together, and count as one failure.

    :param rng: source of randomness; the process's own without it.
    """

    def __init__(self, rng: Random | None = None) -> None:
        self._rng = rng
        self._in_a_row = 0
        self._since = float("-inf")
        self.rounds = 0
        self.resume_at = float("-inf")

    def failed(self, started: float, now: float) -> float:
        """
        Take note of a failure.

        :param started: when the request was sent, in seconds of the loop's clock.
        :param now: when it failed.
        :return: seconds after which this request may be sent again.
        """
        self._in_a_row += 1
        if self._in_a_row > 1 and started >= self._since:
            self.rounds += 1
            self._since = now
            self.resume_at = now + full_jitter(self.rounds, rng=self._rng)
        return max(self.resume_at - now, full_jitter(1, rng=self._rng))

    def succeeded(self) -> None:
        """Take note that the place answers."""
        self._in_a_row = self.rounds = 0
        self.resume_at = self._since = float("-inf")
