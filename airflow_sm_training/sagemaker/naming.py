"""
Job names derived from the task instance, and the tags that say whose a job is.

SageMaker has no client token for training jobs, but a name is unique in an account and region: a derived name is the
idempotency key that makes a task instance buy one job however often its worker dies.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

# https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateTrainingJob.html, TrainingJobName
MAXIMUM_NAME_LENGTH = 63
# https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_Tag.html, Value
MAXIMUM_TAG_VALUE_LENGTH = 256
_DIGEST_LENGTH = 10
_NOT_IN_A_NAME = re.compile(r"[^a-zA-Z0-9]+")
_NOT_IN_A_TAG = r"[^\p{L}\p{Z}\p{N}_.:/=+\-@]"
_EPOCH_TAG = "airflow:epoch"
OWNERSHIP_TAGS = ("airflow:dag_id", "airflow:task_id", "airflow:run_id", "airflow:map_index", _EPOCH_TAG)


@dataclass(frozen=True, slots=True)
class TaskInstanceIdentity:
    """
    Which task instance a job belongs to.

    :param dag_id: id of the DAG.
    :param task_id: id of the task, with its groups.
    :param run_id: id of the DAG run.
    :param map_index: index of the mapped task instance; -1 when it is not mapped.
    :param epoch: which clear of the task instance this is: the first try number of the current clear. Automatic
        retries keep it, a user's clear raises it.
    """

    dag_id: str
    task_id: str
    run_id: str
    map_index: int = -1
    epoch: int = 1

    def tags(self) -> dict[str, str]:
        """Return the ownership tags that every job of this task instance carries; they serve cost allocation too."""
        values = (self.dag_id, self.task_id, self.run_id, str(self.map_index), str(self.epoch))
        return dict(zip(OWNERSHIP_TAGS, map(_tag_value, values), strict=True))

    def owns(self, tags: Mapping[str, str]) -> bool:
        """Whether a job with these tags was made by this task instance, in this or an earlier epoch."""
        mine = self.tags()
        return all(tags.get(key) == value for key, value in mine.items() if key != _EPOCH_TAG)

    def base_name(self) -> str:
        """Return the job name of the first epoch and generation, for a config that brings no name of its own."""
        identity = "\0".join((self.dag_id, self.run_id, self.task_id, str(self.map_index)))
        slug = _slug(f"{self.dag_id}-{self.task_id}") or "airflow"
        return _joined(slug, _digest(identity))


def epoch_of(tags: Mapping[str, str]) -> int | None:
    """Return the epoch in which a job with these tags was made; ``None`` when the tags do not say."""
    epoch = tags.get(_EPOCH_TAG, "")
    return int(epoch) if epoch.isdecimal() else None


def job_name(base: str, *, epoch: int = 1, generation: int = 1) -> str:
    """
    Return the job name of one attempt. The first epoch and generation add no suffix.

    :param base: name given by the user, or :meth:`TaskInstanceIdentity.base_name`.
    :param epoch: first try number of the current clear, from 1.
    :param generation: from 1; raised when the job of this epoch ended without success and Airflow retries.
    """
    suffix = (f"-e{epoch}" if epoch > 1 else "") + (f"-g{generation}" if generation > 1 else "")
    if len(base) + len(suffix) <= MAXIMUM_NAME_LENGTH:
        return base + suffix
    if not suffix:
        return base  # too long and the user's own: validation names it rather than a name nobody chose
    return _joined(base, _digest(base), suffix)


def _joined(text: str, digest: str, suffix: str = "") -> str:
    """Shorten ``text`` so that the whole fits; the digest of what was cut keeps two long names apart."""
    room = MAXIMUM_NAME_LENGTH - len(digest) - len(suffix) - 1
    return f"{text[:room].rstrip('-')}-{digest}{suffix}"


def _slug(text: str) -> str:
    return _NOT_IN_A_NAME.sub("-", text).strip("-")


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:_DIGEST_LENGTH]


def _tag_value(text: str) -> str:
    import regex  # the standard library's `re` does not know \p{L}

    return str(regex.sub(_NOT_IN_A_TAG, "_", text))[:MAXIMUM_TAG_VALUE_LENGTH]
