"""A task that is killed stops its job, once; a trigger that only moves leaves it alone. Over the wire, no triggerer."""

from __future__ import annotations

import asyncio
import os
import signal
import threading
import time
from types import SimpleNamespace

import pytest

from airflow_sm_training.compat import DEFERRAL_ERRORS
from airflow_sm_training.hooks.training_job import SageMakerTrainingJobHook
from airflow_sm_training.local import Fault, LocalSageMaker, Step
from airflow_sm_training.operators.training_job import SageMakerCreateTrainingJobOperator
from airflow_sm_training.sagemaker import backoff
from airflow_sm_training.sagemaker.statuses import SecondaryStatus as Phase
from airflow_sm_training.triggers import killed, training_job
from airflow_sm_training.triggers.training_job import SageMakerTrainingJobTrigger
from tests.integration.task_runs import TaskRun, config

ANYWHERE = SimpleNamespace(dag_id="nightly", task_id="train", run_id="run", map_index=-1)


@pytest.fixture
def endpoint(monkeypatch):
    with LocalSageMaker(timeline=[Step(Phase.TRAINING, None)], run_processes=False) as endpoint:
        monkeypatch.setenv("AIRFLOW_CONN_AWS_DEFAULT", endpoint.airflow_connection)
        yield endpoint


@pytest.fixture
def airflow(monkeypatch):
    """What Airflow says of the task when it is asked."""
    said = SimpleNamespace(state="failed", awaited_job="job-0", has_on_kill=True)
    monkeypatch.setattr(killed, "read_state", lambda _: said.state)
    monkeypatch.setattr(killed, "read_xcom", lambda *_: said.awaited_job)
    monkeypatch.setattr(training_job, "triggers_have_on_kill", lambda: said.has_on_kill)
    return said


def create(count):
    hook = SageMakerTrainingJobHook()
    for number in range(count):
        hook.create_training_job(config(TrainingJobName=f"job-{number}"))


def trigger(number=0, **parameters):
    made = SageMakerTrainingJobTrigger(training_job_name=f"job-{number}", poll_interval=0.1, **parameters)
    made._task_instance = ANYWHERE
    return made


async def described(endpoint, times=1):
    while endpoint.requests["DescribeTrainingJob"] < times:  # noqa: ASYNC110 - the endpoint is on threads of its own
        await asyncio.sleep(0.05)


async def kill(triggers, endpoint, *, cancels=1):
    """Do to each what the triggerer does: cancel its run, then call on_kill, and cancel that again and again."""
    runs = [asyncio.create_task(anext(each.run())) for each in triggers]
    await described(endpoint, len(triggers))
    for run in runs:
        run.cancel()
    await asyncio.gather(*runs, return_exceptions=True)
    kills = [asyncio.create_task(each.on_kill()) for each in triggers]
    for _ in range(cancels):
        await asyncio.sleep(0.05)
        for running in kills:
            running.cancel()
    await asyncio.gather(*kills, return_exceptions=True)


@pytest.mark.parametrize("state", ["failed", "success", None, "running", "queued", "up_for_retry"])
async def test_a_killed_task_stops_its_job_once(endpoint, airflow, state):
    airflow.state = state
    create(1)

    await kill([trigger()], endpoint)

    assert endpoint.requests["StopTrainingJob"] == 1


@pytest.mark.parametrize(
    ("awaited_job", "stops"),
    [("job-0", 0), (None, 0), ("job-0-e2", 1)],
    ids=["moved to another triggerer", "moved, no xcom", "cleared and deferred again"],
)
async def test_a_trigger_that_only_moved_leaves_the_job_alone(endpoint, airflow, awaited_job, stops):
    airflow.state, airflow.awaited_job = "deferred", awaited_job
    create(1)

    await kill([trigger()], endpoint)

    assert endpoint.requests["StopTrainingJob"] == stops


