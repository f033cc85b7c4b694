"""
Buy one job per task instance: the decision, and the protocol that carries it out.

The create call comes first and the question afterwards. A name is unique in an account and region, so that a create
either buys the one job or answers ``ResourceInUse``; asking first would only open a window between the two.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from itertools import count
from typing import TYPE_CHECKING, Protocol

from airflow_sm_training.sagemaker.errors import (
    AccessDenied,
    TrainingJobForeign,
    TrainingJobNameTaken,
    TrainingJobNotFound,
)
from airflow_sm_training.sagemaker.naming import TaskInstanceIdentity, epoch_of, job_name
from airflow_sm_training.sagemaker.statuses import TrainingJobStatus

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from airflow_sm_training.sagemaker.description import TrainingJobDescription
    from airflow_sm_training.sagemaker.request import TrainingJobRequest


class Decision(StrEnum):
    """What to do about a job that already has the name."""

    SUBMIT = "submit"
    ADOPT = "adopt"
    FINISHED = "finished"
    NEXT_GENERATION = "next generation"
    WAIT = "wait"
    FOREIGN = "foreign"


@dataclass(frozen=True, slots=True)
class Submission:
    """
    The job that this task instance has bought, now or earlier.

    :param training_job_name: its name.
    :param training_job_arn: its ARN.
    :param decision: ``SUBMIT``, ``ADOPT`` or ``FINISHED``.
    """

    training_job_name: str
    training_job_arn: str
    decision: Decision

    @property
    def is_finished(self) -> bool:
        """Whether there is nothing to wait for: an earlier try has finished the job."""
        return self.decision is Decision.FINISHED


class TrainingJobApi(Protocol):
    """What the protocol needs of SageMaker. The hook has it; so has the in-memory SageMaker of the tests."""

    def create_training_job(self, request: TrainingJobRequest) -> str:
        """Create the job and return its ARN; raise :class:`TrainingJobNameTaken` when the name is in use."""

    def describe_training_job(self, training_job_name: str, *, with_tags: bool = False) -> TrainingJobDescription:
        """Describe the job; raise :class:`TrainingJobNotFound` when there is none."""

    def stop_training_job(self, training_job_name: str) -> bool:
        """Stop the job; false if it has ended."""

    def wait_until_settled(self, training_job_name: str) -> None:
        """Return when the job is no longer stopping or being deleted."""


def decide(
    status: str | None,
    tags: Mapping[str, str],
    identity: TaskInstanceIdentity,
    *,
    adopt: bool = True,
    name_is_derived: bool = False,
) -> Decision:
    """
    Decide what to do about the job that has the name. Pure: no call, no clock.

    :param status: ``TrainingJobStatus`` of that job; ``None`` when there is none.
    :param tags: its tags, empty if they could not be read or written.
    :param identity: the task instance that wants to submit.
    :param adopt: whether a job of our own may be taken over.
    :param name_is_derived: whether the name alone says whose the job is. It decides where the tags are silent.
    """
    if status is None:
        return Decision.SUBMIT
    made_in_epoch = epoch_of(tags)
    ours = identity.owns(tags) or (made_in_epoch is None and name_is_derived)
    if not ours or not adopt:
        return Decision.FOREIGN
    if status in (TrainingJobStatus.STOPPING, TrainingJobStatus.DELETING):
        return Decision.WAIT
    is_older = made_in_epoch not in (None, identity.epoch)
    if is_older or status in (TrainingJobStatus.FAILED, TrainingJobStatus.STOPPED):
        return Decision.NEXT_GENERATION
    if status == TrainingJobStatus.COMPLETED:
        return Decision.FINISHED
    return Decision.ADOPT


@dataclass(frozen=True, slots=True)
class SubmissionProtocol:
    """
    Gets one task instance its one job.

    :param api: SageMaker.
    :param identity: the task instance.
    :param adopt: whether a job of this task instance that already exists is taken over; otherwise it is an error.
    :param about_to_create: told each name before it is tried, so that whoever kills the task knows what to stop.
    :param warn: takes a sentence that people should read.
    """

    api: TrainingJobApi
    identity: TaskInstanceIdentity
    adopt: bool = True
    about_to_create: Callable[[str], None] = lambda _: None
    warn: Callable[[str], None] = lambda _: None

    def submit(self, request: TrainingJobRequest) -> Submission:
        """
        Create the job of this task instance unless it exists.

        :param request: the request; its ``TrainingJobName``, if any, is the base of the name.
        :raises TrainingJobForeign: if somebody else's job has the name, or ``adopt`` is false and a job has it.
        :raises SageMakerTrainingError: whatever creating raises.
        """
        base = request.to_dict().get("TrainingJobName")
        name_is_derived = base is None
        base = base or self.identity.base_name()
        self._stop_older(base, name_is_derived=name_is_derived)
        generation = 1
        while True:
            name = job_name(base, epoch=self.identity.epoch, generation=generation)
            self.about_to_create(name)
            try:
                return Submission(name, self._create(request, name), Decision.SUBMIT)
            except TrainingJobNameTaken:
                decision, arn = self._decide_about(name, name_is_derived=name_is_derived)
            if decision in (Decision.ADOPT, Decision.FINISHED):
                return Submission(name, arn, decision)
            if decision is Decision.NEXT_GENERATION:
                generation += 1
            elif decision is Decision.WAIT:
                self.api.wait_until_settled(name)

    def _create(self, request: TrainingJobRequest, name: str) -> str:
        named = request.with_fields(TrainingJobName=name)
        try:
            return self.api.create_training_job(named.with_tags(self.identity.tags()))
        except AccessDenied:
            # Tags at creation need a permission of their own, which not everybody has.
            arn = self.api.create_training_job(named)
        self.warn(
            f"{name} has no ownership tags: creating it with them was refused, without them it was not. Grant "
            f"sagemaker:AddTags for cost allocation, and for retries under a TrainingJobName of your own."
        )
        return arn

    def _decide_about(self, name: str, *, name_is_derived: bool) -> tuple[Decision, str]:
        try:
            existing = self.api.describe_training_job(name, with_tags=True)
        except TrainingJobNotFound:
            return Decision.SUBMIT, ""  # deleted since: create again
        decision = self._decision(existing, name_is_derived=name_is_derived)
        if decision is Decision.FOREIGN:
            raise _foreign(existing, self.identity)
        return decision, existing.arn

    def _stop_older(self, base: str, *, name_is_derived: bool) -> None:
        """Stop what an earlier clear left running: its kill was lost, or this Airflow tells triggers of no kill."""
        for epoch in range(1, self.identity.epoch):
            for generation in count(1):
                name = job_name(base, epoch=epoch, generation=generation)
                try:
                    existing = self.api.describe_training_job(name, with_tags=True)
                except TrainingJobNotFound:
                    break
                decision = decide(existing.status, existing.tags, self.identity, name_is_derived=name_is_derived)
                if decision is not Decision.FOREIGN and not existing.is_ended:
                    self.warn(f"{name}, of an earlier run of this task instance, is {existing.status}: stopping it.")
                    if existing.status == TrainingJobStatus.IN_PROGRESS:
                        self.api.stop_training_job(name)
                    self.api.wait_until_settled(name)

    def _decision(self, existing: TrainingJobDescription, *, name_is_derived: bool) -> Decision:
        return decide(existing.status, existing.tags, self.identity, adopt=self.adopt, name_is_derived=name_is_derived)


def _foreign(existing: TrainingJobDescription, identity: TaskInstanceIdentity) -> TrainingJobForeign:
    owner = ", ".join(f"{key}={value}" for key, value in sorted(existing.tags.items())) or "no tags that can be read"
    mine = identity.owns(existing.tags)
    whose = "of this very task instance" if mine else "that this task instance did not make"
    remedy = (
        "Use action_if_job_exists='adopt' to wait for it instead."
        if mine
        else "Leave TrainingJobName out of the config, or make it differ per run, such as 'name-{{ ts_nodash }}'."
    )
    message = (
        f"A training job {existing.name} {whose} exists: created {existing.creation_time}, "
        f"{existing.status}, {owner}. {remedy}"
    )
    return TrainingJobForeign(message, training_job_name=existing.name)
