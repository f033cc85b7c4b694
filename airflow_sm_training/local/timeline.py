"""
Scripted lives of training jobs, as data: which phases a job goes through, for how long, and what it shows there.

A timeline as JSON is a list of steps::

    [{"secondary_status": "Training", "seconds": 1.5, "metrics": {"accuracy": 0.9}},
     {"secondary_status": "Failed", "failure_reason": "AlgorithmError: exit code 1"}]
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any

from airflow_sm_training.sagemaker.statuses import FailureKind, SecondaryStatus, TrainingJobStatus

HYPERPARAMETER = "local_timeline"
"""The hyperparameter that gives one job a timeline of its own, as JSON."""

ENDS: Mapping[SecondaryStatus, TrainingJobStatus] = {
    SecondaryStatus.COMPLETED: TrainingJobStatus.COMPLETED,
    SecondaryStatus.FAILED: TrainingJobStatus.FAILED,
    SecondaryStatus.STOPPED: TrainingJobStatus.STOPPED,
    SecondaryStatus.MAX_RUNTIME_EXCEEDED: TrainingJobStatus.STOPPED,
    SecondaryStatus.MAX_WAIT_TIME_EXCEEDED: TrainingJobStatus.STOPPED,
}
"""The secondary statuses that end a job, and the status that it then has."""

# As real Describe responses word them; AWS documents those of Starting and Training only.
MESSAGES: Mapping[SecondaryStatus, str] = {
    SecondaryStatus.STARTING: "Preparing the instances for training",
    SecondaryStatus.PENDING: "Waiting for compute capacity",
    SecondaryStatus.LAUNCHING_ML_INSTANCES: "Launching requested ML instances",
    SecondaryStatus.PREPARING_TRAINING_STACK: "Preparing the instances for training",
    SecondaryStatus.DOWNLOADING: "Downloading input data",
    SecondaryStatus.DOWNLOADING_TRAINING_IMAGE: "Downloading the training image",
    SecondaryStatus.TRAINING: "Training image download completed. Training in progress.",
    SecondaryStatus.UPDATING: "Updating the training job",
    SecondaryStatus.RESTARTING: "Restarting the training job",
    SecondaryStatus.INTERRUPTED: "The managed spot training instances were interrupted",
    SecondaryStatus.UPLOADING: "Uploading generated training model",
    SecondaryStatus.STOPPING: "Stopping the training job",
    SecondaryStatus.STOPPED: "Training job stopped",
    SecondaryStatus.MAX_RUNTIME_EXCEEDED: "Training job runtime exceeded MaxRuntimeInSeconds provided",
    SecondaryStatus.MAX_WAIT_TIME_EXCEEDED: "Training job wait time exceeded MaxWaitTimeInSeconds provided",
    SecondaryStatus.COMPLETED: "Training job completed",
    SecondaryStatus.FAILED: "Training job failed",
}

_DEFAULT_FAILURE_REASON = f"{FailureKind.ALGORITHM}: ExecuteUserScriptError: ExitCode 1"


class TimelineError(ValueError):
    """A timeline cannot be followed; the message names the step and the field."""


@dataclass(frozen=True, slots=True)
class Step:
    """
    One phase of a scripted job.

    :param secondary_status: the phase, or how the job ends.
    :param seconds: how long the phase lasts; ``None`` = until the job is stopped or interrupted.
    :param message: ``StatusMessage`` of the transition; SageMaker's own wording by default.
    :param metrics: metric values that are known as soon as the phase begins, by name.
    :param progress: ``ProgressInfo`` of the phase, such as ``{"CurrentEpoch": 3, "MaxEpoch": 10}``.
    :param failure_reason: ``FailureReason``; for ``Failed`` only. One that begins with ``InternalServerError`` obeys
        the job's ``RetryStrategy``: the steps after it are what the retry does, without such steps all begins anew.
    """

    secondary_status: SecondaryStatus
    seconds: float | None = 0.0
    message: str | None = None
    metrics: Mapping[str, float] = field(default_factory=dict)
    progress: Mapping[str, int] | None = None
    failure_reason: str | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "secondary_status", _secondary_status(self.secondary_status))
        if self.seconds is not None and not (_is_number(self.seconds) and 0 <= self.seconds < math.inf):
            raise TimelineError(f"seconds is {self.seconds!r}: a number of seconds, or null for no end, is needed")
        if not isinstance(self.metrics, Mapping) or not all(map(_is_number, self.metrics.values())):
            raise TimelineError(f"metrics is {self.metrics!r}: an object of names and numbers is needed")
        if self.progress is not None and not _is_progress(self.progress):
            raise TimelineError(f"progress is {self.progress!r}: an object of names and whole numbers is needed")
        for name in ("message", "failure_reason"):
            if not isinstance(getattr(self, name), str | None):
                raise TimelineError(f"{name} is {getattr(self, name)!r}: a string is needed")
        if self.failure_reason is not None and self.secondary_status != SecondaryStatus.FAILED:
            raise TimelineError(f"failure_reason belongs to {SecondaryStatus.FAILED}, not to {self.secondary_status}")
        if self.failure_reason is None and self.secondary_status == SecondaryStatus.FAILED:
            object.__setattr__(self, "failure_reason", _DEFAULT_FAILURE_REASON)

    @property
    def status_message(self) -> str:
        """What ``StatusMessage`` says in this phase."""
        return MESSAGES[self.secondary_status] if self.message is None else self.message

    @property
    def is_end(self) -> bool:
        """Whether the job ends with this step."""
        return self.secondary_status in ENDS

    @property
    def is_internal_error(self) -> bool:
        """Whether SageMaker would retry this failure."""
        return self.failure_reason is not None and self.failure_reason.startswith(FailureKind.INTERNAL)


@dataclass(frozen=True, slots=True)
class Timeline:
    """
    The steps of a scripted job, in order. Ends with ``Completed`` where no step says how the job ends.

    :param steps: at least one step.
    :raises TimelineError: there is no step, or steps follow an end that cannot be survived.
    """

    steps: Sequence[Step]

    def __post_init__(self) -> None:
        steps = tuple(self.steps)
        if not steps:
            raise TimelineError("a timeline needs at least one step")
        for index, step in enumerate(steps[:-1]):
            if step.is_end and not step.is_internal_error:
                raise TimelineError(f"step {index} is {step.secondary_status}: nothing can follow it")
        if not steps[-1].is_end:
            steps = (*steps, Step(SecondaryStatus.COMPLETED))
        object.__setattr__(self, "steps", steps)

    @classmethod
    def parse(cls, value: object) -> Timeline:
        """
        Read a timeline from JSON text or from what JSON text says.

        :param value: JSON text, a list of step objects, or a timeline.
        :raises TimelineError: naming the step and the field that is wrong.
        """
        if isinstance(value, Timeline):
            return value
        while isinstance(value, str):  # the SageMaker SDK encodes a hyperparameter as JSON once more
            try:
                value = json.loads(value)
            except ValueError as error:
                raise TimelineError(f"not JSON: {error}") from None
        if not isinstance(value, Sequence):
            raise TimelineError(f"a list of steps is needed, not {value!r}")
        return cls([_parse_step(index, item) for index, item in enumerate(value)])

    def index_of(self, secondary_status: SecondaryStatus) -> int:
        """Return where the job first is in this phase; 0 if it never is."""
        return next((i for i, step in enumerate(self.steps) if step.secondary_status == secondary_status), 0)


def _parse_step(index: int, item: object) -> Step:
    if isinstance(item, Step):
        return item
    if not isinstance(item, Mapping):
        raise TimelineError(f"step {index} is {item!r}: an object is needed")
    known = {entry.name for entry in fields(Step)}
    unknown = sorted(set(item) - known)
    if unknown:
        raise TimelineError(f"step {index} has unknown field {unknown[0]!r}; known are {', '.join(sorted(known))}")
    if "secondary_status" not in item:
        raise TimelineError(f"step {index} has no secondary_status")
    try:
        return Step(**item)
    except TimelineError as error:
        raise TimelineError(f"step {index}: {error}") from None


def _secondary_status(value: object) -> SecondaryStatus:
    try:
        return SecondaryStatus(value)  # type: ignore[arg-type]
    except ValueError:
        raise TimelineError(f"secondary_status is {value!r}: known are {', '.join(SecondaryStatus)}") from None


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_progress(value: Any) -> bool:
    return isinstance(value, Mapping) and all(isinstance(item, int) and item >= 0 for item in value.values())
