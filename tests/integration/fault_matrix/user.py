"""What a user does to a task: through the REST API, or, on Airflow 2, through the functions behind its buttons."""

from __future__ import annotations

import time
from http import HTTPStatus

from tests.integration.fault_matrix.cluster import IS_AIRFLOW_2

_MARK = """
import sys
from airflow.models.serialized_dag import SerializedDagModel
dag_id, run_id, state = sys.argv[1:]
dag = SerializedDagModel.get_dag(dag_id)
dag.set_task_instance_state(task_id="train", run_id=run_id, state=state, commit=True)
"""
_FAIL_RUN = """
import sys
from airflow.api.common.mark_tasks import set_dag_run_state_to_failed
from airflow.models.serialized_dag import SerializedDagModel
dag_id, run_id = sys.argv[1:]
set_dag_run_state_to_failed(dag=SerializedDagModel.get_dag(dag_id), run_id=run_id, commit=True)
"""
_CLEAR = """
import sys
from airflow.models.serialized_dag import SerializedDagModel
SerializedDagModel.get_dag(sys.argv[1]).clear()
"""


def mark(cluster, dag_id, run_id, state):
    """Mark the task failed or success."""
    if IS_AIRFLOW_2:
        cluster.run_python(_MARK, dag_id, run_id, state)
    else:
        _ask(cluster, "PATCH", f"{_path(dag_id, run_id)}/taskInstances/train", {"new_state": state})


def fail_run(cluster, dag_id, run_id):
    """Mark the DAG run failed."""
    if IS_AIRFLOW_2:
        cluster.run_python(_FAIL_RUN, dag_id, run_id)
    else:
        _ask(cluster, "PATCH", _path(dag_id, run_id), {"state": "failed"})


def clear(cluster, dag_id, run_id):
    """Clear the task."""
    if IS_AIRFLOW_2:
        cluster.run_python(_CLEAR, dag_id)
    else:
        body = {"dry_run": False, "dag_run_id": run_id, "task_ids": ["train"], "only_failed": False}
        _ask(cluster, "POST", f"/api/v2/dags/{dag_id}/clearTaskInstances", body)


def _ask(cluster, method, path, body):
    """Ask again, as people do, where Airflow's API answers 500: its transaction met another one, and was undone."""
    for _ in range(3):
        response = cluster.api._client.request(method, path, json=body)
        if response.status_code != HTTPStatus.INTERNAL_SERVER_ERROR:
            break
        time.sleep(1)
    assert response.is_success, response.text


def _path(dag_id, run_id):
    return f"/api/v2/dags/{dag_id}/dagRuns/{run_id}"
