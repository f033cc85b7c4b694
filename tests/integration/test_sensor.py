"""What a sensor comes to, in every mode, over the wire."""

from __future__ import annotations

import itertools
import re
import time

import pytest

from airflow_sm_training.compat import AirflowFailException, AirflowSensorTimeout, AirflowSkipException
from airflow_sm_training.hooks.training_job import SageMakerTrainingJobHook
from airflow_sm_training.local import LocalSageMaker
from airflow_sm_training.local.faults import Fault
from airflow_sm_training.local.timeline import Step
from airflow_sm_training.sagemaker import backoff
from airflow_sm_training.sagemaker.statuses import SecondaryStatus as Phase
from airflow_sm_training.sensors.training_job import SageMakerTrainingJobSensor
from tests.integration.airflow_runs import load_dag, xcoms
from tests.integration.task_runs import MovableTime, TaskRun, config

numbers = itertools.count()
SOON, LATER = 0.1, 900.0  # seconds; to what is later, the time jumps after the first look
BRIEFLY = [Step(Phase.DOWNLOADING, SOON), Step(Phase.TRAINING, SOON)]
FOR_EVER = [Step(Phase.TRAINING, None)]
FAILS = [Step(Phase.TRAINING, SOON), Step(Phase.FAILED, failure_reason="AlgorithmError: out of cheese")]
LIMITED = [Step(Phase.TRAINING, SOON), Step(Phase.MAX_RUNTIME_EXCEEDED)]
TIME = MovableTime()
WARM = {"ResourceConfig": {**config()["ResourceConfig"], "KeepAlivePeriodInSeconds": 600}}


@pytest.fixture(scope="module")
def shared_endpoint():
    with LocalSageMaker(run_processes=False, clock=TIME) as endpoint:
        yield endpoint


@pytest.fixture
def job(endpoint):
    """Create a job that follows a timeline, not through Airflow, and return its name."""

    def create(timeline, **fields):
        name = f"job-{next(numbers)}"
        endpoint.script(name, timeline)
        SageMakerTrainingJobHook().create_training_job(config(TrainingJobName=name, **fields))
        return name

    return create


@pytest.fixture(params=[True, False], ids=["deferrable", "poke"])
def run(request, endpoint):
    return TaskRun(deferrable=request.param)


def wait(run, name, until="Completed", **parameters):
    parameters = {"poll_interval": 0.1, "timeout": 20, **parameters}
    sensor = SageMakerTrainingJobSensor(
        task_id="wait", training_job_name=name, until=until, deferrable=run.deferrable, **parameters
    )
    return run.of(sensor)


def told(error):
    """What an error says and what it came from: Airflow 3 skips with words of its own when it resumes a sensor."""
    return f"{error} {told(error.__cause__)}" if error else ""


@pytest.mark.parametrize(
    ("until", "timeline", "fields", "seen"),
    [
        ("Completed", [], {}, "Completed"),
        ("Training", FOR_EVER, {}, "Training"),
        ("ended", FAILS, {}, "Failed"),
        ("Stopped", LIMITED, {}, "MaxRuntimeExceeded"),
        ("WarmPoolAvailable", [], WARM, "Completed"),
    ],
)
def test_waits_for_what_it_is_told_to(run, job, endpoint, until, timeline, fields, seen):  # noqa: PLR0917
    name = job([Step(Phase.STARTING, LATER), *timeline], **fields)
    TIME.jump_after_a_look(endpoint, LATER)
    result = wait(run, name, until)

    assert (result["training_job_name"], result["secondary_status"]) == (name, seen)
    assert run.deferrals == run.deferrable
    assert run.xcoms["sagemaker_training_job_link"]["training_job_name"] == name


def test_a_phase_that_is_over_counts_and_needs_no_deferral(run, job, endpoint):
    name = job([Step(Phase.TRAINING, 0.0), Step(Phase.UPLOADING, None)])
    time.sleep(0.2)

    assert wait(run, name, "Training")["secondary_status"] == "Uploading"
    assert run.deferrals == 0
    assert endpoint.requests["DescribeTrainingJob"] == 1


