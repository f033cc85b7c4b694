"""One training job as the endpoint keeps it. Knows nothing of requests and responses on the wire."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from airflow_sm_training.local.timeline import ENDS
from airflow_sm_training.sagemaker.statuses import SecondaryStatus, TrainingJobStatus, is_terminal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from airflow_sm_training.local.jobs.lifecycle import Player
    from airflow_sm_training.local.jobs.listener import RunningTrainingJob
    from airflow_sm_training.local.jobs.warm_pool import WarmPool
    from airflow_sm_training.local.timeline import Timeline

# Phases in which the instances work for the job: their seconds are the training time.
_ON_INSTANCES = frozenset(
    {
        SecondaryStatus.DOWNLOADING,
        SecondaryStatus.DOWNLOADING_TRAINING_IMAGE,
        SecondaryStatus.TRAINING,
        SecondaryStatus.UPDATING,
        SecondaryStatus.UPLOADING,
        SecondaryStatus.STOPPING,
    },
)
_STARTS_TRAINING = _ON_INSTANCES - {SecondaryStatus.STOPPING}
# Managed spot training is billed at the spot price; AWS speaks of savings of up to 90 %, 70 % is usual.
_SPOT_PRICE = 0.3
_DEFAULT_MAX_RUNTIME_IN_SECONDS = 86400


@dataclass(slots=True)
class Transition:
    """One entry of ``SecondaryStatusTransitions``; times are epoch seconds."""

    status: SecondaryStatus
    start_time: float
    message: str
    end_time: float | None = None


@dataclass(slots=True)
class Metric:
    """The last value of a metric, and when it was seen (epoch seconds)."""

    value: float
    timestamp: float


@dataclass(slots=True)
class Script:
    """
    Where a scripted job stands.

    :param timeline: what it follows.
    :param retries: how often it was restarted after an internal error.
    """

    timeline: Timeline
    retries: int = 0


@dataclass(slots=True, eq=False)
class TrainingJob:
    """
    A training job.

    :param request: the CreateTrainingJob request, with what updates changed in it.
    :param sequence: in which order jobs were created.
    :param player: what drives it.
    :param script: the timeline it follows; None for a job that runs as a process.
    :param requested_end: the secondary status that a stop or a limit asked for.
    :param generation: raised whenever what was planned for the job is void, such as at a stop.
    """

    region_name: str
    name: str
    arn: str
    request: dict[str, Any]
    creation_time: float
    sequence: int
    tags: dict[str, str]
    status: TrainingJobStatus = TrainingJobStatus.IN_PROGRESS
    secondary_status: SecondaryStatus = SecondaryStatus.STARTING
    last_modified_time: float = 0.0
    training_start_time: float | None = None
    training_end_time: float | None = None
    transitions: list[Transition] = field(default_factory=list)
    metrics: dict[str, Metric] = field(default_factory=dict)
    progress: Mapping[str, int] | None = None
    failure_reason: str | None = None
    model_artifacts: str | None = None
    warm_pool: WarmPool | None = None
    player: Player | None = None
    script: Script | None = None
    process: RunningTrainingJob | None = None
    requested_end: SecondaryStatus | None = None
    generation: int = 0

    def enter(self, secondary_status: SecondaryStatus, message: str, at: float) -> None:
        """
        Go into a phase, or into another moment of the same phase: that changes the message of the transition only.

        :param at: when, in epoch seconds.
        """
        current = self.transitions[-1] if self.transitions else None
        if current is not None and current.status == secondary_status:
            current.message = message
        else:
            if current is not None:
                current.end_time = at
            self.transitions.append(Transition(secondary_status, at, message))
        self.secondary_status = secondary_status
        if secondary_status in ENDS:
            self.status = ENDS[secondary_status]
            self.transitions[-1].end_time = at
            self.training_end_time = at
        elif secondary_status == SecondaryStatus.STOPPING:
            self.status = TrainingJobStatus.STOPPING
        if self.training_start_time is None and secondary_status in _STARTS_TRAINING:
            self.training_start_time = at

    @property
    def has_ended(self) -> bool:
        """Whether the job ended; one that is being deleted did, too."""
        return is_terminal(self.status) or self.status == TrainingJobStatus.DELETING

    @property
    def is_spot(self) -> bool:
        """Whether it is managed spot training."""
        return bool(self.request.get("EnableManagedSpotTraining"))

    @property
    def keep_alive_in_seconds(self) -> int:
        """``KeepAlivePeriodInSeconds``; 0 without a warm pool."""
        return int(self.request.get("ResourceConfig", {}).get("KeepAlivePeriodInSeconds") or 0)

    @property
    def max_runtime_in_seconds(self) -> int:
        """``MaxRuntimeInSeconds``; a day by default."""
        stopping_condition = self.request.get("StoppingCondition") or {}
        return int(stopping_condition.get("MaxRuntimeInSeconds") or _DEFAULT_MAX_RUNTIME_IN_SECONDS)

    @property
    def max_wait_in_seconds(self) -> int | None:
        """``MaxWaitTimeInSeconds``: waiting for spot capacity and training together."""
        return (self.request.get("StoppingCondition") or {}).get("MaxWaitTimeInSeconds")

    @property
    def maximum_retry_attempts(self) -> int:
        """How often an InternalServerError restarts the job."""
        return int((self.request.get("RetryStrategy") or {}).get("MaximumRetryAttempts") or 0)

    @property
    def default_model_artifacts(self) -> str:
        """Where SageMaker puts the model of this job."""
        return f"{self.request['OutputDataConfig']['S3OutputPath'].rstrip('/')}/{self.name}/output/model.tar.gz"

    def training_time_in_seconds(self) -> int | None:
        """How long instances worked for the job; None if none did, or while it lasts."""
        if self.training_start_time is None or self.training_end_time is None:
            return None
        spans = [
            transition.end_time - transition.start_time
            for transition in self.transitions
            if transition.status in _ON_INSTANCES
            and transition.end_time is not None
            and transition.start_time >= self.training_start_time
        ]
        return max(1, round(sum(spans)))

    def billable_time_in_seconds(self) -> int | None:
        """Training time at the price that is paid for it: less for managed spot training."""
        seconds = self.training_time_in_seconds()
        if seconds is None or not self.is_spot:
            return seconds
        return max(1, round(seconds * _SPOT_PRICE))
