"""One Dag run, watched from both sides until it has ended."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any

    from airflow_sm_training.demo.sagemaker_side import SageMakerSide
    from airflow_sm_training.demo.standalone import StandaloneAirflow
    from airflow_sm_training.sagemaker.description import TrainingJobDescription

DAG_ID = "train_digits"
TASK_ID = "train"
_TASKS = (TASK_ID, "check_model")
_ENDED = {"success", "failed"}
_SECONDS_BETWEEN_LOOKS = 0.5


@dataclass(frozen=True, slots=True)
class Snapshot:
    """
    What was seen at one moment.

    :param seconds: since the run was triggered
    :param run_state: of the Dag run
    :param task_states: of each task, in the order in which they run; ``None`` before Airflow looked at it
    :param running_slots: how many task instances hold a worker
    :param deferred_slots: how many wait in the triggerer
    :param training_job: the job at the endpoint, once there is one
    """

    seconds: float
    run_state: str
    task_states: dict[str, str | None]
    running_slots: int
    deferred_slots: int
    training_job: TrainingJobDescription | None

    @property
    def is_deferred(self) -> bool:
        """Whether the training task waits in the triggerer."""
        return self.task_states.get(TASK_ID) == "deferred"


class TrainingRun:
    """
    A run of the example Dag.

    :param airflow: where it runs
    :param sagemaker: where its training job runs
    :param params: parameters of the Dag
    """

    def __init__(self, airflow: StandaloneAirflow, sagemaker: SageMakerSide, params: dict[str, Any]) -> None:
        self._airflow = airflow
        self._sagemaker = sagemaker
        self._start = time.monotonic()
        self.run_id = airflow.api.trigger(DAG_ID, params)
        self.snapshots: list[Snapshot] = []

    def follow(self, on_snapshot: Callable[[Snapshot], None], timeout_seconds: float) -> Snapshot | None:
        """
        Watch the run until it has ended.

        :param on_snapshot: called with everything that is seen
        :param timeout_seconds: how long to watch
        :return: the last snapshot; ``None`` if the run has not ended in time
        :raises DemoFailed: Airflow has ended
        """
        for snapshot in self._looks(timeout_seconds):
            self.snapshots.append(snapshot)
            on_snapshot(snapshot)
            if snapshot.run_state in _ENDED:
                return snapshot
        return None

    def _looks(self, timeout_seconds: float) -> Iterator[Snapshot]:
        while time.monotonic() - self._start < timeout_seconds:
            self._airflow.check_alive()
            yield self._look()
            time.sleep(_SECONDS_BETWEEN_LOOKS)

    def _look(self) -> Snapshot:
        api = self._airflow.api
        # The run's state first: the tasks of a run that has ended no longer change.
        run_state = api.dag_run(DAG_ID, self.run_id)["state"]
        states = {task["task_id"]: task["state"] for task in api.task_instances(DAG_ID, self.run_id)}
        pool = api.pool()
        return Snapshot(
            seconds=round(time.monotonic() - self._start, 2),
            run_state=run_state,
            task_states={task_id: states.get(task_id) for task_id in _TASKS},
            running_slots=pool["running_slots"],
            deferred_slots=pool["deferred_slots"],
            training_job=self._sagemaker.training_job(),
        )
