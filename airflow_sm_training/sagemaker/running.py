"""Run a coroutine where no event loop runs: on a worker."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Coroutine

_Result = TypeVar("_Result")


def run_to_the_end(work: Coroutine[Any, Any, _Result], patience: float = 5.0) -> _Result:
    """
    Run a coroutine on an event loop of its own, as :func:`asyncio.run` does, and what it leaves to its end, too.

    A client that is being closed when the work is done would be cancelled half way: its sockets stay open, and asyncio
    logs an error.

    :param work: the coroutine.
    :param patience: seconds after which what has not ended is cancelled.
    :return: what the coroutine returns.
    """

    async def until_all_have_ended() -> _Result:
        loop = asyncio.get_running_loop()
        try:
            return await work
        finally:
            until = loop.time() + patience
            while (others := asyncio.all_tasks() - {asyncio.current_task()}) and loop.time() < until:
                await asyncio.wait(others, timeout=until - loop.time())

    return asyncio.run(until_all_have_ended())
