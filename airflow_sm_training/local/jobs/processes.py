"""Plays jobs that run as processes: translates between the runner, which knows processes, and the store."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from airflow_sm_training.local.jobs.job import Metric
from airflow_sm_training.sagemaker.statuses import FailureKind, SecondaryStatus

if TYPE_CHECKING:
    from datetime import datetime

    from airflow_sm_training.local.jobs.job import TrainingJob
    from airflow_sm_training.local.jobs.lifecycle import Lifecycle
    from airflow_sm_training.local.jobs.listener import TrainingJobRunner
    from airflow_sm_training.local.jobs.store import JobStore
    from airflow_sm_training.sagemaker.statuses import TrainingJobStatus


class ProcessPlayer:
    """
    Runs jobs with a runner.

    :param store: where the jobs are; its lock is held while the methods are called, except for :meth:`start`.
    :param lifecycle: what ends jobs.
    :param runner: runs the processes.
    """

    def __init__(self, store: JobStore, lifecycle: Lifecycle, runner: TrainingJobRunner) -> None:
        self._store = store
        self._lifecycle = lifecycle
        self._runner = runner

    def can_play(self, request: dict[str, Any]) -> bool:
        """Whether the request names something that can be run here."""
        return self._runner.can_run(request)

    def start(self, job: TrainingJob) -> None:
        """Start the job's process. Called without the lock: a runner may take its time to begin."""
        listener = _Listener(self._store, self._lifecycle, job)
        try:
            process = self._runner.start(
                arn=job.arn, region_name=job.region_name, request=job.request, listener=listener
            )
        except (OSError, ValueError) as error:
            with self._store.at_present() as now:
                reason = f"{FailureKind.INTERNAL}: the training process could not be started: {error}"
                self._lifecycle.end(job, SecondaryStatus.FAILED, now, failure_reason=reason)
            return
        with self._store.lock:
            job.process = process
            # A stop that came while the process was being started has waited for this.
            if job.requested_end is not None and not job.has_ended:
                process.stop(job.requested_end)

    def stop(self, job: TrainingJob, secondary_status: SecondaryStatus, now: float) -> None:
        """Ask the process to end."""
        self._lifecycle.enter(job, SecondaryStatus.STOPPING, now)
        if job.process is not None:
            job.process.stop(secondary_status)

    def interrupt(self, job: TrainingJob, now: float) -> None:  # noqa: ARG002 - the runner reports the phases
        """Ask the process to end and to begin anew."""
        if job.process is not None:
            job.process.stop(SecondaryStatus.INTERRUPTED)


class _Listener:
    """Writes down what the runner's threads tell of one job."""

    def __init__(self, store: JobStore, lifecycle: Lifecycle, job: TrainingJob) -> None:
        self._store = store
        self._lifecycle = lifecycle
        self._job = job

    def on_phase(self, secondary_status: SecondaryStatus, message: str) -> None:
        with self._store.at_present() as now:
            if not self._job.has_ended:
                self._lifecycle.enter(self._job, secondary_status, now, message or None)

    def on_metric(self, name: str, value: float, timestamp: datetime) -> None:
        with self._store.at_present() as now:
            self._job.metrics[name] = Metric(value, timestamp.timestamp())
            self._store.touch(self._job, now)

    def on_end(
        self,
        status: TrainingJobStatus,  # noqa: ARG002 - the secondary status says it
        secondary_status: SecondaryStatus,
        message: str,
        *,
        failure_reason: str | None = None,
        model_artifacts: str | None = None,
    ) -> None:
        with self._store.at_present() as now:
            self._lifecycle.end(
                self._job,
                secondary_status,
                now,
                message=message or None,
                failure_reason=failure_reason,
                model_artifacts=model_artifacts,
            )
