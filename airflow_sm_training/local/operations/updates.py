"""
UpdateTrainingJob: four changes, each with a window of its own.

Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_UpdateTrainingJob.html; the windows are those that
the ACK SageMaker controller waits for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from airflow_sm_training.local.errors import validation_error
from airflow_sm_training.local.jobs.warm_pool import warm_pool_status
from airflow_sm_training.sagemaker.statuses import SecondaryStatus, TrainingJobStatus, WarmPoolStatus

if TYPE_CHECKING:
    from collections.abc import Mapping

    from airflow_sm_training.local.jobs.job import TrainingJob

_DEBUGGABLE = frozenset({SecondaryStatus.DOWNLOADING, SecondaryStatus.TRAINING})
_RETAINED = frozenset({WarmPoolStatus.AVAILABLE, WarmPoolStatus.IN_USE})
_CHANGES = ("ProfilerConfig", "ProfilerRuleConfigurations", "RemoteDebugConfig", "ResourceConfig")


def updated_request(job: TrainingJob, body: Mapping[str, Any], now: float) -> dict[str, Any]:
    """
    Return the job's request with the changes of an update in it.

    :param body: the UpdateTrainingJob request.
    :param now: epoch seconds.
    :raises ServiceError: ``ValidationException``; the window of a change is not open, and then nothing is changed.
    """
    if all(body.get(name) is None for name in _CHANGES):
        raise validation_error("At least one of the fields to update must be specified")
    request = dict(job.request)
    if body.get("ProfilerConfig") is not None or body.get("ProfilerRuleConfigurations") is not None:
        _change_profiler(job, request, body)
    if body.get("RemoteDebugConfig") is not None:
        if job.status != TrainingJobStatus.IN_PROGRESS or job.secondary_status not in _DEBUGGABLE:
            raise _closed(job, "RemoteDebugConfig", f"secondary status {' or '.join(sorted(_DEBUGGABLE))}")
        request["RemoteDebugConfig"] = body["RemoteDebugConfig"]
    if body.get("ResourceConfig") is not None:
        _check_warm_pool(job, now)
        request["ResourceConfig"] = {**request["ResourceConfig"], **body["ResourceConfig"]}
    return request


def _change_profiler(job: TrainingJob, request: dict[str, Any], body: Mapping[str, Any]) -> None:
    if job.status != TrainingJobStatus.IN_PROGRESS:
        raise _closed(job, "ProfilerConfig and ProfilerRuleConfigurations", f"status {TrainingJobStatus.IN_PROGRESS}")
    if body.get("ProfilerConfig") is not None:
        request["ProfilerConfig"] = {**(request.get("ProfilerConfig") or {}), **body["ProfilerConfig"]}
    added = body.get("ProfilerRuleConfigurations") or []
    rules = list(request.get("ProfilerRuleConfigurations") or [])
    known = {rule["RuleConfigurationName"] for rule in rules}
    for rule in added:
        if rule["RuleConfigurationName"] in known:
            raise validation_error(
                f"Profiler rule {rule['RuleConfigurationName']} exists: rules can be added, not changed or removed"
            )
        known.add(rule["RuleConfigurationName"])
        rules.append(rule)
    if added:
        request["ProfilerRuleConfigurations"] = rules


def _check_warm_pool(job: TrainingJob, now: float) -> None:
    if not (job.request.get("ResourceConfig") or {}).get("KeepAlivePeriodInSeconds") and job.warm_pool is None:
        raise validation_error(
            "KeepAlivePeriodInSeconds cannot be updated: it was not specified when the training job was created"
        )
    if job.status != TrainingJobStatus.COMPLETED:
        raise _closed(job, "KeepAlivePeriodInSeconds", f"status {TrainingJobStatus.COMPLETED}")
    status = warm_pool_status(job, now)
    if status not in _RETAINED:
        raise validation_error(
            f"KeepAlivePeriodInSeconds can be updated while the warm pool status is {' or '.join(sorted(_RETAINED))}, "
            f"the warm pool of training job {job.name} is {status or 'not known yet'}"
        )


def _closed(job: TrainingJob, what: str, window: str) -> Exception:
    return validation_error(
        f"{what} can be updated only in {window}. The training job {job.name} is in status {job.status}, "
        f"secondary status {job.secondary_status}"
    )
