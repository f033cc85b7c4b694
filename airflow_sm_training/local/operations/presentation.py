"""A job as Describe, List and Search answer it: plain JSON values, times in epoch seconds."""

from __future__ import annotations

import math
from functools import cache
from typing import TYPE_CHECKING, Any

from airflow_sm_training.local.jobs.warm_pool import warm_pool_status
from airflow_sm_training.sagemaker import model
from airflow_sm_training.sagemaker.statuses import WarmPoolStatus

if TYPE_CHECKING:
    from airflow_sm_training.local.jobs.job import TrainingJob

_SWITCHES = ("EnableNetworkIsolation", "EnableInterContainerTrafficEncryption", "EnableManagedSpotTraining")


def describe(job: TrainingJob, now: float) -> dict[str, Any]:
    """Return the DescribeTrainingJob response. What the job does not have is absent, as in SageMaker's answers."""
    answer: dict[str, Any] = dict.fromkeys(_SWITCHES, False)
    answer |= {name: job.request[name] for name in _echoed_fields() & job.request.keys()}
    answer["StoppingCondition"] = {
        "MaxRuntimeInSeconds": job.max_runtime_in_seconds,
        **(job.request.get("StoppingCondition") or {}),
    }
    answer |= _summary_fields(job)
    answer |= _present(
        {
            "SecondaryStatus": job.secondary_status,
            "TrainingStartTime": job.training_start_time,
            "TrainingTimeInSeconds": job.training_time_in_seconds(),
            "BillableTimeInSeconds": job.billable_time_in_seconds(),
            "FailureReason": job.failure_reason,
            "ModelArtifacts": {"S3ModelArtifacts": job.model_artifacts} if job.model_artifacts else None,
            "ProgressInfo": job.progress,
            "WarmPoolStatus": _warm_pool(job, now),
            "FinalMetricDataList": _metrics(job),
        },
    )
    answer["SecondaryStatusTransitions"] = [
        _present(
            {
                "Status": transition.status,
                "StartTime": transition.start_time,
                "EndTime": transition.end_time,
                "StatusMessage": transition.message,
            },
        )
        for transition in job.transitions
    ]
    profiler = job.request.get("ProfilerConfig") or {}
    if profiler:
        answer["ProfilingStatus"] = "Disabled" if profiler.get("DisableProfiler") else "Enabled"
    return answer


def summarize(job: TrainingJob, now: float) -> dict[str, Any]:
    """Return the entry of a ListTrainingJobs response."""
    optional = {
        "SecondaryStatus": job.secondary_status,
        "WarmPoolStatus": _warm_pool(job, now),
        "TrainingPlanArn": training_plan(job),
    }
    return _summary_fields(job) | _present(optional)


def search_record(job: TrainingJob, now: float) -> dict[str, Any]:
    """Return the ``TrainingJob`` of a Search result."""
    known = _search_fields()
    record = {name: value for name, value in describe(job, now).items() if name in known}
    record["Tags"] = tag_list(job)
    return record


def tag_list(job: TrainingJob) -> list[dict[str, str]]:
    """Return the job's tags as the API writes them."""
    return [{"Key": key, "Value": value} for key, value in job.tags.items()]


def training_plan(job: TrainingJob) -> str | None:
    """Return the ARN of the training plan that the job's instances come from."""
    plan: str | None = (job.request.get("ResourceConfig") or {}).get("TrainingPlanArn")
    return plan


def _summary_fields(job: TrainingJob) -> dict[str, Any]:
    return _present(
        {
            "TrainingJobName": job.name,
            "TrainingJobArn": job.arn,
            "TrainingJobStatus": job.status,
            "CreationTime": job.creation_time,
            "LastModifiedTime": job.last_modified_time,
            "TrainingEndTime": job.training_end_time,
        },
    )


def _warm_pool(job: TrainingJob, now: float) -> dict[str, Any] | None:
    status = warm_pool_status(job, now)
    if status is None:
        return None
    answer: dict[str, Any] = {"Status": status}
    if job.warm_pool is not None and status != WarmPoolStatus.IN_USE:
        seconds = job.warm_pool.retained_seconds(job.keep_alive_in_seconds, now)
        answer["ResourceRetainedBillableTimeInSeconds"] = seconds
        answer |= _present({"ReusedByJob": job.warm_pool.reused_by})
    return answer


def _metrics(job: TrainingJob) -> list[dict[str, Any]] | None:
    if not job.metrics:
        return None
    return [
        # JSON has no NaN and no infinity: the protocol writes them as strings.
        {
            "MetricName": name,
            "Value": metric.value if math.isfinite(metric.value) else _spelled(metric.value),
            "Timestamp": metric.timestamp,
        }
        for name, metric in job.metrics.items()
    ]


def _spelled(value: float) -> str:
    if math.isnan(value):
        return "NaN"
    return "Infinity" if value > 0 else "-Infinity"


def _present(fields: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value is not None}


@cache
def _echoed_fields() -> frozenset[str]:
    asked = model.members(model.input_shape("CreateTrainingJob")).keys()
    return frozenset(asked & model.members(model.output_shape("DescribeTrainingJob")).keys())


@cache
def _search_fields() -> frozenset[str]:
    return frozenset(model.members(model.service_model().shape_for("TrainingJob")))
