from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager

import pytest

from airflow_sm_training.sagemaker.clients import shared_client
from airflow_sm_training.sagemaker.running import run_to_the_end


class Factory:
    """Builds clients that can be counted: each is its own number."""

    def __init__(self, *, fails=0, closes_within=0):
        self.built, self.closed, self.fails, self.closes_within = 0, 0, fails, closes_within

    @asynccontextmanager
    async def __call__(self):
        await asyncio.sleep(0)
        if self.fails:
            self.fails -= 1
            raise OSError("no credentials file")
        self.built += 1
        yield self.built
        await asyncio.sleep(self.closes_within)
        self.closed += 1


async def use(factory, until, key="key"):
    async with shared_client(key, factory) as client:
        await until.wait()
        return client


async def test_users_of_one_key_share_one_client_and_the_last_closes_it():
    factory, done = Factory(), asyncio.Event()
    users = [asyncio.create_task(use(factory, done)) for _ in range(200)]
    await asyncio.sleep(0.01)
    assert (factory.built, factory.closed) == (1, 0)

    done.set()
    assert set(await asyncio.gather(*users)) == {1}
    assert factory.closed == 1

    async with shared_client("key", factory) as client:
        assert client == 2


async def test_keys_do_not_share():
    factory = Factory()

    async with shared_client("one", factory) as one, shared_client("other", factory) as other:
        assert one != other


async def test_a_cancelled_user_does_not_disturb_the_others():
    factory, done = Factory(), asyncio.Event()
    users = [asyncio.create_task(use(factory, done)) for _ in range(3)]
    users[0].cancel()  # before the client is built
    await asyncio.sleep(0.01)
    users[1].cancel()  # while it is used
    await asyncio.sleep(0.01)
    assert factory.closed == 0

    done.set()
    assert await users[2] == 1
    assert (factory.built, factory.closed) == (1, 1)


async def test_a_client_that_nobody_waits_for_any_more_is_closed():
    factory = Factory()
    user = asyncio.create_task(use(factory, asyncio.Event()))
    await asyncio.sleep(0)
    user.cancel()
    await asyncio.sleep(0.01)

    assert factory.built == factory.closed


async def test_a_failed_build_fails_its_users_and_is_tried_again():
    factory, done = Factory(fails=1), asyncio.Event()
    done.set()

    with pytest.raises(OSError, match="no credentials file"):
        await use(factory, done)
    assert await use(factory, done) == 1


def test_event_loops_do_not_share():
    factory = Factory()

    async def run():
        async with shared_client("key", factory) as client:
            return client

    assert [asyncio.run(run()), asyncio.run(run())] == [1, 2]


async def leave(factory):
    """Use a client until it is there, and do not wait for its end."""
    user = asyncio.create_task(use(factory, asyncio.Event()))
    await asyncio.sleep(0.01)
    user.cancel()
    await asyncio.sleep(0)
    return "done"


def test_what_is_closed_when_the_work_is_done_is_closed_whole():
    factory = Factory(closes_within=0.02)

    assert run_to_the_end(leave(factory)) == "done"
    assert (factory.built, factory.closed) == (1, 1)


def test_what_does_not_end_is_not_waited_for_in_vain():
    factory = Factory(closes_within=60)

    assert run_to_the_end(leave(factory), patience=0.02) == "done"
    assert factory.closed == 0


def test_an_error_of_the_work_is_raised_when_all_is_closed():
    factory = Factory(closes_within=0.02)

    async def fail():
        await leave(factory)
        raise ValueError("wrong")

    with pytest.raises(ValueError, match="wrong"):
        run_to_the_end(fail())
    assert factory.closed == 1
