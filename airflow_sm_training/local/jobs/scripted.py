"""Plays jobs that follow a timeline: no process, no thread, only times at which something is due."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from airflow_sm_training.local.jobs.job import Metric
from airflow_sm_training.sagemaker.statuses import SecondaryStatus

if TYPE_CHECKING:
    from collections.abc import Callable

    from airflow_sm_training.local.jobs.job import Script, TrainingJob
    from airflow_sm_training.local.jobs.lifecycle import Lifecycle
    from airflow_sm_training.local.timeline import Step


@dataclass(frozen=True, slots=True)
class ScriptedDelays:
    """
    How long scripted jobs take for what no timeline says, in seconds.

    :param stop: from StopTrainingJob to the end of the job.
    :param restart: what a restart takes, after an interruption or an internal error.
    :param interruption: how long there is no spot capacity.
    """

    stop: float = 0.5
    restart: float = 0.3
    interruption: float = 0.3


class ScriptedPlayer:
    """
    Moves scripted jobs through their timelines.

    :param lifecycle: what ends jobs and plans what comes later.
    :param delays: the times that no timeline gives.
    """

    def __init__(self, lifecycle: Lifecycle, delays: ScriptedDelays) -> None:
        self._lifecycle = lifecycle
        self._delays = delays

    def start(self, job: TrainingJob, now: float) -> None:
        """Begin the timeline."""
        self._play(job, 0, now)

    def stop(self, job: TrainingJob, secondary_status: SecondaryStatus, now: float) -> None:
        """End the job a moment from now, with this secondary status."""
        job.generation += 1
        self._lifecycle.enter(job, SecondaryStatus.STOPPING, now)
        self._later(job, now + self._delays.stop, lambda due: self._lifecycle.end(job, secondary_status, due))

    def interrupt(self, job: TrainingJob, now: float) -> None:
        """Take the spot instances away; the job trains anew from where the timeline first says Training."""
        job.generation += 1
        self._lifecycle.enter(job, SecondaryStatus.INTERRUPTED, now)
        again = _script(job).timeline.index_of(SecondaryStatus.TRAINING)
        self._later(job, now + self._delays.interruption, lambda due: self._restart(job, again, due))

    def _play(self, job: TrainingJob, position: int, at: float) -> None:
        script = _script(job)
        step = script.timeline.steps[position]
        job.metrics.update({name: Metric(value, at) for name, value in step.metrics.items()})
        if step.progress is not None:
            job.progress = step.progress
        following = position + 1
        if step.is_internal_error and script.retries < job.maximum_retry_attempts:
            script.retries += 1
            self._restart(job, following if following < len(script.timeline.steps) else 0, at)
        elif step.is_end:
            self._end(job, step, at)
        else:
            self._lifecycle.enter(job, step.secondary_status, at, step.status_message)
            if step.seconds is not None:
                self._later(job, at + step.seconds, lambda due: self._play(job, following, due))

    def _restart(self, job: TrainingJob, position: int, at: float) -> None:
        self._lifecycle.enter(job, SecondaryStatus.RESTARTING, at)
        self._later(job, at + self._delays.restart, lambda due: self._play(job, position, due))

    def _end(self, job: TrainingJob, step: Step, at: float) -> None:
        completed = step.secondary_status == SecondaryStatus.COMPLETED
        self._lifecycle.end(
            job,
            step.secondary_status,
            at,
            message=step.status_message,
            failure_reason=step.failure_reason,
            model_artifacts=job.default_model_artifacts if completed else None,
        )

    def _later(self, job: TrainingJob, due: float, action: Callable[[float], None]) -> None:
        generation = job.generation

        def act(now: float) -> None:
            if job.generation == generation and not job.has_ended:
                action(now)

        self._lifecycle.schedule.at(due, act)


def _script(job: TrainingJob) -> Script:
    assert job.script is not None
    return job.script