@pytest.mark.parametrize(
    ("until", "timeline", "soft_fail", "says"),
    [
        ("Completed", FAILS, False, "is Failed and can no longer be Completed: AlgorithmError: out of cheese"),
        ("Completed", FAILS, True, "is Failed and can no longer be Completed: AlgorithmError: out of cheese"),
        ("Completed", LIMITED, False, r"is Stopped \(MaxRuntimeExceeded\)"),
        ("Restarting", BRIEFLY, False, "can no longer be Restarting"),
        ("WarmPoolAvailable", BRIEFLY, True, "KeepAlivePeriodInSeconds was not set"),
    ],
)
def test_what_can_no_longer_come_fails_at_once_or_skips(run, job, until, timeline, soft_fail, says):  # noqa: PLR0917
    with pytest.raises(AirflowSkipException if soft_fail else AirflowFailException) as raised:
        wait(run, job(timeline), until, soft_fail=soft_fail)

    assert re.search(says, told(raised.value))


@pytest.mark.parametrize("soft_fail", [False, True], ids=["hard", "soft"])
def test_the_timeout_of_a_sensor(run, job, endpoint, soft_fail):
    with pytest.raises(AirflowSkipException if soft_fail else AirflowSensorTimeout) as raised:
        wait(run, job(FOR_EVER), timeout=0.5, soft_fail=soft_fail)

    assert re.search("deadline|timed out", told(raised.value))
    assert endpoint.requests["StopTrainingJob"] == 0


def test_an_unknown_name_fails_at_once_and_says_so(run):
    with pytest.raises(AirflowFailException, match=r"no-such-job.*Check the name"):
        wait(run, "no-such-job")


def test_trouble_that_passes_is_waited_out(run, job, endpoint, monkeypatch):
    monkeypatch.setattr(backoff, "_FIRST_SECONDS", 0.05)
    name = job(BRIEFLY)
    endpoint.faults.add(Fault("throttle", ["DescribeTrainingJob"], times=7))

    # The synchronous client retries by itself first; a sensor must outlast that, too.
    assert wait(run, name, botocore_config={"retries": {"max_attempts": 0}})["training_job_status"] == "Completed"


def test_never_touches_the_job_when_its_trigger_is_killed(job, endpoint):
    from airflow_sm_training.compat import TaskDeferred

    name = job(FOR_EVER)
    sensor = SageMakerTrainingJobSensor(task_id="wait", training_job_name=name, deferrable=True)
    with pytest.raises(TaskDeferred) as deferred:
        sensor.execute({"ti": TaskRun(deferrable=True)._task_instance()})

    _, kwargs = deferred.value.trigger.serialize()
    assert (kwargs["stop_on_kill"], kwargs["stream_logs"], kwargs["log_lines"]) == (False, False, 0)
    assert kwargs["until"] == "Completed"
    assert type(kwargs["until"]) is str


WAITS = """
from airflow.providers.common.compat.sdk import DAG
from airflow_sm_training.sensors.training_job import SageMakerTrainingJobSensor

with DAG("waits", schedule=None):
    SageMakerTrainingJobSensor.partial(
        task_id="wait", until="ended", mode="reschedule", deferrable=False, poll_interval=0.5
    ).expand(training_job_name={names})
"""


def test_mapped_sensors_in_a_dag_give_their_worker_back_between_looks(job, airflow_database, tmp_path, monkeypatch):
    from airflow import settings

    monkeypatch.setattr(settings, "DAGS_FOLDER", str(tmp_path))
    names = [job([Step(Phase.STARTING, 2.0)]), job([Step(Phase.STARTING, 2.0), *FAILS])]
    (tmp_path / "waits.py").write_text(WAITS.format(names=names))

    dag_run = load_dag("waits", tmp_path).test()

    assert dag_run.state == "success"
    assert [found["training_job_status"] for found in xcoms(dag_run, "wait")] == ["Completed", "Failed"]
