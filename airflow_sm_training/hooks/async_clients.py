"""
Async AWS clients that are shared, and built without holding the event loop up.

aiobotocore builds a client on the loop, which takes about 60 ms and half a second for the first; the amazon provider
asks STS for an assumed role's credentials there, too, each time they expire.
"""

from __future__ import annotations

import asyncio
import inspect
from contextlib import AsyncExitStack, asynccontextmanager
from typing import TYPE_CHECKING, Any

from airflow_sm_training.compat import looks_secret
from airflow_sm_training.sagemaker.clients import discard, shared_client
from airflow_sm_training.sagemaker.reader import ClientReader
from airflow_sm_training.sagemaker.translation import translated

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from airflow_sm_training.hooks.training_job import SageMakerTrainingJobHook

_POOL_CONNECTIONS = 32


@asynccontextmanager
async def async_client(hook: SageMakerTrainingJobHook, service_name: str) -> AsyncIterator[Any]:
    """
    Yield the async client that everybody on this event loop with the same settings shares.

    All services of a connection share one session: with an assumed role, STS is asked once for all of them. The client
    has the operations of :data:`~airflow_sm_training.sagemaker.client_model.OPERATIONS`.

    :param hook: whose connection it is.
    :param service_name: ``sagemaker`` or ``logs``.
    :raises SageMakerTrainingError: if there is no way to connect.
    """

    @asynccontextmanager
    async def session() -> AsyncIterator[Any]:
        yield await off_loop(_build_session, hook)

    @asynccontextmanager
    async def client() -> AsyncIterator[Any]:
        async with (
            shared_client(_session_key(hook), session) as shared_session,
            await off_loop(_build_client, hook, service_name, shared_session) as built,
        ):
            yield built

    async with AsyncExitStack() as stack:
        with translated(f"connect to {service_name} (connection {hook.aws_conn_id!r})"):
            shared = await stack.enter_async_context(shared_client((service_name, *hook.key), client))
        yield shared


@asynccontextmanager
async def reader(hook: SageMakerTrainingJobHook) -> AsyncIterator[ClientReader]:
    """
    Yield what asks SageMaker about training jobs through the shared client.

    :param hook: whose connection it is.
    :raises SageMakerTrainingError: if there is no way to connect.
    """
    async with async_client(hook, "sagemaker") as client:

        def discard_client() -> None:
            if discard(("sagemaker", *hook.key), client):
                discard(_session_key(hook))

        yield ClientReader(
            client, identity=f"connection {hook.aws_conn_id!r}", is_secret=looks_secret, discard=discard_client
        )


def _session_key(hook: SageMakerTrainingJobHook) -> tuple[str, ...]:
    return ("session", *hook.key)


async def off_loop(call: Callable[..., Any], *arguments: Any) -> Any:
    """
    Call a function that blocks, on a thread that may ask Airflow for connections and variables.

    :param call: the function.
    :param arguments: its arguments.
    """
    from asgiref.sync import sync_to_async  # noqa: PLC0415

    # Not asyncio.to_thread: in the triggerer of Airflow 3.0 to 3.2 a plain thread cannot reach Airflow. And not
    # Airflow's one thread for everything that is thread sensitive: STS can be slow.
    return await sync_to_async(call, thread_sensitive=False)(*arguments)


def _build_session(hook: SageMakerTrainingJobHook) -> Any:
    """Return an aiobotocore session with the hook's credentials. Blocks: reads the connection, may ask STS."""
    from airflow_sm_training.sagemaker.model_loader import loader  # noqa: PLC0415

    hook = hook.like(None)  # the connection may have changed since this one read it
    session: Any = hook.get_session(region_name=hook.region_name, deferrable=True)
    session.register_component("data_loader", loader())
    return session


def _build_client(hook: SageMakerTrainingJobHook, service_name: str, session: Any) -> Any:
    """
    Return an async client that is ready to be entered, on any event loop. Blocks, and has the first credentials.

    It is built on an event loop of this thread. That is sound because neither aiobotocore nor aiohttp ties anything to
    a loop before a client is entered and sends its first request.
    """
    from airflow_sm_training.sagemaker.model import output_shape  # noqa: PLC0415

    output_shape("DescribeTrainingJob")  # the first description would load the model on the event loop
    fresh = hook.like(service_name)
    return asyncio.run(
        _built(
            session,
            service_name=service_name,
            endpoint_url=fresh.conn_config.get_service_endpoint_url(service_name=service_name),
            config=_with_enough_connections(fresh._get_config()),  # noqa: SLF001 - the user agent of all hooks
            verify=fresh.verify,
        )
    )


async def _built(session: Any, **arguments: Any) -> Any:
    credentials = await session.get_credentials()
    if credentials is not None:
        _refresh_off_loop(credentials)
        await credentials.get_frozen_credentials()
    # create_client() gives a context manager; this is the awaitable inside, which does not enter the client.
    return await session._create_client(**arguments)  # noqa: SLF001


def _with_enough_connections(config: Any) -> Any:
    from botocore.config import Config
    from botocore.endpoint import MAX_POOL_CONNECTIONS

    if config.max_pool_connections != MAX_POOL_CONNECTIONS:
        return config
    return config.merge(Config(max_pool_connections=_POOL_CONNECTIONS))


def _refresh_off_loop(credentials: Any) -> None:
    """Let the credentials be refreshed on a thread where the amazon provider would do it on the event loop."""
    refresh: Callable[[], Any] | None = getattr(credentials, "_refresh_using", None)
    if refresh is None or inspect.iscoroutinefunction(refresh):
        return

    async def refresh_off_loop() -> Any:
        answer: Awaitable[Any] | Any = await asyncio.to_thread(refresh)
        return await answer if inspect.isawaitable(answer) else answer

    credentials._refresh_using = refresh_off_loop  # noqa: SLF001
