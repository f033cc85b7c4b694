from __future__ import annotations

import pytest

from airflow_sm_training.local import LocalSageMaker


@pytest.fixture(scope="module")
def running_endpoint():
    with LocalSageMaker(grace_period_in_seconds=2.0) as endpoint:
        yield endpoint


@pytest.fixture
def endpoint(running_endpoint):
    running_endpoint.faults.clear()
    running_endpoint.requests.reset()
    yield running_endpoint
    running_endpoint.faults.clear()


@pytest.fixture
def client(endpoint):
    client = endpoint.client("sagemaker")
    yield client
    client.close()
