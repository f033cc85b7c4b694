"""
ListTrainingJobs: filters and order.

Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ListTrainingJobs.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from airflow_sm_training.local.jobs.warm_pool import warm_pool_status
from airflow_sm_training.local.operations.presentation import summarize, training_plan
from airflow_sm_training.local.operations.timestamps import epoch_seconds

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from airflow_sm_training.local.jobs.job import TrainingJob
    from airflow_sm_training.local.jobs.store import JobStore
    from airflow_sm_training.local.operations.paging import Pager

_TIMES = ("CreationTimeAfter", "CreationTimeBefore", "LastModifiedTimeAfter", "LastModifiedTimeBefore")
_SORT_KEYS: Mapping[str, Callable[[TrainingJob], Any]] = {
    "Name": lambda job: job.name,
    "CreationTime": lambda job: (job.creation_time, job.sequence),
    "Status": lambda job: (job.status, job.creation_time, job.sequence),
}


def list_training_jobs(
    store: JobStore, pager: Pager, region_name: str, body: Mapping[str, Any], now: float
) -> dict[str, Any]:
    """
    Answer ListTrainingJobs.

    As at SageMaker, ``StatusEquals`` together with ``MaxResults`` is applied to a page after it was cut: a page can be
    short, even empty, and still have a next one. Without any order asked for, the newest job is first.

    :param now: epoch seconds.
    """
    times = {name: epoch_seconds(body[name], name) for name in _TIMES if body.get(name) is not None}
    status = body.get("StatusEquals")
    filter_by_status_first = status is not None and body.get("MaxResults") is None

    def find() -> list[TrainingJob]:
        found = [
            job
            for job in _candidates(store, region_name, times)
            if _matches(job, body, times, now) and not (filter_by_status_first and job.status != status)
        ]
        return _sorted(found, body)

    page = pager.page("ListTrainingJobs", region_name, body, find)
    shown = [job for job in page.jobs if store.holds(job) and status in (None, job.status)]
    answer: dict[str, Any] = {"TrainingJobSummaries": [summarize(job, now) for job in shown]}
    if page.next_token is not None:
        answer["NextToken"] = page.next_token
    return answer


def _candidates(store: JobStore, region_name: str, times: Mapping[str, float]) -> Iterable[TrainingJob]:
    if "LastModifiedTimeAfter" in times:
        return store.modified_after(region_name, times["LastModifiedTimeAfter"])
    return store.jobs(region_name)


def _matches(job: TrainingJob, body: Mapping[str, Any], times: Mapping[str, float], now: float) -> bool:
    infinity = float("inf")
    return (
        times.get("CreationTimeAfter", -infinity) < job.creation_time < times.get("CreationTimeBefore", infinity)
        and job.last_modified_time < times.get("LastModifiedTimeBefore", infinity)
        and (body.get("NameContains") or "") in job.name
        and body.get("WarmPoolStatusEquals") in (None, warm_pool_status(job, now))
        and body.get("TrainingPlanArnEquals") in (None, training_plan(job))
    )


def _sorted(jobs: list[TrainingJob], body: Mapping[str, Any]) -> list[TrainingJob]:
    sort_by, order = body.get("SortBy"), body.get("SortOrder")
    # The reference says "Ascending" of the order and "from the most current to the oldest" of the operation.
    default_order = "Descending" if sort_by is None else "Ascending"
    return sorted(jobs, key=_SORT_KEYS[sort_by or "CreationTime"], reverse=(order or default_order) == "Descending")
