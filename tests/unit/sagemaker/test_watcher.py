from __future__ import annotations

import asyncio
import contextvars
import itertools

import pytest

from airflow_sm_training.sagemaker.errors import DeadlineReached, TrainingJobNotFound
from tests.unit.sagemaker.scripted_sagemaker import (
    EPOCH,
    NEVER,
    Recorder,
    ScriptedJob,
    ScriptedSageMaker,
    running_then,
)
from tests.unit.sagemaker.virtual_time import run
from tests.unit.sagemaker.watching import all_watched, jobs, one, watched


def test_asks_at_once_and_then_at_every_interval():
    sagemaker, recorder = one(until=59), Recorder()
    at, ended = run(watched(sagemaker, recorder=recorder))

    assert (at, ended.status) == (60, "Completed")
    assert [seen.status for seen in recorder.seen] == ["InProgress", "InProgress", "Completed"]
    assert sagemaker.requests == {"describe": 3}


def test_a_job_that_has_ended_is_not_waited_for():
    assert run(watched(one(until=-1)))[0] == 0


def test_there_is_no_hidden_cap():
    assert run(watched(one(until=5000 * 30)))[0] == 5000 * 30


def test_an_unknown_status_is_still_running():
    job = ScriptedJob([(-9, "Hibernating", "Asleep"), (50, "Completed", "Completed")])

    assert run(watched(ScriptedSageMaker({"job-0": job})))[0] == 60


def test_a_thousand_quiet_jobs_cost_at_most_three_requests_a_poll():
    sagemaker = ScriptedSageMaker(jobs(1000))

    async def main():
        watching = asyncio.create_task(all_watched(sagemaker, 1000, eager=False))
        await asyncio.sleep(29)
        before = sagemaker.requests.copy()
        await asyncio.sleep(100 * 30)
        watching.cancel()
        return before, sagemaker.requests - before

    first, then = run(main())
    assert first["list"] == 10
    assert first["describe"] <= 5
    assert then["list"] <= 100 + 4 * 10  # the first looks further back see that all were created lately
    assert then.total() <= 3 * 100


def test_of_many_jobs_each_end_is_heard_of_within_an_interval():
    ended_at = {f"job-{number}": 100.0 + number % 60 for number in range(100)}
    ending = {name: running_then((-5, "Training"), until=at) for name, at in ended_at.items()}
    sagemaker = ScriptedSageMaker({**jobs(1000), **ending})

    async def main():
        quiet = [name for name in sagemaker.jobs if name not in ending]
        rest = [asyncio.create_task(watched(sagemaker, name, eager=False)) for name in quiet]
        ends = await asyncio.gather(*(watched(sagemaker, name, eager=False) for name in ending))
        for task in rest:
            task.cancel()
        return ends

    assert max(at - ended_at[ended.name] for at, ended in run(main())) <= 30
    assert sagemaker.requests["describe"] <= 100 + 20


def test_one_watched_job_does_not_page_through_a_busy_account():
    sagemaker = ScriptedSageMaker(jobs(500))

    async def main():
        watching = asyncio.create_task(watched(sagemaker))
        await asyncio.sleep(301)
        watching.cancel()

    run(main())
    assert sagemaker.requests == {"describe": 11}


def test_where_lists_are_longer_than_the_jobs_are_many_each_is_described():
    noise = {
        f"other-{number}": ScriptedJob([(at, "InProgress", "Training") for at in range(0, 3000, 9)])
        for number in range(90)
    }
    sagemaker = ScriptedSageMaker({**jobs(20), **noise}, page_size=2)

    async def main():
        watching = asyncio.create_task(all_watched(sagemaker, 20, eager=False))
        await asyncio.sleep(599)
        watching.cancel()

    run(main())
    assert 20 * 16 <= sagemaker.requests["describe"] <= 20 * 21
    assert sagemaker.requests["list"] <= 60


def test_everybody_hears_at_their_own_interval_or_earlier():
    sagemaker = ScriptedSageMaker(jobs(20, until=100.5))

    async def main():
        intervals = [2 if number == 7 else 30 for number in range(20)]
        return await asyncio.gather(*(watched(sagemaker, f"job-{n}", poll_interval=i) for n, i in enumerate(intervals)))

    heard = [at for at, _ in run(main())]
    assert heard[7] <= 102.5
    assert max(heard) <= 130.5


