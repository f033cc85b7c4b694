"""An aiohttp server in a thread and an event loop of its own, so that it runs beside any program, asyncio or not."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from threading import Thread
from typing import TYPE_CHECKING

from aiohttp import web  # noqa: TID253 - never imported by a DAG file

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

_LARGEST_BODY = 1 << 40
_BACKLOG = 1024
_SECONDS_TO_FINISH = 1.0


class ServerThread:
    """
    Serves HTTP from a thread.

    :param handler: answers every request.
    :param listener: a bound socket; closed at the end.
    :param tick: called every ``tick_interval`` seconds, in the event loop.
    :param close: awaited at the end, in the event loop.
    """

    def __init__(
        self,
        handler: Callable[[web.Request], Awaitable[web.StreamResponse]],
        listener: socket.socket,
        *,
        tick: Callable[[], None],
        close: Callable[[], Awaitable[None]],
        tick_interval: float = 0.1,
    ) -> None:
        self._handler = handler
        self._listener = listener
        self._tick = tick
        self._tick_interval = tick_interval
        self._close = close
        self._loop = asyncio.new_event_loop()
        self._stopping = asyncio.Event()
        self._thread = Thread(target=self._run, name="local-sagemaker", daemon=True)

    def start(self) -> None:
        """Start serving; requests are taken from now on, as the socket listens already."""
        self._thread.start()

    def stop(self) -> None:
        """Stop serving and wait for the thread."""
        self._loop.call_soon_threadsafe(self._stopping.set)
        self._thread.join()

    def _run(self) -> None:
        with contextlib.closing(self._loop):
            self._loop.run_until_complete(self._serve())
            self._loop.run_until_complete(self._loop.shutdown_default_executor())

    async def _serve(self) -> None:
        application = web.Application(client_max_size=_LARGEST_BODY)
        application.router.add_route("*", "/{path:.*}", self._handler)
        runner = web.AppRunner(application, access_log=None, auto_decompress=False, shutdown_timeout=_SECONDS_TO_FINISH)
        await runner.setup()
        try:
            await web.SockSite(runner, self._listener, backlog=_BACKLOG).start()
            while not self._stopping.is_set():
                self._tick()
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._stopping.wait(), self._tick_interval)
        finally:
            await self._close()
            await runner.cleanup()


def bind(host: str, port: int) -> socket.socket:
    """
    Return a socket that listens.

    :param port: 0 = any that is free.
    :raises OSError: the port is in use, or the host is not an address of this machine.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    return socket.create_server((host, port), family=family, backlog=_BACKLOG)
