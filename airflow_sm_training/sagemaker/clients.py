"""One async client per (event loop, service, connection, region, verify, config), reference counted."""

from __future__ import annotations

import asyncio
import contextvars
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Hashable, Mapping
    from contextlib import AbstractAsyncContextManager


@dataclass(slots=True)
class _Shared:
    """A client in use, or about to be: ``ready`` is resolved once it can be called."""

    ready: asyncio.Future[Any]
    users: int = 0
    stack: AsyncExitStack = field(default_factory=AsyncExitStack)
    builder: asyncio.Task[None] | None = None  # a task that nobody refers to may be collected half way


_closing: set[asyncio.Task[None]] = set()
_shared: WeakKeyDictionary[asyncio.AbstractEventLoop, dict[Hashable, _Shared]] = WeakKeyDictionary()


@asynccontextmanager
async def shared_client(key: Hashable, build: Callable[[], AbstractAsyncContextManager[Any]]) -> AsyncIterator[Any]:
    """
    Yield the client of this key, building it for the first user and closing it after the last.

    :param key: what the client depends on: service, connection, region, verify, botocore config.
    :param build: makes the client's context manager; called for the first user only.
    """
    clients = _shared.setdefault(asyncio.get_running_loop(), {})
    shared = clients.get(key)
    if shared is None:
        shared = clients[key] = _Shared(asyncio.get_running_loop().create_future())
        # A context of its own: what the builder logs does not belong into the log of the task that came first.
        loop = asyncio.get_running_loop()
        shared.builder = loop.create_task(_build(shared, build), context=contextvars.Context())
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


def settings_key(
    connection_id: str | None, region_name: str | None, verify: bool | str | None, options: Mapping[str, Any] | None
) -> tuple[str, ...]:
    """
    Return what clients depend on besides their service, as a key: equal settings, equal keys.

    :param connection_id: id of the Airflow connection.
    :param region_name: AWS region, if one was asked for.
    :param verify: whether to verify TLS certificates, or the path of a bundle.
    :param options: botocore client configuration.
    """
    return (str(connection_id), str(region_name), str(verify), repr(sorted((options or {}).items())))


def discard(key: Hashable, client: Any = None) -> bool:
    """
    Let the next user of this key have another client. Those who use this one keep it until they leave.

    :param key: the key of the client.
    :param client: what :func:`shared_client` gave; ``None``: whatever is shared now.
    :return: ``False`` if it has been replaced already.
    """
    clients = _shared.setdefault(asyncio.get_running_loop(), {})
    shared = clients.get(key)
    if shared is None or (client is not None and _client_of(shared) is not client):
        return False
    del clients[key]
    return True


def _client_of(shared: _Shared) -> Any:
    is_built = shared.ready.done() and not shared.ready.cancelled() and shared.ready.exception() is None
    return shared.ready.result() if is_built else None


async def _build(shared: _Shared, build: Callable[[], AbstractAsyncContextManager[Any]]) -> None:
    try:
        client = await shared.stack.enter_async_context(build())
    except BaseException as error:  # noqa: BLE001 - handed on to whoever waits for the client
        shared.ready.set_exception(error)
        shared.ready.exception()  # marked as seen: the last user may have left
    else:
        shared.ready.set_result(client)
        if not shared.users:
            await shared.stack.aclose()


async def _close(shared: _Shared) -> None:
    if not shared.ready.done():
        return  # the builder sees that nobody is left
    # In a task of its own: the last user may be cancelled meanwhile, and half a close leaves sockets open.
    closing = asyncio.get_running_loop().create_task(shared.stack.aclose(), context=contextvars.Context())
    _closing.add(closing)
    closing.add_done_callback(_closing.discard)
    await asyncio.shield(closing)
