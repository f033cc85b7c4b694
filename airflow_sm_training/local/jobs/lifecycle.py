"""What is true of every training job, whether a process or a timeline drives it: limits, ends, warm pools."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from airflow_sm_training.local.jobs.warm_pool import WarmPool, find_available, match_key
from airflow_sm_training.local.timeline import ENDS
from airflow_sm_training.sagemaker.statuses import SecondaryStatus, TrainingJobStatus

if TYPE_CHECKING:
    from airflow_sm_training.local.jobs.job import TrainingJob
    from airflow_sm_training.local.jobs.schedule import Schedule
    from airflow_sm_training.local.jobs.store import JobStore

# For how long Describe says nothing of the warm pool of a job that has just completed, in seconds.
_WARM_POOL_DELAY = 0.5


class Player(Protocol):
    """Drives jobs: by a timeline, or by a process. Called with the store's lock held."""

    def stop(self, job: TrainingJob, secondary_status: SecondaryStatus, now: float) -> None:
        """Bring the job to an end with this secondary status."""

    def interrupt(self, job: TrainingJob, now: float) -> None:
        """Take the job's spot instances away."""


class Lifecycle:
    """
    The rules for the jobs of a store. Whoever calls holds the store's lock.

    :param store: where the jobs are.
    """

    def __init__(self, store: JobStore) -> None:
        self._store = store
        self._pools: dict[tuple[str, str], list[TrainingJob]] = {}

    @property
    def schedule(self) -> Schedule:
        """Where to plan what comes later."""
        return self._store.schedule

    def begin(self, job: TrainingJob, now: float) -> None:
        """Take a new job into the store: its limits begin to run, and it takes over a warm pool that matches."""
        self._store.add(job)
        self._take_warm_pool(job, now)
        if job.is_spot and job.max_wait_in_seconds is not None:
            self._limit(job, now + job.max_wait_in_seconds, SecondaryStatus.MAX_WAIT_TIME_EXCEEDED)

    def enter(self, job: TrainingJob, secondary_status: SecondaryStatus, at: float, message: str | None = None) -> None:
        """Put the job into a phase at this time (epoch seconds)."""
        trained_before = job.training_start_time is not None
        self._store.enter(job, secondary_status, at, message)
        if not trained_before and job.training_start_time is not None:
            self._limit(job, at + job.max_runtime_in_seconds, SecondaryStatus.MAX_RUNTIME_EXCEEDED)

    def stop(self, job: TrainingJob, secondary_status: SecondaryStatus, now: float) -> None:
        """Bring a job to an end; one that is on its way there, or there, goes on as it does."""
        if job.status == TrainingJobStatus.IN_PROGRESS:
            assert job.player is not None
            job.requested_end = secondary_status
            job.player.stop(job, secondary_status, now)

    def end(
        self,
        job: TrainingJob,
        secondary_status: SecondaryStatus,
        at: float,
        *,
        message: str | None = None,
        failure_reason: str | None = None,
        model_artifacts: str | None = None,
    ) -> None:
        """End the job at this time (epoch seconds); a job that has ended stays as it is."""
        if job.has_ended:
            return
        job.generation += 1
        job.failure_reason = failure_reason
        job.model_artifacts = model_artifacts
        if ENDS[secondary_status] == TrainingJobStatus.COMPLETED and job.keep_alive_in_seconds:
            job.warm_pool = WarmPool(at, at + _WARM_POOL_DELAY)
            self._pools.setdefault((job.region_name, match_key(job.request)), []).append(job)
            # What Describe says of the pool changes without a request: those who poll for changes have to see that.
            for due in (at + _WARM_POOL_DELAY, at + job.keep_alive_in_seconds):
                self.schedule.at(due, lambda moment: self._warm_pool_changed(job, moment))
        self.enter(job, secondary_status, at, message)

    def keep_alive_changed(self, job: TrainingJob, now: float) -> None:
        """Take note that the keep-alive period of a completed job changed."""
        self._store.touch(job, now)
        if job.warm_pool is not None:
            until = max(now, job.warm_pool.retained_from + job.keep_alive_in_seconds)
            self.schedule.at(until, lambda moment: self._warm_pool_changed(job, moment))

    def _limit(self, job: TrainingJob, due: float, secondary_status: SecondaryStatus) -> None:
        self.schedule.at(due, lambda moment: self.stop(job, secondary_status, moment))

    def _warm_pool_changed(self, job: TrainingJob, at: float) -> None:
        if self._store.holds(job) and job.warm_pool is not None and job.warm_pool.reused_by is None:
            self._store.touch(job, at)

    def _take_warm_pool(self, job: TrainingJob, now: float) -> None:
        pools = self._pools.get((job.region_name, match_key(job.request)), [])
        former = find_available((pool for pool in pools if self._store.holds(pool)), now)
        if former is not None:
            assert former.warm_pool is not None
            former.warm_pool.reused_by = job.name
            former.warm_pool.reused_at = now
            pools.remove(former)
            self._store.touch(former, now)
