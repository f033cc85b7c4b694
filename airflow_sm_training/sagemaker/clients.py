"""One async client per (event loop, connection, region, config), reference counted."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Hashable
    from contextlib import AbstractAsyncContextManager


@dataclass(slots=True)
class _Shared:
    """A client in use, or about to be: ``ready`` is resolved once it can be called."""

    ready: asyncio.Future[Any]
    users: int = 0
    stack: AsyncExitStack = field(default_factory=AsyncExitStack)
    builder: asyncio.Task[None] | None = None  # a task that nobody refers to may be collected half way


_shared: WeakKeyDictionary[asyncio.AbstractEventLoop, dict[Hashable, _Shared]] = WeakKeyDictionary()


@asynccontextmanager
async def shared_client(
    key: Hashable, build: Callable[[], Awaitable[AbstractAsyncContextManager[Any]]]
) -> AsyncIterator[Any]:
    """
    Yield the client of this key, building it for the first user and closing it after the last.

    :param key: what the client depends on: service, connection, region, verify, botocore config.
    :param build: makes the client's context manager; called for the first user only.
    """
    clients = _shared.setdefault(asyncio.get_running_loop(), {})
    shared = clients.get(key)
    if shared is None:
        shared = clients[key] = _Shared(asyncio.get_running_loop().create_future())
        shared.builder = asyncio.create_task(_build(shared, build))
    shared.users += 1
    try:
        # Shielded: one user that is cancelled must not cancel the client that the others wait for.
        yield await asyncio.shield(shared.ready)
    finally:
        shared.users -= 1
        if not shared.users:
            if clients.get(key) is shared:
                del clients[key]
            await _close(shared)


async def _build(shared: _Shared, build: Callable[[], Awaitable[AbstractAsyncContextManager[Any]]]) -> None:
    try:
        client = await shared.stack.enter_async_context(await build())
    except BaseException as error:  # noqa: BLE001 - handed on to whoever waits for the client
        shared.ready.set_exception(error)
        shared.ready.exception()  # marked as seen: the last user may have left
    else:
        shared.ready.set_result(client)
        if not shared.users:
            await shared.stack.aclose()


async def _close(shared: _Shared) -> None:
    if shared.ready.done():
        await shared.stack.aclose()
