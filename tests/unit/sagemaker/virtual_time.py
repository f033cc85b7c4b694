"""An event loop whose time passes only by waiting, and then at once: hours of polling in milliseconds."""

from __future__ import annotations

import asyncio
import selectors


class _Selector(selectors.DefaultSelector):
    loop = None

    def select(self, timeout=None):
        if timeout is None:
            raise RuntimeError("everybody waits, and nothing will ever happen")
        self.loop.now += timeout
        return super().select(0)


class VirtualTimeLoop(asyncio.SelectorEventLoop):
    def __init__(self):
        self.now = 0.0
        selector = _Selector()
        selector.loop = self
        super().__init__(selector)

    def time(self):
        return self.now


def run(main):
    """Run a coroutine, and fail if it leaves a task behind."""
    with asyncio.Runner(loop_factory=VirtualTimeLoop) as runner:
        result, left = runner.run(_and_what_is_left(main))
        assert not left, f"left running: {left}"
        return result


async def _and_what_is_left(main):
    result = await main
    for _ in range(10):
        await asyncio.sleep(0)  # a poller that was cancelled ends
    return result, asyncio.all_tasks() - {asyncio.current_task()}
