from __future__ import annotations

import asyncio

import pytest
from botocore.exceptions import ClientError

from airflow_sm_training.sagemaker.logs import TrainingJobLog, follow

JOB = "digits"


class CloudWatch:
    """A log of (stream, timestamp, message); answers in pages of two."""

    def __init__(self, *events):
        self.events = list(events)
        self.error = None
        self.requests = []

    async def filter_log_events(self, **request):
        self._refuse()
        self.requests.append(request)
        assert request["logGroupName"] == "/aws/sagemaker/TrainingJobs"
        found = [
            {"eventId": str(number), "logStreamName": stream, "timestamp": timestamp, "message": message}
            for number, (stream, timestamp, message) in enumerate(self.events)
            if stream.startswith(request["logStreamNamePrefix"]) and timestamp >= request["startTime"]
        ]
        start = int(request.get("nextToken", 0))
        page = {"events": found[start : start + 2]}
        return page | ({"nextToken": str(start + 2)} if len(found) > start + 2 else {})

    async def describe_log_streams(self, *, logStreamNamePrefix, **_):  # noqa: N803
        self._refuse()
        streams = dict.fromkeys(stream for stream, *_ in self.events)
        return {"logStreams": [{"logStreamName": name} for name in streams if name.startswith(logStreamNamePrefix)]}

    async def get_log_events(self, *, logStreamName, limit, **_):  # noqa: N803
        events = [{"timestamp": at, "message": text} for stream, at, text in self.events if stream == logStreamName]
        return {"events": events[-limit:]}

    def _refuse(self):
        if self.error:
            raise ClientError({"Error": {"Code": self.error, "Message": "no"}}, "FilterLogEvents")


def shown(lines):
    return [str(line) for line in lines]


def log_of(cloudwatch, since=0):
    troubles = []
    return TrainingJobLog(cloudwatch, JOB, since=since, on_trouble=troubles.append), troubles


async def test_each_line_comes_once_over_pages_and_polls():
    cloudwatch = CloudWatch(*[("digits/algo-1-1", second * 1000, f"line {second}\n") for second in range(5)])
    log, _ = log_of(cloudwatch)

    assert shown(await log.new_lines()) == [f"[algo-1] line {second}" for second in range(5)]
    assert await log.new_lines() == []

    cloudwatch.events.append(("digits/algo-2-1", 5000, "line 5"))
    assert shown(await log.new_lines()) == ["[algo-2] line 5"]


async def test_a_line_that_comes_late_and_out_of_order_is_not_lost():
    cloudwatch = CloudWatch(("digits/algo-1-1", 100_000, "later"))
    log, _ = log_of(cloudwatch)
    await log.new_lines()
    cloudwatch.events.append(("digits/algo-2-1", 71_000, "29 seconds older"))

    assert shown(await log.new_lines()) == ["[algo-2] 29 seconds older"]


async def test_what_was_read_is_not_asked_for_again_and_again():
    cloudwatch = CloudWatch(*[("digits/algo-1-1", second * 1000, "x") for second in range(600)])
    log, _ = log_of(cloudwatch)
    await log.new_lines()
    cloudwatch.requests.clear()
    await log.new_lines()

    assert len(cloudwatch.requests) <= 16
    assert cloudwatch.requests[0]["startTime"] == 599_000 - 30_000


async def test_older_lines_and_other_jobs_are_left_alone():
    cloudwatch = CloudWatch(
        ("digits/algo-1-1", 1_000, "too old"),
        ("digits-2/algo-1-1", 9_000, "another job"),
        ("digits/algo-1-1", 9_000, "mine"),
    )
    log, _ = log_of(cloudwatch, since=5_000)

    assert shown(await log.new_lines()) == ["[algo-1] mine"]


@pytest.mark.parametrize(
    ("code", "told"),
    [("ResourceNotFoundException", 0), ("ThrottlingException", 0), ("AccessDeniedException", 1)],
)
async def test_a_log_that_cannot_be_read_is_told_once_and_never_raises(code, told):
    cloudwatch = CloudWatch(("digits/algo-1-1", 1, "x"))
    cloudwatch.error = code
    log, troubles = log_of(cloudwatch)

    assert [await log.new_lines(), await log.new_lines(), await log.last_lines(5)] == [[], [], []]
    assert len(troubles) == told

    cloudwatch.error = None
    assert shown(await log.new_lines()) == ["[algo-1] x"]


async def test_the_last_lines_are_those_of_all_hosts_in_order():
    cloudwatch = CloudWatch(
        ("digits/algo-1-1", 1, "a"),
        ("digits/algo-1-1", 4, "d"),
        ("digits/algo-2-1", 2, "b"),
        ("digits/algo-2-1", 3, "c"),
    )
    log, _ = log_of(cloudwatch)

    assert shown(await log.last_lines(3)) == ["[algo-2] b", "[algo-2] c", "[algo-1] d"]
    assert await log.last_lines(0) == []


async def test_following_shows_what_comes_after_the_end():
    cloudwatch = CloudWatch(("digits/algo-1-1", 1, "first"))
    log, _ = log_of(cloudwatch)
    seen, ended = [], asyncio.get_running_loop().create_future()
    follower = asyncio.create_task(follow(log, seen.append, interval=3600, ended=ended))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    cloudwatch.events.append(("digits/algo-1-1", 2, "last"))
    ended.set_result(0)
    await follower

    assert shown(seen) == ["[algo-1] first", "[algo-1] last"]
