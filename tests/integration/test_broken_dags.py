"""A Dag with a wrong request, as Airflow loads and runs it."""

from __future__ import annotations

import textwrap

import pytest

from tests.integration.airflow_runs import load_bag, load_dag
from tests.integration.task_runs import config

HEAD = """
from airflow.providers.common.compat.sdk import DAG
from airflow_sm_training.operators.training_job import SageMakerCreateTrainingJobOperator as Create

CONFIG = {config!r}
"""


def _write(folder, dag_id, body, request):
    (folder / f"{dag_id}.py").write_text(HEAD.format(config=request) + textwrap.dedent(body))


def test_the_import_error_lists_every_mistake(tmp_path):
    request = config(RoleArm="x", EnableManagedSpotTraining=True, HyperParameters={"epochs": "{{ params.epochs }}"})
    del request["OutputDataConfig"]
    _write(tmp_path, "broken", 'with DAG("broken"):\n    Create(task_id="train", config=CONFIG)\n', request)

    (shown,) = load_bag("broken", tmp_path).import_errors.values()

    assert "TaskRequestInvalid: The config of task 'train' is wrong in 3 things:" in shown
    for mistake in (
        "RoleArm: unknown field",
        "OutputDataConfig: is required",
        "StoppingCondition.MaxWaitTimeInSeconds: ",
    ):
        assert f"  - {mistake}" in shown


@pytest.mark.usefixtures("airflow_database")
def test_of_a_mapped_task_only_the_instance_with_the_wrong_config_fails_and_it_is_not_retried(
    tmp_path, local_sagemaker, monkeypatch
):
    from airflow import settings

    monkeypatch.setattr(settings, "DAGS_FOLDER", str(tmp_path))
    monkeypatch.setenv("AIRFLOW_CONN_AWS_DEFAULT", local_sagemaker.airflow_connection)
    body = """
    with DAG("mapped", schedule=None) as dag:
        configs = [CONFIG, {**CONFIG, "RoleArm": "x"}]
        Create.partial(task_id="train", poll_interval=0.1, retries=3).expand(config=configs)
    """
    _write(tmp_path, "mapped", body, config())

    run = load_dag("mapped", tmp_path).test()

    states = {instance.map_index: str(instance.state) for instance in run.get_task_instances()}
    assert states == {0: "success", 1: "failed"}
    assert local_sagemaker.requests["CreateTrainingJob"] == 1
