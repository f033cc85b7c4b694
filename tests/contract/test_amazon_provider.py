"""The stock operator of the amazon provider, with nothing but a connection to the endpoint."""

from __future__ import annotations

import asyncio
import logging
import time
from types import SimpleNamespace

import pytest
from endpoint_requests import FOR_EVER, create_request, timeline, unique

SHORT = timeline(
    {"secondary_status": "Starting", "seconds": 0.3},
    {"secondary_status": "Training", "seconds": 0.5, "metrics": {"acc": 0.9}},
)
FAILS = timeline(
    {"secondary_status": "Starting", "seconds": 0.3},
    {"secondary_status": "Failed", "failure_reason": "AlgorithmError: out of ideas"},
)


@pytest.fixture
def run(endpoint, monkeypatch):
    """Execute the operator as a worker does, and as a triggerer and a second worker do if it defers."""
    pytest.importorskip("airflow.providers.amazon.aws.operators.sagemaker")
    from airflow.providers.amazon.aws.operators.sagemaker import SageMakerTrainingOperator

    from airflow_sm_training.compat import TaskDeferred

    monkeypatch.setenv("AIRFLOW_CONN_AWS_DEFAULT", endpoint.airflow_connection)

    def execute(config, **parameters):
        train = SageMakerTrainingOperator(task_id="train", config=config, check_interval=1, **parameters)
        context = {"ti": SimpleNamespace(xcom_push=lambda **_: None), "task_instance": None}
        try:
            return train.execute(context)
        except TaskDeferred as deferred:
            event = asyncio.run(first_event(deferred.trigger))
            return getattr(train, deferred.method_name)(context, event)

    return execute


async def first_event(trigger):
    async for event in trigger.run():
        return event.payload
    return None


@pytest.mark.parametrize("deferrable", [False, True])
def test_it_waits_for_a_job(endpoint, run, deferrable):
    name = unique("stock")
    config = create_request(endpoint, name, HyperParameters=SHORT)
    training = run(config, deferrable=deferrable, print_log=False)["Training"]
    assert training["TrainingJobName"] == name
    assert training["TrainingJobStatus"] == "Completed"
    assert endpoint.requests["CreateTrainingJob"] == 1


def test_it_submits_without_waiting(endpoint, run, client):
    name = unique("stock")
    run(create_request(endpoint, name, HyperParameters=FOR_EVER), wait_for_completion=False)
    assert client.describe_training_job(TrainingJobName=name)["TrainingJobStatus"] == "InProgress"


@pytest.mark.parametrize("deferrable", [False, True])
def test_it_reports_a_failure(endpoint, run, deferrable):
    from airflow.exceptions import AirflowException

    config = create_request(endpoint, HyperParameters=FAILS)
    with pytest.raises(AirflowException, match=r"out of ideas|Failed"):
        run(config, deferrable=deferrable, print_log=False)


def test_it_shows_the_log_of_a_program(endpoint, run, caplog, capfd, monkeypatch):
    # The operator looks at the status every 30 seconds only while it shows logs: its clock has to run faster.
    faster = SimpleNamespace(monotonic=lambda: time.monotonic() * 60, sleep=time.sleep)
    monkeypatch.setattr("airflow.providers.amazon.aws.hooks.sagemaker.time", faster)
    program = ["python", "-c", "print('a line of the program')"]
    algorithm = {"TrainingImage": "image", "TrainingInputMode": "File", "ContainerEntrypoint": program}
    with caplog.at_level(logging.INFO):
        training = run(create_request(endpoint, AlgorithmSpecification=algorithm))["Training"]
    assert training["TrainingJobStatus"] == "Completed"
    shown = caplog.text + "".join(capfd.readouterr())  # Airflow 3 writes to the terminal, Airflow 2 to logging
    assert "a line of the program" in shown.replace("print('a line of the program')", "")