def test_who_comes_late_is_served_at_once():
    sagemaker = ScriptedSageMaker({**jobs(20), "job-20": running_then((-9, "Training"), until=-1)})

    async def main():
        others = asyncio.create_task(all_watched(sagemaker, 20))
        await asyncio.sleep(45)
        at, _ = await watched(sagemaker, "job-20")
        others.cancel()
        return at

    assert run(main()) == 45


def test_two_who_watch_one_job_both_hear_of_its_end():
    async def main():
        sagemaker = one(until=50)
        return await asyncio.gather(watched(sagemaker), watched(sagemaker, poll_interval=10))

    assert [ended.status for _, ended in run(main())] == ["Completed", "Completed"]


def test_one_who_is_cancelled_disturbs_nobody_and_the_last_ends_the_polls():
    sagemaker = ScriptedSageMaker(jobs(5, until=95))

    async def main():
        tasks = [asyncio.create_task(watched(sagemaker, f"job-{number}")) for number in range(5)]
        await asyncio.sleep(40)
        tasks[0].cancel()
        outcomes = await asyncio.gather(*tasks, return_exceptions=True)
        await asyncio.sleep(0)
        asked = sagemaker.requests.total()
        await asyncio.sleep(1000)
        assert sagemaker.requests.total() == asked
        return outcomes

    cancelled, *others = run(main())
    assert isinstance(cancelled, asyncio.CancelledError)
    assert {at for at, _ in others} == {120}
    assert sagemaker.connections == 1


def test_a_job_that_disappears_ends_the_watch():
    job = ScriptedJob([(-9, "InProgress", "Training"), (NEVER, "Completed", "Completed")], deleted_at=40)

    with pytest.raises(TrainingJobNotFound):
        run(watched(ScriptedSageMaker({"job-0": job})))


def test_a_job_that_is_not_visible_yet_is_waited_for():
    assert run(watched(ScriptedSageMaker({"job-0": running_then((45, "Training"), until=80)})))[0] == 90


def test_a_job_that_never_becomes_visible_ends_the_watch():
    async def main():
        with pytest.raises(TrainingJobNotFound):
            await watched(ScriptedSageMaker({}))
        return asyncio.get_running_loop().time()

    assert run(main()) == 60


async def until_deadline(sagemaker, deadline):
    with pytest.raises(DeadlineReached, match="2027-01-15T08:00:45"):
        await watched(sagemaker, deadline=EPOCH + deadline)
    return asyncio.get_running_loop().time()


def test_the_deadline_is_a_wall_clock_time_and_is_met_exactly():
    assert run(until_deadline(one(), 45)) == 45


def test_a_job_that_ends_at_the_deadline_counts():
    assert run(watched(one(until=44), deadline=EPOCH + 45))[0] == 45


def test_the_deadline_holds_while_sagemaker_is_away():
    assert run(until_deadline(one(throttled=1.0), 45)) <= 50


def test_the_poll_loop_runs_in_a_context_of_its_own_and_each_watch_reports_in_its_own():
    whose = contextvars.ContextVar("whose", default="nobody's")
    polled, reported = set(), set()

    class Sage(ScriptedSageMaker):
        async def describe(self, name):
            polled.add(whose.get())
            return await super().describe(name)

    class Reporter(Recorder):
        def on_description(self, seen):
            reported.add((seen.name, whose.get()))

    async def task(sagemaker, name):
        whose.set(name)
        await watched(sagemaker, name, recorder=Reporter())

    async def main():
        await asyncio.gather(*(task(sagemaker, f"job-{number}") for number in range(3)))

    sagemaker = Sage(jobs(3, until=40))
    run(main())
    assert polled == {"nobody's"}
    assert reported == {(f"job-{number}", f"job-{number}") for number in range(3)}


def test_progress_that_no_list_shows_is_asked_for_now_and_then():
    from tests.unit.sagemaker import scripted_sagemaker

    sagemaker = ScriptedSageMaker(jobs(20))
    step = itertools.count()

    async def describe(name):
        sagemaker.requests["describe"] += 1
        progress = {"CurrentStep": next(step)}
        return scripted_sagemaker.Described(scripted_sagemaker.description(name, ProgressInfo=progress))

    sagemaker.describe = describe

    async def main():
        watching = asyncio.create_task(all_watched(sagemaker, 20, poll_interval=5))
        await asyncio.sleep(602)
        watching.cancel()

    run(main())
    assert 20 * 10 <= sagemaker.requests["describe"] <= 20 * 12
