"""How a job ended."""

from __future__ import annotations

from dataclasses import dataclass

from airflow_sm_training.local.timeline import MESSAGES
from airflow_sm_training.sagemaker.statuses import SecondaryStatus, TrainingJobStatus


@dataclass(frozen=True, slots=True)
class Outcome:
    """
    The last word on a job.

    :param status: ``TrainingJobStatus``
    :param secondary_status: ``SecondaryStatus``
    :param message: its ``StatusMessage``
    :param failure_reason: ``FailureReason``, where it failed
    :param model_artifacts: S3 URI of the model, where one was uploaded
    """

    status: TrainingJobStatus
    secondary_status: SecondaryStatus
    message: str
    failure_reason: str | None = None
    model_artifacts: str | None = None


def completed(model_artifacts: str) -> Outcome:
    """End as Completed."""
    return Outcome(
        TrainingJobStatus.COMPLETED,
        SecondaryStatus.COMPLETED,
        MESSAGES[SecondaryStatus.COMPLETED],
        model_artifacts=model_artifacts,
    )


def stopped(secondary_status: SecondaryStatus, model_artifacts: str | None) -> Outcome:
    """End as Stopped, because somebody asked or because time was up."""
    message = MESSAGES[secondary_status]
    return Outcome(TrainingJobStatus.STOPPED, secondary_status, message, model_artifacts=model_artifacts)


def failed(failure_reason: str, model_artifacts: str | None = None) -> Outcome:
    """End as Failed."""
    return Outcome(
        TrainingJobStatus.FAILED,
        SecondaryStatus.FAILED,
        MESSAGES[SecondaryStatus.FAILED],
        failure_reason=failure_reason,
        model_artifacts=model_artifacts,
    )
