"""
Buy one job per task instance: the decision, and the protocol that carries it out.

The create call comes first and the question afterwards. A name is unique in an account and region, so that a create
either buys the one job or answers ``ResourceInUse``; asking first would only open a window between the two.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

from airflow_sm_training.sagemaker.errors import TrainingJobForeign, TrainingJobNameTaken, TrainingJobNotFound
from airflow_sm_training.sagemaker.naming import TaskInstanceIdentity, epoch_of, job_name
from airflow_sm_training.sagemaker.statuses import TrainingJobStatus

if TYPE_CHECKING:
    from collections.abc import Mapping

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


class TrainingJobApi(Protocol):
    """What the protocol needs of SageMaker. The hook has it; so has the in-memory SageMaker of the tests."""

    def create_training_job(self, request: TrainingJobRequest) -> str:
        """Create the job and return its ARN; raise :class:`TrainingJobNameTaken` when the name is in use."""

    def describe_training_job(self, training_job_name: str, *, with_tags: bool = False) -> TrainingJobDescription:
        """Describe the job; raise :class:`TrainingJobNotFound` when there is none."""

    def wait_until_settled(self, training_job_name: str) -> None:
        """Return when the job is no longer stopping or being deleted."""


def decide(
    status: str | None, tags: Mapping[str, str], identity: TaskInstanceIdentity, *, adopt: bool = True
) -> Decision:
    """
    Decide what to do about the job that has the name. Pure: no call, no clock.

    :param status: ``TrainingJobStatus`` of that job; ``None`` when there is none.
    :param tags: its tags.
    :param identity: the task instance that wants to submit.
    :param adopt: whether a job of our own may be taken over.
    """
    if status is None:
        return Decision.SUBMIT
    if not identity.owns(tags) or not adopt:
        return Decision.FOREIGN
    if status in (TrainingJobStatus.STOPPING, TrainingJobStatus.DELETING):
        return Decision.WAIT
    if epoch_of(tags) != identity.epoch or status in (TrainingJobStatus.FAILED, TrainingJobStatus.STOPPED):
        return Decision.NEXT_GENERATION
    if status == TrainingJobStatus.COMPLETED:
        return Decision.FINISHED
    return Decision.ADOPT


def submit_once(
    api: TrainingJobApi, request: TrainingJobRequest, identity: TaskInstanceIdentity, *, adopt: bool = True
) -> Submission:
    """
    Create the job of this task instance unless it exists.

    :param api: SageMaker.
    :param request: the request; its ``TrainingJobName``, if any, is the base of the name.
    :param identity: the task instance.
    :param adopt: whether a job of this task instance that already exists is taken over; otherwise it is an error.
    :raises TrainingJobForeign: if somebody else's job has the name, or ``adopt`` is false and a job has it.
    :raises SageMakerTrainingError: whatever creating raises.
    """
    base = request.to_dict().get("TrainingJobName") or identity.base_name()
    tagged = request.with_tags(identity.tags())
    generation = 1
    while True:
        name = job_name(base, epoch=identity.epoch, generation=generation)
        try:
            arn = api.create_training_job(tagged.with_fields(TrainingJobName=name))
        except TrainingJobNameTaken:
            decision, arn = _decide_about(api, name, identity, adopt=adopt)
        else:
            decision = Decision.SUBMIT
            return Submission(name, arn, decision)
        if decision in (Decision.ADOPT, Decision.FINISHED):
            return Submission(name, arn, decision)
        if decision is Decision.NEXT_GENERATION:
            generation += 1
        elif decision is Decision.WAIT:
            api.wait_until_settled(name)


def _decide_about(
    api: TrainingJobApi, name: str, identity: TaskInstanceIdentity, *, adopt: bool
) -> tuple[Decision, str]:
    try:
        existing = api.describe_training_job(name, with_tags=True)
    except TrainingJobNotFound:
        return Decision.SUBMIT, ""  # deleted since: create again
    decision = decide(existing.status, existing.tags, identity, adopt=adopt)
    if decision is Decision.FOREIGN:
        raise _foreign(existing, identity)
    return decision, existing.arn or ""


def _foreign(existing: TrainingJobDescription, identity: TaskInstanceIdentity) -> TrainingJobForeign:
    owner = ", ".join(f"{key}={value}" for key, value in sorted(existing.tags.items())) or "no tags"
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
