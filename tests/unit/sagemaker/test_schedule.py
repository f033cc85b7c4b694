"""The decisions of the poll loop, one at a time, with the time in hand."""

from __future__ import annotations

import math

import pytest

from airflow_sm_training.sagemaker.polling import State
from airflow_sm_training.sagemaker.schedule import Schedule

RUNNING, UPLOADING = State("InProgress", "Training", ""), State("InProgress", "Uploading", "")
COMPLETED, WITH_POOL = State("Completed", "Completed", ""), State("Completed", "Completed", "Available")


class Middle:
    """No luck: always half way between."""

    def uniform(self, a, b):
        return (a + b) / 2


@pytest.fixture
def schedule():
    return Schedule(Middle())


def begin(schedule, count, *, interval=30.0, eager=False, prefix="job"):
    for number in range(count):
        schedule.watch(f"{prefix}-{number}", interval, eager=eager)


def listed(schedule, now, states=(), *, pages=1, is_complete=True, server_time=1000.0):
    schedule.listed(states, pages=pages, is_complete=is_complete, server_time=server_time, now=now)


def settled(schedule, count, now=0.0):
    """That many jobs, all of them seen in a first list."""
    begin(schedule, count)
    assert schedule.next(now, 24).listing is not None
    listed(schedule, now, [(f"job-{number}", RUNNING) for number in range(count)])
    return schedule


@pytest.mark.parametrize(
    ("count", "eager", "lists"), [(1, False, False), (10, False, False), (11, False, True), (11, True, False)]
)
def test_newcomers_are_looked_at_at_once_together_if_there_are_many(schedule, count, eager, lists):
    begin(schedule, count, eager=eager)
    plan = schedule.next(0.0, 24)

    assert (plan.listing is not None) == lists
    assert len(plan.describe) == (0 if lists else count)


def test_newcomers_that_a_list_lacks_are_described(schedule):
    begin(schedule, 20)
    listing = schedule.next(0.0, 24).listing
    listed(schedule, 1.0, [(f"job-{number}", RUNNING) for number in range(15)])

    assert len(listing.newcomers) == 20
    assert set(schedule.next(1.0, 24).describe) == {f"job-{number}" for number in range(15, 20)}


def test_ends_are_described_first_and_no_more_at_once_than_can_be_sent(schedule):
    settled(schedule, 20)
    assert schedule.next(30.0, 24).listing is not None
    listed(schedule, 31.0, [("job-1", UPLOADING), ("job-2", UPLOADING), ("job-3", COMPLETED), ("other", COMPLETED)])

    assert schedule.next(31.0, 2).describe == ("job-3", "job-1")
    assert schedule.next(31.0, 2).describe == ("job-2",)
    assert schedule.next(31.0, 2).describe == ()


@pytest.mark.parametrize(
    ("seen", "listing_says", "described"),
    [
        (RUNNING, RUNNING, False),
        (RUNNING, UPLOADING, True),
        (COMPLETED, WITH_POOL, True),
        (WITH_POOL, COMPLETED, False),
        (RUNNING, State("InProgress", "", ""), False),
        (RUNNING, State("Completed", "", ""), True),
    ],
)
def test_a_job_is_described_if_the_list_says_something_new(schedule, seen, listing_says, described):
    settled(schedule, 20)
    schedule.jobs["job-0"].state = seen
    schedule.next(30.0, 24)
    listed(schedule, 30.0, [("job-0", listing_says)])

    assert schedule.next(30.0, 24).describe == (("job-0",) if described else ())


def test_lists_overlap_and_now_and_then_look_further_back(schedule):
    settled(schedule, 20)
    for job in schedule.jobs.values():
        job.describe_at = math.inf
    lookbacks = []
    for poll in range(1, 21):
        listing = schedule.next(poll * 30.0, 24).listing
        lookbacks.append(listing.lookback)
        assert listing.since == 1000.0 + (poll - 1) * 30
        listed(schedule, poll * 30.0 + 1, server_time=1000.0 + poll * 30)

    assert set(lookbacks) == {60.0, 1200.0}
    assert lookbacks.count(1200.0) == 2


