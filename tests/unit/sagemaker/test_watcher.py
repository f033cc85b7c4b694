from __future__ import annotations

import pytest

from airflow_sm_training.sagemaker.errors import (
    AccessDenied,
    DeadlineReached,
    ServiceUnavailable,
    TrainingJobNotFound,
)
from airflow_sm_training.sagemaker.watcher import Clock, watch
from tests.unit.sagemaker.in_memory import description

RUNNING, COMPLETED = description(), description(status="Completed")
THROTTLED = ServiceUnavailable("Rate exceeded")
NOT_FOUND = TrainingJobNotFound("no such job")


class ManualClock(Clock):
    """Sleeping makes it later, at once."""

    def __init__(self, now=1_000.0):
        self.time, self.slept = now, []
        super().__init__(now=lambda: self.time, sleep=self._sleep)

    __setattr__ = object.__setattr__

    async def _sleep(self, seconds):
        self.slept.append(seconds)
        self.time += seconds


class Recorder:
    def __init__(self):
        self.seen, self.troubles = [], []

    def on_description(self, seen):
        self.seen.append(seen)

    def on_trouble(self, error, failures, delay):
        self.troubles.append((error, failures, delay))


async def run(answers, *, clock=None, recorder=None, **keywords):
    answers = iter(answers)

    async def describe():
        answer = next(answers)
        if isinstance(answer, Exception):
            raise answer
        return answer

    return await watch(
        describe,
        until=lambda seen: seen.is_ended,
        poll_interval=30,
        clock=clock or ManualClock(),
        reporter=recorder or Recorder(),
        **keywords,
    )


async def test_asks_at_once_and_then_at_every_interval():
    clock, recorder = ManualClock(), Recorder()

    assert await run([RUNNING, RUNNING, COMPLETED], clock=clock, recorder=recorder) is COMPLETED
    assert clock.slept == [30, 30]
    assert recorder.seen == [RUNNING, RUNNING, COMPLETED]


async def test_a_job_that_has_ended_costs_no_sleep():
    clock = ManualClock()

    await run([COMPLETED], clock=clock)

    assert clock.slept == []


async def test_there_is_no_hidden_cap():
    clock = ManualClock()

    await run([RUNNING] * 5000 + [COMPLETED], clock=clock)

    assert clock.time > 5000 * 30


async def test_an_unknown_status_is_still_running():
    assert await run([description(status="Hibernating"), COMPLETED]) is COMPLETED


async def test_transient_errors_back_off_with_jitter_and_are_forgiven():
    clock, recorder = ManualClock(), Recorder()

    await run([THROTTLED] * 8 + [RUNNING, THROTTLED, COMPLETED], clock=clock, recorder=recorder)

    assert [failures for _, failures, _ in recorder.troubles] == [1, 2, 3, 4, 5, 6, 7, 8, 1]
    delays = [delay for _, _, delay in recorder.troubles]
    assert all(0 <= delay <= min(60, 2 ** (index + 1)) for index, delay in enumerate(delays[:8]))
    assert len(set(delays)) > 1


@pytest.mark.parametrize(
    "fatal",
    [
        AccessDenied("no"),
    ],
)
async def test_what_waiting_does_not_mend_ends_the_watch(fatal):
    with pytest.raises(type(fatal)):
        await run([RUNNING, fatal])


async def test_a_job_that_disappears_ends_the_watch():
    with pytest.raises(TrainingJobNotFound):
        await run([RUNNING, NOT_FOUND])


async def test_a_job_that_is_not_visible_yet_is_waited_for():
    assert await run([NOT_FOUND, NOT_FOUND, COMPLETED]) is COMPLETED


async def test_a_job_that_never_becomes_visible_ends_the_watch():
    clock = ManualClock()

    with pytest.raises(TrainingJobNotFound):
        await run([NOT_FOUND] * 10, clock=clock)
    assert clock.time - 1000 == 60


async def test_the_deadline_is_a_wall_clock_time_and_is_met_exactly():
    clock = ManualClock()

    with pytest.raises(DeadlineReached, match="1970-01-01T00:17:25"):
        await run([RUNNING] * 10, clock=clock, deadline=1045.0)
    assert clock.time == 1045.0


async def test_a_job_that_ends_at_the_deadline_counts():
    assert await run([RUNNING, RUNNING, COMPLETED], deadline=1045.0) is COMPLETED


async def test_the_deadline_holds_while_sagemaker_is_away():
    with pytest.raises(DeadlineReached):
        await run([THROTTLED] * 1000, deadline=1045.0)
