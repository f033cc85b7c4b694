"""What the demo found out, as data: for the tables on the screen and for ``--json``."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from airflow_sm_training.demo.failures import DemoFailed
from airflow_sm_training.demo.training_run import DAG_ID, TASK_ID

if TYPE_CHECKING:
    from airflow_sm_training.demo.api import AirflowApi
    from airflow_sm_training.demo.sagemaker_side import SageMakerSide
    from airflow_sm_training.demo.training_run import Snapshot, TrainingRun

ACCURACY = "validation:accuracy"
_LOG_TAIL = 15


@dataclass(frozen=True, slots=True)
class Report:
    """
    A successful run.

    :param dag_run_id: the run at Airflow
    :param xcom: what the training task left for the tasks after it: the normalised description of the job
    :param model_bytes: size of the model at its S3 URI, as a HEAD request saw it
    :param task_events: Airflow's audit log of the training task
    :param task_tries: Airflow's history of the training task
    :param observations: what was seen while it ran
    :param task_log: the last lines of the training task's log
    """

    dag_run_id: str
    xcom: dict[str, Any]
    model_bytes: int
    task_events: list[dict[str, Any]]
    task_tries: list[dict[str, Any]]
    observations: list[dict[str, Any]]
    task_log: list[str]

    @property
    def accuracy(self) -> float:
        """How much of the validation set the model gets right."""
        return float(self.xcom["derived"]["metrics"][ACCURACY])

    @property
    def model(self) -> str:
        """S3 URI of the model."""
        return str(self.xcom["model_artifacts"]["s3_model_artifacts"])

    @property
    def worker_seconds(self) -> float:
        """For how long the task held a worker."""
        return seconds_in("running", self.task_events)

    @property
    def deferred_seconds(self) -> float:
        """For how long it held none, from its deferral until it ran again."""
        return seconds_in("deferred", self.task_events)

    @property
    def phases(self) -> list[dict[str, Any]]:
        """The phases of the training job."""
        return list(self.xcom["derived"]["phases"])

    def to_dict(self) -> dict[str, Any]:
        """Return everything as JSON has it."""
        names = ("accuracy", "model", "worker_seconds", "deferred_seconds")
        return {name: getattr(self, name) for name in names} | asdict(self)


def success(run: TrainingRun, api: AirflowApi, sagemaker: SageMakerSide) -> Report:
    """
    Gather the evidence of a run that Airflow calls a success.

    :raises DemoFailed: the model is not where the task says it is
    """
    xcom = api.xcom(DAG_ID, run.run_id, TASK_ID)
    model = xcom["model_artifacts"]["s3_model_artifacts"]
    size = sagemaker.size_of(model)
    if size is None:
        raise DemoFailed(f"Airflow reports success, but there is no model at {model}")
    return Report(
        dag_run_id=run.run_id,
        xcom=xcom,
        model_bytes=size,
        task_events=api.events(DAG_ID, run.run_id, TASK_ID),
        task_tries=api.tries(DAG_ID, run.run_id, TASK_ID),
        observations=[_observation(snapshot) for snapshot in run.snapshots],
        task_log=api.log(DAG_ID, run.run_id, TASK_ID)[-_LOG_TAIL:],
    )


def failure(run: TrainingRun, last: Snapshot, api: AirflowApi) -> DemoFailed:
    """Say which task failed, why its job did if it has one, and what it logged last."""
    failed = next((task_id for task_id, state in last.task_states.items() if state == "failed"), None)
    if failed is None:
        return DemoFailed(f"The Dag run ended {last.run_state}, and none of its tasks failed")
    reason = f"The task {failed} of the Dag {DAG_ID} failed"
    if failed == TASK_ID and last.training_job is not None and last.training_job.failure_reason:
        reason += f", because its training job {last.training_job.name} did: {last.training_job.failure_reason}"
    return DemoFailed(reason, api.log(DAG_ID, run.run_id, failed)[-_LOG_TAIL:])


def seconds_in(event: str, events: list[dict[str, Any]]) -> float:
    """
    Return how long a task was in a state.

    :param event: the event that began it, such as ``running`` or ``deferred``
    :param events: the task's audit log, oldest first; each event lasts until the next
    """
    times = [datetime.fromisoformat(entry["when"]) for entry in events]
    spans = zip(events, times, times[1:], strict=False)
    return round(sum((end - start).total_seconds() for entry, start, end in spans if entry["event"] == event), 2)


def _observation(snapshot: Snapshot) -> dict[str, Any]:
    job = snapshot.training_job
    seen = {
        "seconds": snapshot.seconds,
        "task_states": snapshot.task_states,
        "running_slots": snapshot.running_slots,
        "deferred_slots": snapshot.deferred_slots,
    }
    if job is not None:
        seen |= {"training_job_status": str(job.status), "secondary_status": str(job.secondary_status)}
    return seen
