"""An endpoint for each module, clean for each test. A module that wants another one overrides ``shared_endpoint``."""

from __future__ import annotations

import pytest

from airflow_sm_training.local import LocalSageMaker


@pytest.fixture(scope="module")
def shared_endpoint():
    with LocalSageMaker() as endpoint:
        yield endpoint


@pytest.fixture
def endpoint(shared_endpoint, monkeypatch):
    monkeypatch.setenv("AIRFLOW_CONN_AWS_DEFAULT", shared_endpoint.airflow_connection)
    shared_endpoint.requests.reset()
    yield shared_endpoint
    shared_endpoint.faults.clear()
