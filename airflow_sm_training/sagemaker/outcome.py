"""The one completion handler: what the end of a job means for the task."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow_sm_training.sagemaker.errors import TrainingJobFailed, TrainingJobStopped, TrainingJobUnsuccessful
from airflow_sm_training.sagemaker.statuses import SecondaryStatus, TrainingJobStatus

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from airflow_sm_training.sagemaker.description import TrainingJobDescription

_WHY_STOPPED: dict[str, str] = {
    SecondaryStatus.MAX_RUNTIME_EXCEEDED: "it ran longer than StoppingCondition.MaxRuntimeInSeconds",
    SecondaryStatus.MAX_WAIT_TIME_EXCEEDED: "it did not get enough spot capacity within MaxWaitTimeInSeconds",
    SecondaryStatus.STOPPED: "somebody asked SageMaker to stop it",
}


def check_outcome(
    description: TrainingJobDescription,
    *,
    accept_stopped: bool | Collection[str] = False,
    log_lines: Sequence[str] = (),
) -> None:
    """
    Return if the job ended as the user wants it, and raise otherwise.

    :param description: the job, ended.
    :param accept_stopped: ``True``, or the secondary statuses of a stopped job that count as success.
    :param log_lines: the last CloudWatch lines of the job, for the error.
    :raises TrainingJobFailed: if the job failed.
    :raises TrainingJobStopped: if it was stopped and ``accept_stopped`` does not name how.
    """
    if description.status == TrainingJobStatus.COMPLETED:
        return
    if description.status == TrainingJobStatus.STOPPED:
        if _accepted(description.secondary_status, accept_stopped):
            return
        raise _stopped(description, log_lines)
    if description.status == TrainingJobStatus.FAILED:
        raise _failed(description, log_lines)
    message = f"Training job {description.name} is {description.status}: it was deleted while it was waited for."
    raise TrainingJobUnsuccessful(message, training_job_name=description.name, status=description.status)


def _accepted(secondary_status: str | None, accept_stopped: bool | Collection[str]) -> bool:
    return accept_stopped if isinstance(accept_stopped, bool) else secondary_status in accept_stopped


def _failed(description: TrainingJobDescription, log_lines: Sequence[str]) -> TrainingJobFailed:
    phase = _phase_before_end(description)
    message = (
        f"Training job {description.name} failed{f' while {phase}' if phase else ''}: "
        f"{description.failure_reason or 'SageMaker gave no reason.'}"
    )
    return TrainingJobFailed(
        _with_evidence(message, description, log_lines),
        training_job_name=description.name,
        status=description.status,
        secondary_status=description.secondary_status,
        failure_reason=description.failure_reason,
        phase=phase,
        log_lines=log_lines,
    )


def _stopped(description: TrainingJobDescription, log_lines: Sequence[str]) -> TrainingJobStopped:
    secondary_status = description.secondary_status
    why = _WHY_STOPPED.get(secondary_status, "SageMaker does not say why")
    message = (
        f"Training job {description.name} was stopped ({secondary_status}): {why}. "
        f'If that is a success, say accept_stopped={{"{secondary_status}"}}.'
    )
    return TrainingJobStopped(
        _with_evidence(message, description, log_lines),
        training_job_name=description.name,
        status=description.status,
        secondary_status=secondary_status,
        phase=_phase_before_end(description),
        log_lines=log_lines,
    )


def _phase_before_end(description: TrainingJobDescription) -> str | None:
    """Return the last phase that was work, not the end itself."""
    endings = {*TrainingJobStatus, SecondaryStatus.MAX_RUNTIME_EXCEEDED, SecondaryStatus.MAX_WAIT_TIME_EXCEEDED}
    worked = [transition["status"] for transition in description.transitions if transition["status"] not in endings]
    return worked[-1] if worked else None


def _with_evidence(message: str, description: TrainingJobDescription, log_lines: Sequence[str]) -> str:
    parts = [message]
    if log_lines:
        parts.append("Last lines of its log:")
        parts.extend(f"  {line}" for line in log_lines)
    if description.console_url:
        parts.append(f"Console: {description.console_url}")
    return "\n".join(parts)
