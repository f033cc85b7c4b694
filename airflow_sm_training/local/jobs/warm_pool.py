"""
Instances kept alive after a job for the next one like it.

Source: https://docs.aws.amazon.com/sagemaker/latest/dg/train-warm-pools.html
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from airflow_sm_training.sagemaker.statuses import TrainingJobStatus, WarmPoolStatus

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from airflow_sm_training.local.jobs.job import TrainingJob

_MATCHED_RESOURCES = ("InstanceCount", "InstanceType", "InstanceGroups", "VolumeKmsKeyId", "VolumeSizeInGB")
_MATCHED_FIELDS = ("RoleArn", "VpcConfig")
_MATCHED_SWITCHES = ("EnableInterContainerTrafficEncryption", "EnableNetworkIsolation")


@dataclass(slots=True)
class WarmPool:
    """
    The instances of a completed job. All times are epoch seconds.

    :param retained_from: when the job completed.
    :param visible_from: when Describe first speaks of the pool: right after completion it does not.
    :param reused_by: name of the job that took the pool over.
    :param reused_at: when it did.
    """

    retained_from: float
    visible_from: float
    reused_by: str | None = None
    reused_at: float | None = None

    def status(self, keep_alive_in_seconds: float, now: float) -> WarmPoolStatus | None:
        """
        Return what Describe says of the pool; None while it says nothing.

        :param keep_alive_in_seconds: the job's ``KeepAlivePeriodInSeconds`` as it is now.
        """
        if self.reused_by is not None:
            return WarmPoolStatus.REUSED
        if now < self.visible_from:
            return None
        if now >= self.retained_from + keep_alive_in_seconds:
            return WarmPoolStatus.TERMINATED
        return WarmPoolStatus.AVAILABLE

    def retained_seconds(self, keep_alive_in_seconds: float, now: float) -> int:
        """Return the seconds for which the instances were kept, which are billed."""
        until = min(now, self.retained_from + keep_alive_in_seconds)
        if self.reused_at is not None:
            until = min(until, self.reused_at)
        return max(0, round(until - self.retained_from))


def warm_pool_status(job: TrainingJob, now: float) -> WarmPoolStatus | None:
    """Return the warm pool status of a job; None if it has no warm pool, or if nothing is said of it yet."""
    if job.warm_pool is not None:
        return job.warm_pool.status(job.keep_alive_in_seconds, now)
    if not job.keep_alive_in_seconds:
        return None
    if job.status in (TrainingJobStatus.IN_PROGRESS, TrainingJobStatus.STOPPING):
        return WarmPoolStatus.IN_USE
    # Only a completed job leaves its instances warm.
    return WarmPoolStatus.TERMINATED if job.has_ended else None


def match_key(request: Mapping[str, Any]) -> str:
    """Return what has to be the same in two requests for the second to run in the warm pool of the first."""
    resources = request.get("ResourceConfig") or {}
    parts = [resources.get(name) for name in _MATCHED_RESOURCES]
    parts += [request.get(name) for name in _MATCHED_FIELDS]
    parts += [bool(request.get(name)) for name in _MATCHED_SWITCHES]
    return json.dumps(parts, sort_keys=True)


def find_available(jobs: Iterable[TrainingJob], now: float) -> TrainingJob | None:
    """Return the first of these jobs whose warm pool can be taken over."""
    return next((job for job in jobs if warm_pool_status(job, now) == WarmPoolStatus.AVAILABLE), None)
