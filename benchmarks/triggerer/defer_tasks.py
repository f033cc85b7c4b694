"""Run inside a :class:`benchmarks.triggerer.home.Home`: makes a run whose task instances are all deferred."""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime, timedelta

from airflow.models.dagbag import DBDagBag
from airflow.models.taskinstance import TaskInstance
from airflow.models.trigger import Trigger
from airflow.utils.session import create_session
from airflow.utils.state import DagRunState, TaskInstanceState
from airflow.utils.types import DagRunTriggeredByType, DagRunType

from benchmarks.subjects import Subject, trigger_arguments, trigger_class
from benchmarks.triggerer.home import DAG_ID


def main() -> None:
    order = json.loads(sys.argv[1])
    subject, poll_interval = Subject(order["subject"]), order["poll_interval"]
    now = datetime.now(UTC)
    with create_session() as session:
        dag = DBDagBag().get_latest_version_of_dag(DAG_ID, session=session)
        assert dag is not None
        dag.create_dagrun(
            run_id="all_deferred",
            run_after=now,
            run_type=DagRunType.MANUAL,
            triggered_by=DagRunTriggeredByType.TEST,
            state=DagRunState.RUNNING,
            session=session,
        )
        session.flush()
        instances = session.query(TaskInstance).filter_by(dag_id=DAG_ID).order_by(TaskInstance.map_index).all()
        assert len(instances) == len(order["names"]), f"{len(instances)} task instances"
        for instance, name in zip(instances, order["names"], strict=True):
            trigger = Trigger(trigger_class(subject)[0], trigger_arguments(subject, name, poll_interval))
            session.add(trigger)
            session.flush()
            instance.state = TaskInstanceState.DEFERRED
            instance.trigger_id = trigger.id
            instance.trigger_timeout = now + timedelta(days=1)
            instance.next_method = "execute_complete"
            instance.start_date = now
            instance.try_number = 1


if __name__ == "__main__":
    main()
