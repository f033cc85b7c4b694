"""How late an event loop is: what every other trigger of the process, and its heartbeat, would feel."""

from __future__ import annotations

import asyncio
import sys
import threading
import time
import traceback

_SLEEP = 0.005
_COUNTS_AS_STALL = 0.05


class LoopMonitor:
    """
    Sleeps for 5 ms again and again and takes note of how much later it wakes up.

    :param with_stacks: take note of where the loop was in its longest stall, too; costs a thread that wakes up often.
    """

    def __init__(self, *, with_stacks: bool = False) -> None:
        self.longest = 0.0
        self.stalled = 0.0
        self.stack: list[str] = []
        self.is_paused = False  # while the benchmark itself holds the loop up
        self._with_stacks = with_stacks
        self._alive_at = time.perf_counter()
        self._stack_seconds = 0.0

    def start(self) -> None:
        """Begin, in the running loop."""
        self._task = asyncio.create_task(self._run())
        if self._with_stacks:
            threading.Thread(target=self._look, args=(threading.get_ident(),), daemon=True).start()

    def read(self) -> dict[str, float]:
        """Return the longest stall and the sum of all above 50 ms since this was last asked, in seconds."""
        answer = {"longest_stall": self.longest, "stalled_in_all": self.stalled}
        self.longest = self.stalled = 0.0
        return answer

    async def _run(self) -> None:
        while True:
            began = self._alive_at = time.perf_counter()
            await asyncio.sleep(_SLEEP)
            late = time.perf_counter() - began - _SLEEP
            self.longest = max(self.longest, late)
            if late > _COUNTS_AS_STALL:
                self.stalled += late

    def _look(self, loop_thread: int) -> None:
        while True:
            time.sleep(_SLEEP)
            late = time.perf_counter() - self._alive_at - _SLEEP
            if not self.is_paused and late > max(_COUNTS_AS_STALL / 2, self._stack_seconds):
                self._stack_seconds = late
                self.stack = traceback.format_stack(sys._current_frames()[loop_thread])  # noqa: SLF001
