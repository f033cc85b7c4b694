"""Tasks killed by a user in a real Airflow: what reaches SageMaker, counted at the endpoint."""

from __future__ import annotations

import importlib.metadata
import time

import pytest

from airflow_sm_training.demo.settings import prepare
from airflow_sm_training.demo.standalone import StandaloneAirflow
from airflow_sm_training.local import LocalSageMaker, Step
from airflow_sm_training.sagemaker.statuses import SecondaryStatus as Phase

pytestmark = [
    pytest.mark.whole_airflow,
    pytest.mark.skipif(
        importlib.metadata.version("apache-airflow").startswith("2."),
        reason="what drives Airflow here is version 2 of its REST API, which came with Airflow 3",
    ),
]

DAG = """
from airflow.sdk import dag
from airflow_sm_training.operators.training_job import SageMakerCreateTrainingJobOperator

@dag(schedule=None)
def endless():
    SageMakerCreateTrainingJobOperator(
        task_id="train",
        deferrable=True,
        poll_interval=1,
        config={
            "AlgorithmSpecification": {"TrainingImage": "image", "TrainingInputMode": "File"},
            "RoleArn": "arn:aws:iam::123456789012:role/SageMakerExecutionRole",
            "OutputDataConfig": {"S3OutputPath": "s3://sagemaker-us-east-1-123456789012/models"},
            "ResourceConfig": {"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 10},
            "StoppingCondition": {"MaxRuntimeInSeconds": 3600},
        },
    )

endless()
"""


def eventually(condition, seconds=40):
    deadline = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < deadline, f"not within {seconds} s: {condition.__name__}"
        time.sleep(0.2)
    return found


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    home = tmp_path_factory.mktemp("kills")
    (home / "dags").mkdir()
    (home / "dags" / "endless.py").write_text(DAG)
    with LocalSageMaker(timeline=[Step(Phase.TRAINING, None)], run_processes=False) as endpoint:
        settings = prepare(home, dags=home / "dags", aws_connection=endpoint.airflow_connection)
        with StandaloneAirflow(settings) as airflow:
            airflow.wait_until_ready("endless", 120)
            yield endpoint, airflow.api


class DeferredTask:
    """A run of the DAG whose task is deferred, and the job that it waits for."""

    def __init__(self, endpoint, api):
        self.api, self._sagemaker = api, endpoint.client("sagemaker")
        endpoint.requests.reset()
        self.run_id = api.trigger("endless", {})
        self.path = f"/api/v2/dags/endless/dagRuns/{self.run_id}"
        eventually(self.is_deferred)
        self.job = api.xcom("endless", self.run_id, "train", "training_job_name")

        def the_trigger_runs():
            return endpoint.requests["DescribeTrainingJob"] > 0

        eventually(the_trigger_runs)  # before, there is nobody whom Airflow could tell of a kill

    def is_deferred(self):
        return [task["state"] for task in self.api.task_instances("endless", self.run_id)] == ["deferred"]

    def mark(self, state):
        self.api._call("PATCH", f"{self.path}/taskInstances/train", json={"new_state": state})

    def fail_run(self):
        self.api._call("PATCH", self.path, json={"state": "failed"})

    def clear(self):
        body = {"dry_run": False, "dag_run_id": self.run_id, "task_ids": ["train"], "only_failed": False}
        self.api._call("POST", "/api/v2/dags/endless/clearTaskInstances", json=body)

    def status(self, job=None):
        return self._sagemaker.describe_training_job(TrainingJobName=job or self.job)["TrainingJobStatus"]

    def job_is_stopped(self):
        return self.status() == "Stopped"


@pytest.fixture
def task(world):
    endpoint, api = world
    task = DeferredTask(endpoint, api)
    endpoint.requests.reset()
    return task


@pytest.mark.parametrize(
    "kill",
    [lambda task: task.mark("failed"), lambda task: task.mark("success"), lambda task: task.fail_run()],
    ids=["marked failed", "marked success", "run failed"],
)
def test_a_killed_task_stops_its_job_once(world, task, kill):
    endpoint, _ = world

    kill(task)

    eventually(task.job_is_stopped)
    time.sleep(2)  # a second stop would come with the triggerer's next cancel
    assert endpoint.requests["StopTrainingJob"] == 1


def test_a_cleared_task_stops_its_job_and_trains_again(world, task):
    endpoint, api = world

    task.clear()
    eventually(task.job_is_stopped)

    def a_new_job_runs():
        return task.is_deferred() and api.xcom("endless", task.run_id, "train", "training_job_name") != task.job

    eventually(a_new_job_runs)
    new = api.xcom("endless", task.run_id, "train", "training_job_name")
    assert new == f"{task.job}-e2"
    assert task.status(new) == "InProgress"
    assert endpoint.requests["StopTrainingJob"] == 1
    task.mark("failed")
