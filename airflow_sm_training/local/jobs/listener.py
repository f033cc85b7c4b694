"""What a running training process tells the endpoint's store, and what the store asks of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from datetime import datetime

    from airflow_sm_training.sagemaker.statuses import SecondaryStatus, TrainingJobStatus


class TrainingJobListener(Protocol):
    """Told of everything that happens to one training job. Its methods are called from the runner's threads."""

    def on_phase(self, secondary_status: SecondaryStatus, message: str) -> None:
        """Record that the job entered a phase, such as ``Training``."""

    def on_metric(self, name: str, value: float, timestamp: datetime) -> None:
        """Record that a metric definition's regular expression matched a log line."""

    def on_end(
        self,
        status: TrainingJobStatus,
        secondary_status: SecondaryStatus,
        message: str,
        *,
        failure_reason: str | None = None,
        model_artifacts: str | None = None,
    ) -> None:
        """Record how the job ended. Called exactly once, last."""


class RunningTrainingJob(Protocol):
    """A training process under way."""

    def stop(self, secondary_status: SecondaryStatus) -> None:
        """
        Ask the process to end: SIGTERM, then the grace period, then SIGKILL. Returns at once; asking twice is harmless.

        :param secondary_status: how the job will have ended: ``Stopped``, ``MaxRuntimeExceeded``,
            ``MaxWaitTimeExceeded``; ``Interrupted`` restarts the process (a spot interruption).
        """


class TrainingJobRunner(Protocol):
    """Runs training jobs as processes of this machine."""

    def can_run(self, request: dict[str, object]) -> bool:
        """Whether this CreateTrainingJob request names something that can be run here."""

    def start(
        self, *, arn: str, region_name: str, request: dict[str, object], listener: TrainingJobListener
    ) -> RunningTrainingJob:
        """Start the job of this CreateTrainingJob request and return at once."""

    def close(self) -> None:
        """Kill what still runs and wait for its threads."""
