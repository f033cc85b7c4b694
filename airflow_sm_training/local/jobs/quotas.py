"""Account-level limits on instances, by instance type."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from airflow_sm_training.local.errors import limit_exceeded

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from airflow_sm_training.local.jobs.job import TrainingJob


def check_quotas(quotas: Mapping[str, int], request: Mapping[str, Any], jobs: Iterable[TrainingJob]) -> None:
    """
    Refuse a request for more instances than the account may use.

    :param quotas: instances allowed, by instance type; types that are missing have no limit.
    :param jobs: the jobs of the region; those that have not ended use their instances.
    :raises ServiceError: ``ResourceLimitExceeded``.
    """
    wanted = {kind: count for kind, count in instance_counts(request).items() if kind in quotas}
    if not wanted:
        return
    is_spot = bool(request.get("EnableManagedSpotTraining"))
    used: Counter[str] = Counter()
    for job in jobs:
        # SageMaker counts spot instances against a quota of their own.
        if not job.has_ended and job.is_spot == is_spot:
            used.update(instance_counts(job.request))
    for kind, count in wanted.items():
        if used[kind] + count > quotas[kind]:
            usage = "spot training job usage" if is_spot else "training job usage"
            raise limit_exceeded(kind, usage, quotas[kind], used[kind], count)


def instance_counts(request: Mapping[str, Any]) -> Counter[str]:
    """Return how many instances of which type a request asks for."""
    resources = request.get("ResourceConfig") or {}
    counts: Counter[str] = Counter()
    for group in resources.get("InstanceGroups") or [resources]:
        if group.get("InstanceType"):
            counts[group["InstanceType"]] += group.get("InstanceCount") or 0
    return counts
