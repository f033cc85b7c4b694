"""Loads and runs Dags in this process, and reads what they left, on Airflow 2.11 and on Airflow 3."""

from __future__ import annotations

from pathlib import Path

EXAMPLE_DAGS = Path(__file__).parents[2] / "example_dags"


def load_bag(dag_id, folder=EXAMPLE_DAGS):
    """Return what Airflow makes of the file of a Dag, its import errors included."""
    try:
        from airflow.dag_processing.dagbag import DagBag
    except ImportError:
        from airflow.models.dagbag import DagBag

    return DagBag(folder / f"{dag_id}.py")


def load_dag(dag_id, folder=EXAMPLE_DAGS):
    """Return the Dag of a file, an example unless told otherwise, loaded as Airflow does."""
    bag = load_bag(dag_id, folder)
    assert bag.import_errors == {}
    return bag.dags[dag_id]


def xcoms(dag_run, task_id, key="return_value"):
    """Return what each map index of a task left, in order."""
    from airflow.utils.session import create_session

    where = {"run_id": dag_run.run_id, "dag_ids": dag_run.dag_id, "task_ids": task_id, "key": key}
    with create_session() as session:
        try:
            from airflow.models.xcom import XComModel
        except ImportError:
            from airflow.models.xcom import XCom

            # The rows of Airflow 2 have read their value themselves.
            rows = XCom.get_many(**where, session=session).order_by(None).order_by(XCom.map_index)
            return [row.value for row in rows]
        rows = session.scalars(XComModel.get_many(**where).order_by(None).order_by(XComModel.map_index))
        return [XComModel.deserialize_value(row) for row in rows]
