"""SageMaker's answers about training jobs, through an async client: what the poll loop asks and what stops a job."""

from __future__ import annotations

import email.utils
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Protocol

from airflow_sm_training.sagemaker.description import TrainingJobDescription
from airflow_sm_training.sagemaker.polling import State
from airflow_sm_training.sagemaker.secrets import looks_secret, secret_values
from airflow_sm_training.sagemaker.translation import translated

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_LARGEST_PAGE = 100


@dataclass(frozen=True, slots=True)
class Described:
    """
    A description and what must not be shown of the job.

    :param description: the job, secrets masked.
    :param secrets: its secret values, to be kept out of log lines.
    """

    description: TrainingJobDescription
    secrets: frozenset[str] = frozenset()

    @property
    def state(self) -> State:
        """What of the job is compared with a list."""
        job = self.description
        return State(str(job.status), str(job.secondary_status), str(job.warm_pool_status))


@dataclass(frozen=True, slots=True)
class Page:
    """
    A page of a list.

    :param states: name and state of each job.
    :param next_token: what to ask the next page with, if there is one.
    :param server_time: SageMaker's time, in seconds since the epoch, if the answer says it.
    """

    states: tuple[tuple[str, State], ...]
    next_token: str | None = None
    server_time: float | None = None


class TrainingJobReader(Protocol):
    """Where the poll loop asks. Raises :class:`~airflow_sm_training.sagemaker.errors.SageMakerTrainingError`."""

    async def describe(self, training_job_name: str) -> Described:
        """Describe a job."""

    async def list_modified(self, after: float, next_token: str | None = None) -> Page:
        """Return a page of the jobs that were modified after this time, in seconds since the epoch."""

    def discard(self) -> None:
        """Build another client for who comes next: this one's credentials are no longer accepted."""


class ClientReader:
    """
    Asks SageMaker.

    :param client: async SageMaker client.
    :param identity: whose credentials it has, for messages.
    :param is_secret: whether a hyperparameter or environment variable of this name is secret.
    :param discard: sees to it that the client is not used by who comes next.
    """

    def __init__(
        self,
        client: Any,
        *,
        identity: str = "",
        is_secret: Callable[[str], bool] = looks_secret,
        discard: Callable[[], None] = lambda: None,
    ) -> None:
        self._client = client
        self._identity = f" ({identity})" if identity else ""
        self._is_secret = is_secret
        self.discard = discard

    async def describe(self, training_job_name: str) -> Described:
        """
        Describe a training job.

        Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_DescribeTrainingJob.html

        :param training_job_name: name of the job.
        :raises TrainingJobNotFound: if there is no job of that name.
        """
        with self._translated("describe", training_job_name):
            response = await self._client.describe_training_job(TrainingJobName=training_job_name)
        description = TrainingJobDescription.from_response(response, is_secret=self._is_secret)
        return Described(description, frozenset(secret_values(response, self._is_secret)))

    async def list_modified(self, after: float, next_token: str | None = None) -> Page:
        """
        Return a page of the training jobs that were modified after a time.

        Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ListTrainingJobs.html

        :param after: seconds since the epoch.
        :param next_token: what the page before gave.
        """
        arguments: dict[str, Any] = {
            "LastModifiedTimeAfter": datetime.fromtimestamp(after, UTC),
            "MaxResults": _LARGEST_PAGE,
            **({"NextToken": next_token} if next_token else {}),
        }
        with translated(f"list training jobs{self._identity}"):
            answer = await self._client.list_training_jobs(**arguments)
        summaries = answer.get("TrainingJobSummaries", ())
        states = tuple((summary["TrainingJobName"], _state(summary)) for summary in summaries)
        return Page(states, answer.get("NextToken"), _server_time(answer))

    async def stop(self, training_job_name: str) -> None:
        """
        Ask SageMaker to stop a training job.

        :param training_job_name: name of the job.
        :raises TrainingJobNotFound: if there is no job of that name, or it has ended.
        """
        with self._translated("stop", training_job_name):
            await self._client.stop_training_job(TrainingJobName=training_job_name)

    def _translated(self, verb: str, name: str) -> Any:
        doing = f"{verb} training job {name}{self._identity}"
        return translated(doing, training_job_name=name, named_job=True)


def _state(summary: Mapping[str, Any]) -> State:
    warm_pool = summary.get("WarmPoolStatus") or {}
    return State(
        summary.get("TrainingJobStatus") or "", summary.get("SecondaryStatus") or "", warm_pool.get("Status") or ""
    )


def _server_time(answer: Mapping[str, Any]) -> float | None:
    date = answer.get("ResponseMetadata", {}).get("HTTPHeaders", {}).get("date")
    try:
        return email.utils.parsedate_to_datetime(date).timestamp() if date else None
    except (TypeError, ValueError):
        return None
