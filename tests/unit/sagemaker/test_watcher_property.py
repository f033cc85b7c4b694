"""Whatever SageMaker does: everybody who watches hears of every end, exactly once, and never early."""

from __future__ import annotations

import asyncio
import itertools

from hypothesis import given, settings
from hypothesis import strategies as st

from airflow_sm_training.sagemaker.errors import AccessDenied, ServiceUnavailable
from airflow_sm_training.sagemaker.watcher import watch
from tests.unit.sagemaker.scripted_sagemaker import NEVER, Recorder, ScriptedJob, ScriptedSageMaker
from tests.unit.sagemaker.virtual_time import run

keys = itertools.count()
PHASES = ["Starting", "Downloading", "Training", "Uploading", "Hibernating"]
ENDS = [("Completed", "Completed"), ("Failed", "Failed"), ("Stopped", "Stopped"), ("Stopped", "MaxRuntimeExceeded")]

# Lists are right at the next poll, at the next look further back, or never; then only Describe is.
LAGS = st.sampled_from([0.0, 0.0, 0.0, 2.0, 45.0, 200.0, NEVER])


@st.composite
def jobs(draw):
    created = draw(st.sampled_from([-2000.0, -100.0, 0.0, 40.0]))
    durations = draw(st.lists(st.floats(0.01, 400), min_size=1, max_size=6))
    starts = list(itertools.accumulate(durations[:-1], initial=created))
    phases = [(at, "InProgress", draw(st.sampled_from(PHASES))) for at in starts]
    if draw(st.booleans()):
        phases.append((starts[-1] + durations[-1] / 2, draw(st.sampled_from(["Stopping", "Paused"])), "Stopping"))
    ends_at = max(starts[-1] + durations[-1], max(created, 0) + draw(st.sampled_from([0.0, 700.0])))
    phases.append((ends_at, *draw(st.sampled_from(ENDS))))
    return ScriptedJob(phases, draw(LAGS), frozen_at=draw(st.sampled_from([NEVER, NEVER, NEVER, 20.0])))


@st.composite
def watches(draw, count):
    """(number of the job, when it begins, interval, whether eager, when it is cancelled)."""
    number, interval = draw(st.integers(0, count - 1)), draw(st.sampled_from([2.0, 10.0, 30.0]))
    begins = draw(st.sampled_from([0.0, 0.0, 0.0, 3.0, 250.0]))
    return number, begins, interval, draw(st.booleans()), draw(st.sampled_from([None, None, None, 10.0]))


@st.composite
def worlds(draw):
    fewest, most = draw(st.sampled_from([(1, 4), (5, 10), (12, 24), (12, 24)]))
    scripted = draw(st.lists(jobs(), min_size=fewest, max_size=most))
    others = draw(st.sampled_from([0, 0, 12]))
    sagemaker = ScriptedSageMaker(
        {f"job-{number}": job for number, job in enumerate(scripted)}
        | {
            f"other-{number}": ScriptedJob([(at, "InProgress", "Training") for at in range(0, 900, 7)])
            for number in range(others)
        },
        page_size=draw(st.sampled_from([2, 5, 100])),
        latency=draw(st.sampled_from([0.0, 0.1, 2.0])),
        throttled=draw(st.sampled_from([0.0, 0.2, 0.9])),
        trouble_ends_at=600.0,
        list_error=draw(st.sampled_from([None, None, None, AccessDenied("no"), ServiceUnavailable("never")])),
        clock_skew=draw(st.sampled_from([0.0, -300.0, 300.0])),
        seed=draw(st.integers(0, 1000)),
    )
    # Each job once, so that there are many, and some of them once more.
    each = [
        (number, 0.0, draw(st.sampled_from([5.0, 30.0])), draw(st.booleans()), None) for number in range(len(scripted))
    ]
    return sagemaker, each + draw(st.lists(watches(len(scripted)), max_size=4))


async def observe(sagemaker, key, *, begins, number, interval, eager):
    loop, recorder = asyncio.get_running_loop(), Recorder()
    name = f"job-{number}"
    await asyncio.sleep(max(begins, sagemaker.jobs[name].phases[0][0]))
    began = loop.time()
    ended = await watch(
        key,
        sagemaker.connect,
        name,
        until=lambda seen: seen.is_ended,
        poll_interval=interval,
        reporter=recorder,
        eager=eager,
        now=sagemaker.wall_clock,
    )
    return began, loop.time(), ended, recorder


async def everybody(sagemaker, observed):
    key = next(keys)
    tasks = []
    for number, begins, interval, eager, cancelled_at in observed:
        task = asyncio.create_task(
            observe(sagemaker, key, begins=begins, number=number, interval=interval, eager=eager)
        )
        tasks.append(task)
        if cancelled_at is not None:
            asyncio.get_running_loop().call_later(cancelled_at, task.cancel)
    async with asyncio.timeout(500_000):
        return await asyncio.gather(*tasks, return_exceptions=True)


@settings(max_examples=100, deadline=None)
@given(worlds())
def test_everybody_hears_of_every_end_once_and_not_early(world):
    sagemaker, observed = world
    outcomes = run(everybody(sagemaker, observed))

    for (number, _, interval, _, cancelled_at), outcome in zip(observed, outcomes, strict=True):
        if cancelled_at is not None and isinstance(outcome, asyncio.CancelledError):
            continue
        assert not isinstance(outcome, BaseException), outcome
        began, heard_at, ended, recorder = outcome
        job = sagemaker.jobs[f"job-{number}"]
        assert (ended.name, ended.status, ended.secondary_status) == (f"job-{number}", *job.phases[-1][1:])
        assert heard_at >= job.ends_at
        assert [seen.is_ended for seen in recorder.seen] == [False] * (len(recorder.seen) - 1) + [True]
        if not sagemaker.throttled and not sagemaker.list_error and sagemaker.latency < 1:
            busy = 2 * sagemaker.latency * (len(sagemaker.jobs) / sagemaker.page_size + 3) + 1
            late = heard_at - max(began, job.ends_at)
            assert late <= interval + busy + found_after(job, interval, sagemaker)


def scripted_of(sagemaker):
    return [name for name in sagemaker.jobs if name.startswith("job-")]


def found_after(job, interval, sagemaker):
    """Seconds after which the slowest of the ways that are open finds a change of this job."""
    count = len(scripted_of(sagemaker))
    # A look further back that takes too many pages is given up; what is left then is the routine Describe.
    is_given_up = job.lag > 5 and sagemaker.page_size < len(sagemaker.jobs)
    if job.frozen_at < NEVER or job.lag == NEVER or is_given_up:
        return 1.5 * max(300, 10 * interval, count * interval)
    return job.lag + (300 if job.lag > 5 else 0)
