"""How long to wait after a transient error."""

from __future__ import annotations

import random

_FIRST_SECONDS = 1.0
_LONGEST_SECONDS = 60.0


def full_jitter(failures: int, *, rng: random.Random | None = None) -> float:
    """
    Return seconds to wait after the given number of failures in a row.

    Source: https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/, "full jitter".

    :param failures: failures in a row, from 1.
    :param rng: source of randomness; the process's own without it.
    """
    ceiling = min(_LONGEST_SECONDS, _FIRST_SECONDS * 2.0 ** min(failures, 10))
    return (rng or random).uniform(0, ceiling)
