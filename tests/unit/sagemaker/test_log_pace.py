from __future__ import annotations

import asyncio
from contextlib import ExitStack

import pytest

from airflow_sm_training.sagemaker.log_pace import LogPace, pace_for
from airflow_sm_training.sagemaker.logs import follow
from tests.unit.sagemaker.virtual_time import run


@pytest.mark.parametrize(
    ("wanted", "silent_reads", "followers", "seconds"),
    [
        (10, 0, 1, 10),
        (10, 1, 1, 20),
        (10, 3, 1, 60),
        (10, 99, 1, 60),
        (90, 5, 1, 90),
        (10, 0, 1000, 250),
        (0.1, 0, 1, 0.25),
    ],
)
def test_silence_and_company_make_it_slower(wanted, silent_reads, followers, seconds):
    pace = LogPace(reads_per_second=4.0)
    with ExitStack() as stack:
        for _ in range(followers):
            stack.enter_context(pace.following())
        assert pace.interval(wanted, silent_reads) == seconds
    assert pace.followers == 0


def test_who_has_the_same_key_on_a_loop_shares_it():
    async def main():
        one, same, other = pace_for("key"), pace_for("key"), pace_for("other")
        assert one is same
        assert one is not other

    run(main())


class SilentLog:
    reads = under_way = most = 0

    async def new_lines(self):
        SilentLog.reads += 1
        SilentLog.under_way += 1
        SilentLog.most = max(SilentLog.most, SilentLog.under_way)
        await asyncio.sleep(0.2)
        SilentLog.under_way -= 1
        return []


def test_a_thousand_logs_are_read_at_a_rate_that_cloudwatch_takes():
    async def main():
        loop, pace = asyncio.get_running_loop(), LogPace()
        ended = loop.create_future()
        tasks = [
            asyncio.create_task(follow(SilentLog(), print, interval=10, ended=ended, pace=pace)) for _ in range(1000)
        ]
        await asyncio.sleep(2500)
        for task in tasks:
            task.cancel()

    run(main())
    assert SilentLog.reads <= 1000 + 4 * 2500
    assert SilentLog.reads >= 5000
    assert SilentLog.most <= 6
