"""
The exception tree.

::

    SageMakerTrainingError                  retryable unless a subclass says otherwise
    ├── RequestInvalid                      found before anything was sent            not retryable
    │   └── FieldUnknown                    a name that the request builder cannot place
    ├── RequestRejected                     SageMaker refused the request             not retryable
    ├── AccessDenied                        IAM refused the call                      not retryable
    ├── CredentialsUnusable                 none, incomplete or unknown connection    not retryable
    ├── TrainingJobNotFound                 no job of that name                       not retryable
    ├── TrainingJobNameTaken                a job of that name exists
    │   └── TrainingJobForeign              and somebody else owns it                 not retryable
    ├── QuotaExceeded                       an account limit or missing capacity
    ├── ServiceUnavailable                  throttled, 5xx, timeout, unreachable
    ├── DeadlineReached                     the wall-clock deadline of a wait passed
    ├── GoalUnreachable                     what is waited for can no longer come     not retryable
    ├── UpdateWindowClosed                  SageMaker does not take the change now
    └── TrainingJobUnsuccessful             the job ended, and not well
        ├── TrainingJobFailed               not retryable when SageMaker blames the request or the data
        └── TrainingJobStopped

Each message names the thing and the remedy. All of them survive pickling: ``args`` is the message alone and every other
field has a default.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow_sm_training.sagemaker.statuses import FailureKind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from airflow_sm_training.sagemaker.shapes import Violation


class SageMakerTrainingError(Exception):
    """
    Anything that went wrong with a training job.

    :param message: what happened and what to do about it.
    :param training_job_name: the job it happened to, where one is known.
    :param code: SageMaker's error code, where it answered with one.
    """

    retryable = True

    def __init__(self, message: str, *, training_job_name: str | None = None, code: str | None = None) -> None:
        super().__init__(message)
        self.training_job_name = training_job_name
        self.code = code


def to_event(error: SageMakerTrainingError) -> dict[str, str | None]:
    """Return the error as primitives, for a trigger's event; :func:`from_event` makes an error of them again."""
    return {"type": type(error).__name__, "message": str(error), "training_job_name": error.training_job_name}


def from_event(event: dict[str, str | None]) -> SageMakerTrainingError:
    """Return the error that :func:`to_event` was given. A type of another version becomes the general error."""
    known = {error_class.__name__: error_class for error_class in _subclasses(SageMakerTrainingError)}
    error_class = known.get(event["type"] or "", SageMakerTrainingError)
    return error_class(event["message"] or "", training_job_name=event["training_job_name"])


def _subclasses(error_class: type[SageMakerTrainingError]) -> list[type[SageMakerTrainingError]]:
    return [error_class, *(found for child in error_class.__subclasses__() for found in _subclasses(child))]


class RequestInvalid(SageMakerTrainingError):
    """
    The request breaks the API's model; nothing was sent.

    :param violations: everything that is wrong, not only the first thing.
    """

    retryable = False

    def __init__(
        self, message: str, *, violations: Sequence[Violation] = (), training_job_name: str | None = None
    ) -> None:
        super().__init__(message, training_job_name=training_job_name)
        self.violations = tuple(violations)


class FieldUnknown(RequestInvalid, TypeError):
    """The request builder was given a name that no field has, or two names of one field: a misspelt keyword."""


class RequestRejected(SageMakerTrainingError):
    """SageMaker refused the request as wrong (``ValidationException`` and its kin)."""

    retryable = False


class AccessDenied(SageMakerTrainingError):
    """IAM does not let these credentials make the call."""

    retryable = False


class CredentialsUnusable(SageMakerTrainingError):
    """There are no credentials, they are incomplete, or the Airflow connection that should hold them is unknown."""

    retryable = False


class TrainingJobNotFound(SageMakerTrainingError):
    """No training job of that name in this account and region."""

    retryable = False


class TrainingJobNameTaken(SageMakerTrainingError):
    """A training job of that name exists (``ResourceInUse``)."""


class TrainingJobForeign(TrainingJobNameTaken):
    """A training job of that name exists and was not made by this task instance."""

    retryable = False


class QuotaExceeded(SageMakerTrainingError):
    """An account limit was met (``ResourceLimitExceeded``); Airflow's retries apply."""


class ServiceUnavailable(SageMakerTrainingError):
    """Throttled, a 5xx answer, a timeout, expired credentials, or no connection: worth trying again."""


class DeadlineReached(SageMakerTrainingError):
    """The wall-clock deadline of a wait passed before what was waited for came."""


class GoalUnreachable(SageMakerTrainingError):
    """The job can no longer come to what is waited for."""

    retryable = False


class UpdateWindowClosed(SageMakerTrainingError):
    """SageMaker does not take this change of the job now, but may later; nothing was sent."""


class TrainingJobUnsuccessful(SageMakerTrainingError):
    """
    The job ended without success.

    :param status: its ``TrainingJobStatus``.
    :param secondary_status: its ``SecondaryStatus``.
    :param failure_reason: SageMaker's ``FailureReason``.
    :param phase: the phase that it was in when it ended, such as ``Training``.
    :param log_lines: the last CloudWatch lines.
    """

    def __init__(
        self,
        message: str,
        *,
        training_job_name: str | None = None,
        status: str | None = None,
        secondary_status: str | None = None,
        failure_reason: str | None = None,
        phase: str | None = None,
        log_lines: Sequence[str] = (),
    ) -> None:
        super().__init__(message, training_job_name=training_job_name)
        self.status = status
        self.secondary_status = secondary_status
        self.failure_reason = failure_reason
        self.phase = phase
        self.log_lines = tuple(log_lines)


class TrainingJobFailed(TrainingJobUnsuccessful):
    """The job failed. A ``ClientError`` (wrong image, missing data) fails again however often it is tried."""

    @property
    def retryable(self) -> bool:  # type: ignore[override]
        """Whether another try could end better."""
        return not (self.failure_reason or "").startswith(f"{FailureKind.CLIENT}:")


class TrainingJobStopped(TrainingJobUnsuccessful):
    """The job was stopped: by somebody, or by a limit on its runtime or on waiting for spot capacity."""
