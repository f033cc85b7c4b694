"""Jobs that run as processes, with a runner that only plays one."""

from __future__ import annotations

import pytest
from local_world import RUNNABLE, World

from airflow_sm_training.sagemaker.statuses import SecondaryStatus, TrainingJobStatus

IMAGE = {"TrainingImage": RUNNABLE, "TrainingInputMode": "File"}


@pytest.fixture
def world():
    world = World()
    world.create("job", AlgorithmSpecification=IMAGE)
    return world


def test_the_runner_gets_the_request_and_its_phases_are_described(world):
    (process,) = world.runner.processes
    assert process.request["TrainingJobName"] == "job"
    assert world.status("job") == ("InProgress", "Starting")
    world.now += 5
    process.listener.on_phase(SecondaryStatus.TRAINING, "training now")
    process.listener.on_metric("loss", 0.25, world.moment())
    world.now += 7
    process.listener.on_end(
        TrainingJobStatus.COMPLETED, SecondaryStatus.COMPLETED, "done", model_artifacts="s3://bucket/model.tar.gz"
    )
    described = world.describe("job")
    assert [item["StatusMessage"] for item in described["SecondaryStatusTransitions"]] == [
        "Starting the training job",
        "training now",
        "done",
    ]
    assert described["TrainingJobStatus"] == "Completed"
    assert described["ModelArtifacts"] == {"S3ModelArtifacts": "s3://bucket/model.tar.gz"}
    assert described["FinalMetricDataList"][0]["Value"] == 0.25
    assert described["TrainingTimeInSeconds"] == 7


def test_a_failure_is_told_as_it_was_reported(world):
    listener = world.runner.processes[0].listener
    listener.on_end(TrainingJobStatus.FAILED, SecondaryStatus.FAILED, "", failure_reason="AlgorithmError: exit code 1")
    described = world.describe("job")
    assert (described["TrainingJobStatus"], described["FailureReason"]) == ("Failed", "AlgorithmError: exit code 1")


def test_a_stop_reaches_the_process_once_and_the_job_is_stopping_until_it_ends(world):
    (process,) = world.runner.processes
    world.call("StopTrainingJob", TrainingJobName="job")
    world.call("StopTrainingJob", TrainingJobName="job")
    assert process.stops == [SecondaryStatus.STOPPED]
    process.listener.on_phase(SecondaryStatus.UPLOADING, "")
    assert world.status("job") == ("Stopping", "Uploading")
    process.listener.on_end(TrainingJobStatus.STOPPED, SecondaryStatus.STOPPED, "")
    assert world.status("job") == ("Stopped", "Stopped")


def test_a_stop_while_the_process_starts_is_not_lost():
    world = World()
    world.runner.while_starting = lambda: world.call("StopTrainingJob", TrainingJobName="job")
    world.create("job", AlgorithmSpecification=IMAGE)
    assert world.runner.processes[0].stops == [SecondaryStatus.STOPPED]


def test_max_runtime_stops_the_process(world):
    (process,) = world.runner.processes
    process.listener.on_phase(SecondaryStatus.TRAINING, "")
    world.now += 3600
    world.store.advance()
    assert process.stops == [SecondaryStatus.MAX_RUNTIME_EXCEEDED]


def test_an_interruption_reaches_the_process():
    world = World()
    world.create(
        "job",
        AlgorithmSpecification=IMAGE,
        EnableManagedSpotTraining=True,
        StoppingCondition={"MaxRuntimeInSeconds": 10, "MaxWaitTimeInSeconds": 20},
    )
    world.service.interrupt("us-east-1", "job")
    assert world.runner.processes[0].stops == [SecondaryStatus.INTERRUPTED]


def test_nothing_changes_a_job_that_has_ended(world):
    listener = world.runner.processes[0].listener
    listener.on_end(TrainingJobStatus.COMPLETED, SecondaryStatus.COMPLETED, "")
    before = world.describe("job")
    world.now += 5
    listener.on_phase(SecondaryStatus.TRAINING, "late")
    listener.on_end(TrainingJobStatus.FAILED, SecondaryStatus.FAILED, "late")
    assert world.describe("job") == before


def test_a_process_that_cannot_be_started_is_a_failed_job():
    world = World()
    world.runner.error = OSError("no more processes")
    world.create("job", AlgorithmSpecification=IMAGE)
    described = world.describe("job")
    assert described["TrainingJobStatus"] == "Failed"
    assert described["FailureReason"].endswith("could not be started: no more processes")


def test_what_the_runner_cannot_run_follows_the_default_timeline():
    world = World()
    world.create("job")
    world.now += 1.9
    assert world.status("job")[0] == "InProgress"
    world.now += 0.2
    assert world.status("job")[0] == "Completed"
    assert world.runner.processes == []