async def test_stop_on_kill_off_stops_nothing(endpoint, airflow):
    create(1)

    await kill([trigger(stop_on_kill=False)], endpoint)

    assert endpoint.requests["StopTrainingJob"] == 0


async def test_200_tasks_killed_at_once_all_stop_their_jobs_through_repeated_cancels(endpoint, airflow):
    create(200)
    endpoint.faults.add(Fault("latency", ["StopTrainingJob"], seconds=0.3))

    await kill([trigger(number) for number in range(200)], endpoint, cancels=20)

    assert endpoint.requests["StopTrainingJob"] == 200


async def test_a_stop_that_meets_trouble_is_tried_again(endpoint, airflow, monkeypatch):
    monkeypatch.setattr(backoff, "_LONGEST_SECONDS", 0.05)
    create(1)
    endpoint.faults.add(
        Fault("throttle", ["StopTrainingJob"], times=6), Fault("reset", ["DescribeTrainingJob"], times=6)
    )

    await kill([trigger(botocore_config={"retries": {"max_attempts": 0}})], endpoint)

    assert SageMakerTrainingJobHook().describe_training_job("job-0").status in {"Stopping", "Stopped"}


async def test_an_airflow_without_on_kill_stops_on_cancel(endpoint, airflow):
    airflow.has_on_kill = False
    create(1)
    run = asyncio.create_task(anext(trigger().run()))
    await described(endpoint)
    run.cancel()
    await asyncio.gather(run, return_exceptions=True)

    assert endpoint.requests["StopTrainingJob"] == 1


async def test_a_triggerer_that_ends_stops_nothing(endpoint, airflow):
    airflow.has_on_kill, airflow.state = False, "deferred"
    create(1)
    run = asyncio.create_task(anext(trigger().run()))
    await described(endpoint)
    run.cancel()
    await asyncio.gather(run, return_exceptions=True)

    assert endpoint.requests["StopTrainingJob"] == 0


def test_a_deferral_that_airflow_gave_up_stops_the_job(endpoint, monkeypatch):
    from airflow_sm_training.operators import training_job as operators

    create(1)
    monkeypatch.setattr(operators, "read_xcom", lambda *_: "job-0")
    operator = SageMakerCreateTrainingJobOperator(task_id="train", config=config())

    with pytest.raises(DEFERRAL_ERRORS):
        operator.resume_execution("__fail__", {"error": "Trigger timeout"}, {"ti": ANYWHERE})
    assert endpoint.requests["StopTrainingJob"] == 1


def test_a_worker_that_is_killed_while_it_waits_stops_the_job_once(endpoint, monkeypatch):
    """Airflow's signal handler calls on_kill in the middle of the event loop, and then once more."""
    run = TaskRun(deferrable=False)

    def on_term(*_):
        run.operator.on_kill()
        run.operator.on_kill()

    def kill_it_when_it_waits():
        while endpoint.requests["DescribeTrainingJob"] < 2:
            time.sleep(0.05)
        os.kill(os.getpid(), signal.SIGUSR1)

    before = signal.signal(signal.SIGUSR1, on_term)
    try:
        threading.Thread(target=kill_it_when_it_waits, daemon=True).start()
        with pytest.raises(Exception, match="somebody asked"):
            run(config())
    finally:
        signal.signal(signal.SIGUSR1, before)
    assert endpoint.requests["StopTrainingJob"] == 1


def test_a_cleared_task_stops_what_its_earlier_run_left(endpoint):
    run = TaskRun(deferrable=False)
    old = run(config(), wait_for_completion=False)["training_job_name"]
    run.max_tries = 1
    new = run(config(), wait_for_completion=False)["training_job_name"]

    hook = SageMakerTrainingJobHook()
    assert new == f"{old}-e2"
    assert hook.describe_training_job(old).status == "Stopped"
    assert hook.describe_training_job(new).status == "InProgress"
    assert endpoint.requests["StopTrainingJob"] == 1
