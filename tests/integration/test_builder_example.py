"""Requests that were built, all the way through Airflow: mapped, rendered, customised, sent."""

from __future__ import annotations

import pytest

from tests.integration.airflow_runs import load_dag, xcoms

pytestmark = pytest.mark.usefixtures("airflow_database")


def test_build_request_renders_and_customises_each_request_it_is_expanded_over(local_sagemaker, monkeypatch):
    monkeypatch.setenv("AIRFLOW_CONN_AWS_DEFAULT", local_sagemaker.airflow_connection)

    dag_run = load_dag("build_request").test(run_conf={"epochs": 7})

    assert dag_run.state == "success"
    jobs = xcoms(dag_run, "train")
    assert [job["hyper_parameters"] for job in jobs] == [
        {"epochs": "7", "optimizer": "sgd"},
        {"epochs": "7", "optimizer": "adam"},
    ]
    assert {job["stopping_condition"]["max_runtime_in_seconds"] for job in jobs} == {420}
    assert len({job["training_job_name"] for job in jobs}) == 2