def test_a_list_that_was_given_up_does_not_count_and_each_job_is_described(schedule):
    settled(schedule, 20)
    listing = schedule.next(30.0, 24).listing
    listed(schedule, 31.0, pages=listing.most_pages, is_complete=False)
    plan = schedule.next(31.0, 24)

    assert listing.most_pages == 10
    assert plan.listing is None
    assert len(plan.describe) == 20


def test_the_first_list_after_descriptions_goes_back_to_where_they_stopped(schedule):
    begin(schedule, 3, interval=5000.0)
    for name in schedule.next(0.0, 24).describe:
        schedule.described(name, RUNNING, 0.0, 0.0)
    begin(schedule, 3, interval=5000.0, eager=True, prefix="late")
    for name in schedule.next(4000.0, 24).describe:
        schedule.described(name, RUNNING, 4000.0, 4000.0)
    listing = schedule.next(5000.0, 24).listing

    assert listing.lookback >= 5000.0


def test_a_job_that_only_a_list_given_up_has_shown_does_not_make_the_next_look_back_for_ever(schedule):
    begin(schedule, 20)
    schedule.next(0.0, 24)
    listed(schedule, 1.0, [("job-0", RUNNING)], is_complete=False)
    for name in schedule.next(1.0, 24).describe:
        schedule.described(name, RUNNING, 1.0, 1.0)

    assert 30 <= schedule.next(31.0, 24).listing.lookback <= 1200


def test_an_answer_that_may_be_older_than_the_list_is_asked_for_again(schedule):
    settled(schedule, 20)
    schedule.hurry("job-0")
    assert schedule.next(29.0, 24).describe == ("job-0",)
    schedule.next(30.0, 24)
    listed(schedule, 30.0, [("job-0", COMPLETED)])
    schedule.described("job-0", RUNNING, 29.0, 31.0)

    assert schedule.next(31.0, 24).describe == ("job-0",)


def test_a_refused_list_is_not_asked_for_again_soon(schedule):
    settled(schedule, 20)
    assert schedule.next(30.0, 24).listing is not None
    schedule.may_not_list(30.0)

    assert len(schedule.next(30.0, 24).describe) == 20


def test_a_list_that_keeps_failing_is_done_without(schedule):
    settled(schedule, 20)
    now, failures = 30.0, 0
    while (plan := schedule.next(now, 24)).listing is not None or not plan.describe:
        if plan.listing is not None:
            failures += 1
            schedule.not_listed(now, now)
        now = max(now + 0.1, plan.wake_at if plan.wake_at < math.inf else now)

    assert failures == 3


def test_one_failure_among_successes_delays_that_job_only(schedule):
    begin(schedule, 3)
    names = schedule.next(0.0, 24).describe
    schedule.not_described(names[0], 0.0, 0.1)
    schedule.described(names[1], RUNNING, 0.0, 0.1)
    schedule.described(names[2], RUNNING, 0.0, 0.1)

    assert schedule.next(0.1, 24).describe == ()
    assert schedule.next(1.1, 24).describe == (names[0],)


def test_failures_in_a_row_delay_everybody(schedule):
    begin(schedule, 3)
    for name in schedule.next(0.0, 24).describe:
        schedule.not_described(name, 0.0, 0.1)
    schedule.watch("late", 30.0, eager=True)
    plan = schedule.next(0.2, 24)

    assert plan.describe == ()
    assert plan.wake_at == pytest.approx(1.1)


def test_what_was_asked_through_a_lost_client_is_asked_again(schedule):
    settled(schedule, 20)
    schedule.hurry("job-0")
    schedule.next(30.0, 24)
    schedule.abandon()
    plan = schedule.next(30.0, 24)

    assert plan.listing is not None
    assert plan.describe == ("job-0",)


def test_each_job_is_described_now_and_then_spread_over_time(schedule):
    schedule = Schedule()
    settled(schedule, 1000)
    described = []
    for poll in range(1, 101):
        now = poll * 30.0
        plan = schedule.next(now, 1000)
        listed(schedule, now)
        for name in (*plan.describe, *schedule.next(now, 1000).describe):
            schedule.described(name, RUNNING, now, now)
            described.append(now)

    assert 50 <= len(described) <= 250
    assert max(described.count(now) for now in set(described)) <= 10
