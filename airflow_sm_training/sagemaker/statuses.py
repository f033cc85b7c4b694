"""
The one vocabulary of statuses. No status string is written anywhere else.

Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_DescribeTrainingJob.html
AWS says that the values are subject to change, so a value that is missing here means "still running", never an error.
"""

from __future__ import annotations

from enum import StrEnum


class TrainingJobStatus(StrEnum):
    """``TrainingJobStatus`` of a Describe response."""

    IN_PROGRESS = "InProgress"
    COMPLETED = "Completed"
    FAILED = "Failed"
    STOPPING = "Stopping"
    STOPPED = "Stopped"
    DELETING = "Deleting"


class SecondaryStatus(StrEnum):
    """``SecondaryStatus`` of a Describe response: the phase that the job is in, or how it ended."""

    STARTING = "Starting"
    PENDING = "Pending"
    LAUNCHING_ML_INSTANCES = "LaunchingMLInstances"
    PREPARING_TRAINING_STACK = "PreparingTrainingStack"
    DOWNLOADING = "Downloading"
    DOWNLOADING_TRAINING_IMAGE = "DownloadingTrainingImage"
    TRAINING = "Training"
    UPDATING = "Updating"
    RESTARTING = "Restarting"
    INTERRUPTED = "Interrupted"
    UPLOADING = "Uploading"
    STOPPING = "Stopping"
    STOPPED = "Stopped"
    MAX_RUNTIME_EXCEEDED = "MaxRuntimeExceeded"
    MAX_WAIT_TIME_EXCEEDED = "MaxWaitTimeExceeded"
    COMPLETED = "Completed"
    FAILED = "Failed"


class WarmPoolStatus(StrEnum):
    """``WarmPoolStatus.Status`` of a Describe response."""

    AVAILABLE = "Available"
    IN_USE = "InUse"
    REUSED = "Reused"
    TERMINATED = "Terminated"


class FailureKind(StrEnum):
    """
    The word in front of the colon in ``FailureReason``: whose fault SageMaker says it was.

    ``CLIENT`` is a mistake in the request or the data, ``ALGORITHM`` the user's code; the others are SageMaker's own.
    """

    CLIENT = "ClientError"
    ALGORITHM = "AlgorithmError"
    INTERNAL = "InternalServerError"
    CAPACITY = "CapacityError"


TERMINAL_STATUSES = frozenset({TrainingJobStatus.COMPLETED, TrainingJobStatus.FAILED, TrainingJobStatus.STOPPED})

# Phases in which no program of the user has run yet, so there is no log.
BEFORE_TRAINING = frozenset(
    {
        SecondaryStatus.STARTING,
        SecondaryStatus.PENDING,
        SecondaryStatus.LAUNCHING_ML_INSTANCES,
        SecondaryStatus.PREPARING_TRAINING_STACK,
        SecondaryStatus.DOWNLOADING,
        SecondaryStatus.DOWNLOADING_TRAINING_IMAGE,
    },
)

# How a stopped job can have ended; what `accept_stopped` may name.
STOPPED_SECONDARY_STATUSES = frozenset(
    {SecondaryStatus.STOPPED, SecondaryStatus.MAX_RUNTIME_EXCEEDED, SecondaryStatus.MAX_WAIT_TIME_EXCEEDED},
)


def is_terminal(status: str | None) -> bool:
    """Whether a job with this ``TrainingJobStatus`` will never change again. Unknown statuses are still running."""
    return status in TERMINAL_STATUSES
