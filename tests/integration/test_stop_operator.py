"""What stopping a job comes to, both paths, over the wire."""

from __future__ import annotations

import itertools
import time
from datetime import timedelta

import pytest

from airflow_sm_training.compat import AirflowFailException, AirflowTaskTimeout
from airflow_sm_training.hooks.training_job import SageMakerTrainingJobHook
from airflow_sm_training.local import LocalSageMaker
from airflow_sm_training.local.faults import Fault
from airflow_sm_training.local.jobs.scripted import ScriptedDelays
from airflow_sm_training.local.timeline import Step
from airflow_sm_training.operators.training_job import SageMakerStopTrainingJobOperator
from airflow_sm_training.sagemaker.statuses import SecondaryStatus as Phase
from tests.integration.task_runs import BUCKET, TaskRun, config

numbers = itertools.count()
FOR_EVER = [Step(Phase.TRAINING, None)]


@pytest.fixture(scope="module")
def shared_endpoint():
    with LocalSageMaker(grace_period_in_seconds=5, delays=ScriptedDelays(stop=0.8)) as endpoint:
        yield endpoint


@pytest.fixture
def job(endpoint):
    def create(timeline=None, **fields):
        name = f"job-{next(numbers)}"
        if timeline:
            endpoint.script(name, timeline)
        request = config(**{"TrainingJobName": name, **fields.pop("request", {})}, **fields)
        SageMakerTrainingJobHook().create_training_job(request)
        return name

    return create


@pytest.fixture(params=[True, False], ids=["deferrable", "synchronous"])
def run(request, endpoint):
    return TaskRun(deferrable=request.param)


def stop(run, name, **parameters):
    parameters = {"poll_interval": 0.1, **parameters}
    return run.of(
        SageMakerStopTrainingJobOperator(
            task_id="stop", training_job_name=name, deferrable=run.deferrable, **parameters
        )
    )


def test_waits_until_the_job_is_stopped(run, job, endpoint):
    result = stop(run, name := job(FOR_EVER))

    assert (result["training_job_status"], result["secondary_status"]) == ("Stopped", "Stopped")
    assert endpoint.requests["StopTrainingJob"] == 1
    assert run.deferrals == run.deferrable
    assert run.xcoms["sagemaker_training_job_link"]["training_job_name"] == name


def test_says_what_the_job_saved(run, job, endpoint):
    program = (
        "import os, signal, sys, time; "
        "save = lambda *_: (open(os.environ['SM_MODEL_DIR'] + '/half', 'w').write('trained'), sys.exit(0)); "
        "signal.signal(signal.SIGTERM, save); print('ready', flush=True); time.sleep(60)"
    )
    body = config(program)
    name = job(request={"AlgorithmSpecification": body["AlgorithmSpecification"]})
    hook, deadline = SageMakerTrainingJobHook(), time.monotonic() + 20
    while hook.describe_training_job(name).secondary_status != "Training" and time.monotonic() < deadline:
        time.sleep(0.1)
    time.sleep(0.7)  # until it has said what it does with SIGTERM

    artifacts = stop(run, name)["model_artifacts"]["s3_model_artifacts"]

    key = artifacts.removeprefix(f"s3://{BUCKET}/")
    assert endpoint.client("s3").head_object(Bucket=BUCKET, Key=key)["ContentLength"]


@pytest.mark.parametrize("end", [Phase.COMPLETED, Phase.FAILED, Phase.STOPPED, Phase.MAX_RUNTIME_EXCEEDED])
def test_a_job_that_has_ended_is_no_error(run, job, endpoint, end):
    name = job([Step(end)])
    time.sleep(0.2)

    assert stop(run, name)["secondary_status"] == end
    assert endpoint.requests["StopTrainingJob"] == 0
    assert run.deferrals == 0


def test_a_job_that_is_being_stopped_is_waited_for_and_not_stopped_again(run, job, endpoint):
    name = job(FOR_EVER)
    SageMakerTrainingJobHook().stop_training_job(name)

    assert stop(run, name)["training_job_status"] == "Stopped"
    assert endpoint.requests["StopTrainingJob"] == 1


def test_without_waiting(run, job):
    result = stop(run, job(FOR_EVER), wait_for_completion=False)

    assert result["training_job_status"] == "Stopping"
    assert run.deferrals == 0


def test_an_unknown_name_is_an_error(run):
    with pytest.raises(AirflowFailException, match=r"no-such-job.*Check the name"):
        stop(run, "no-such-job")


def test_a_missing_permission_spends_no_retry(run, job, endpoint):
    name = job(FOR_EVER)
    endpoint.faults.add(Fault("deny", ["StopTrainingJob"]))

    with pytest.raises(AirflowFailException, match="StopTrainingJob"):
        stop(run, name)


def test_execution_timeout_ends_the_wait(run, job, monkeypatch):
    with LocalSageMaker(delays=ScriptedDelays(stop=600)) as slow:
        monkeypatch.setenv("AIRFLOW_CONN_AWS_DEFAULT", slow.airflow_connection)
        slow.script("job-*", FOR_EVER)
        name = job()
        with pytest.raises(AirflowTaskTimeout, match="deadline"):
            stop(run, name, execution_timeout=timedelta(seconds=0.3))
