"""How often logs are read when many are followed at the same time."""

from __future__ import annotations

import asyncio
from contextlib import contextmanager
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary, WeakValueDictionary

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator

# CloudWatch takes few FilterLogEvents a second from a whole account: 5 in some regions, 10 in others.
# https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/cloudwatch_limits_cwl.html
_READS_PER_SECOND = 4.0
_AT_ONCE = 6
_SLOWEST_SECONDS = 60.0


class LogPace:
    """
    Shared by all who follow logs through one client: more followers, slower each; a silent log, slower still.

    :param reads_per_second: for all of them together.
    """

    def __init__(self, reads_per_second: float = _READS_PER_SECOND) -> None:
        self._per_second = reads_per_second
        self._turns = asyncio.Semaphore(_AT_ONCE)
        self.followers = 0

    @contextmanager
    def following(self) -> Iterator[None]:
        """Count as one of those who follow."""
        self.followers += 1
        try:
            yield
        finally:
            self.followers -= 1

    def turn(self) -> asyncio.Semaphore:
        """Return what to hold while reading."""
        return self._turns

    def interval(self, wanted: float, silent_reads: int) -> float:
        """
        Return seconds until the next read.

        :param wanted: seconds between two reads of one log that has something new.
        :param silent_reads: how often in a row there was nothing new.
        """
        patient = max(wanted, min(_SLOWEST_SECONDS, wanted * 2.0 ** min(silent_reads, 10)))
        return max(patient, self.followers / self._per_second)


_paces: WeakKeyDictionary[asyncio.AbstractEventLoop, WeakValueDictionary[Hashable, LogPace]] = WeakKeyDictionary()


def pace_for(key: Hashable) -> LogPace:
    """
    Return the pace that everybody with this key shares on this event loop.

    :param key: what their client depends on.
    """
    paces = _paces.setdefault(asyncio.get_running_loop(), WeakValueDictionary())
    pace = paces.get(key)
    if pace is None:
        pace = paces[key] = LogPace()
    return pace
