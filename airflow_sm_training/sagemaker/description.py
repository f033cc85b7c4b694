"""
A training job as SageMaker describes it, as clean data: what goes into XCom and through the trigger's event.

Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_DescribeTrainingJob.html
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeVar

from airflow_sm_training.sagemaker.derived import derive
from airflow_sm_training.sagemaker.normalise import normalise, text_of
from airflow_sm_training.sagemaker.partitions import TrainingJobArn, log_stream_prefix
from airflow_sm_training.sagemaker.secrets import mask
from airflow_sm_training.sagemaker.statuses import (
    FailureKind,
    SecondaryStatus,
    TrainingJobStatus,
    WarmPoolStatus,
    is_terminal,
)

_Vocabulary = TypeVar("_Vocabulary", bound=StrEnum)
_HTTP_METADATA = "ResponseMetadata"
TRANSITION_KEYS = ("status", "start_time", "end_time", "status_message")


@dataclass(frozen=True, slots=True, repr=False)
class TrainingJobDescription:
    """
    A normalised description, which is the same thing on both sides of a deferral.

    It holds no secret: values that look secret are masked before anything is kept.

    :param data: the normalised description. Use :meth:`from_response` for an answer of SageMaker and :meth:`from_dict`
        for what :meth:`to_dict` gave.
    """

    data: Mapping[str, Any]

    @classmethod
    def from_response(
        cls,
        response: Mapping[str, Any],
        *,
        tags: Mapping[str, str] | Iterable[Mapping[str, str]] | None = None,
        is_secret: Callable[[str], bool] | None = None,
    ) -> TrainingJobDescription:
        """
        Normalise a response of DescribeTrainingJob. Nothing raises, whatever the response lacks.

        The first call in a process loads botocore's model, which takes up to half a second.

        :param response: the response as boto3 gives it; it is not changed.
        :param tags: the job's tags, as a mapping or as ListTags answers them; ``None`` if they were not read.
        :param is_secret: whether a hyperparameter or environment variable of this name is masked; default is Airflow's
            default rule, :func:`~airflow_sm_training.sagemaker.secrets.looks_secret`.
        """
        from airflow_sm_training.sagemaker.model import output_shape  # noqa: PLC0415

        without_metadata = {name: value for name, value in response.items() if name != _HTTP_METADATA}
        data = normalise(mask(without_metadata, is_secret), output_shape("DescribeTrainingJob"))
        if tags is None:
            tags = data.get("tags")
        if tags is not None:
            data["tags"] = _tag_mapping(tags)
        arn = TrainingJobArn.parse(data.get("training_job_arn"))
        if arn is not None:
            data |= {"account_id": arn.account_id, "region_name": arn.region_name}
        data["derived"] = derive(data)
        return cls(data)

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> TrainingJobDescription:
        """
        Read a description back from XCom or from a trigger's event.

        :param data: what :meth:`to_dict` gave.
        """
        return cls(copy.deepcopy(dict(data)))

    def to_dict(self) -> dict[str, Any]:
        """Return the description as a dictionary of its own that ``json.dumps(…, allow_nan=False)`` always accepts."""
        return copy.deepcopy(dict(self.data))

    def __repr__(self) -> str:
        return f"TrainingJobDescription({self.name!r}, {str(self.status)!r}, {str(self.secondary_status)!r})"

    @property
    def name(self) -> str:
        """Name of the job; empty if the response lacks it."""
        return self._text("training_job_name") or ""

    @property
    def arn(self) -> str:
        """ARN of the job; empty if the response lacks it."""
        return self._text("training_job_arn") or ""

    @property
    def status(self) -> TrainingJobStatus | str:
        """``TrainingJobStatus``; a status unknown to this version as it came, empty if the response lacks it."""
        return _word(TrainingJobStatus, self._text("training_job_status"))

    @property
    def secondary_status(self) -> SecondaryStatus | str:
        """``SecondaryStatus``; one unknown to this version as it came, empty if the response lacks it."""
        return _word(SecondaryStatus, self._text("secondary_status"))

    @property
    def is_ended(self) -> bool:
        """Whether the job will never change again. A job of unknown status is still running."""
        return is_terminal(self.status)

    @property
    def is_successful(self) -> bool:
        """Whether the job is ``Completed``."""
        return self.status == TrainingJobStatus.COMPLETED

    @property
    def failure_reason(self) -> str | None:
        """Why the job failed, in SageMaker's words."""
        return self._text("failure_reason")

    @property
    def failure_kind(self) -> FailureKind | None:
        """Whose fault the failure was: the word in front of the colon in ``FailureReason``."""
        kind = _word(FailureKind, (self.failure_reason or "").partition(":")[0].strip())
        return kind if isinstance(kind, FailureKind) else None

    @property
    def progress(self) -> dict[str, Any] | None:
        """``ProgressInfo`` of a serverless job, such as ``{"current_step": 40, "total_step_count_per_epoch": 100}``."""
        progress = self.data.get("progress_info")
        return dict(progress) if isinstance(progress, Mapping) and progress else None

    @property
    def model_artifacts(self) -> str | None:
        """S3 URI of the trained model."""
        artifacts = self.data.get("model_artifacts")
        uri = artifacts.get("s3_model_artifacts") if isinstance(artifacts, Mapping) else None
        return uri if isinstance(uri, str) else None

    @property
    def keep_alive_period_in_seconds(self) -> int | None:
        """How long the instances are kept for the next job; ``None`` if the job has no such period."""
        period = self._structure("resource_config").get("keep_alive_period_in_seconds")
        return period if isinstance(period, int) else None

    @property
    def warm_pool_status(self) -> WarmPoolStatus | str:
        """``WarmPoolStatus``; one unknown to this version as it came, empty while SageMaker says nothing of it."""
        status = self._structure("warm_pool_status").get("status")
        return _word(WarmPoolStatus, status if isinstance(status, str) else None)

    @property
    def warm_pool_reused_by(self) -> str | None:
        """Name of the job that took the instances over."""
        name = self._structure("warm_pool_status").get("reused_by_job")
        return name if isinstance(name, str) else None

    @property
    def transitions(self) -> list[dict[str, Any]]:
        """
        ``SecondaryStatusTransitions`` so far, oldest first, with every key of :data:`TRANSITION_KEYS`.

        ``status`` is always a string; what the response lacks is ``None``.
        """
        transitions = self.data.get("secondary_status_transitions")
        items = transitions if isinstance(transitions, list) else []
        known = [item for item in items if isinstance(item, Mapping) and isinstance(item.get("status"), str)]
        return [{key: item.get(key) for key in TRANSITION_KEYS} for item in known]

    @property
    def creation_time(self) -> str | None:
        """When the job was created, ISO 8601 in UTC."""
        return self._text("creation_time")

    @property
    def tags(self) -> dict[str, str]:
        """The job's tags, empty if they were not read."""
        tags = self.data.get("tags")
        return dict(tags) if isinstance(tags, Mapping) else {}

    @property
    def derived(self) -> dict[str, Any]:
        """What was computed from the response: see :func:`~airflow_sm_training.sagemaker.derived.derive`."""
        derived = self.data.get("derived")
        return dict(derived) if isinstance(derived, Mapping) else {}

    @property
    def metrics(self) -> dict[str, float | None]:
        """Last value of each metric; empty as long as there is none."""
        metrics = self.derived.get("metrics")
        return dict(metrics) if isinstance(metrics, Mapping) else {}

    @property
    def console_url(self) -> str | None:
        """Address of the job's page in the SageMaker console."""
        return self.derived.get("console_url")

    @property
    def logs_url(self) -> str | None:
        """Address of the job's log streams in the CloudWatch console."""
        return self.derived.get("logs_url")

    @property
    def log_stream_prefix(self) -> str:
        """What the names of the job's log streams in ``/aws/sagemaker/TrainingJobs`` begin with."""
        return log_stream_prefix(self.name)

    def _structure(self, field: str) -> Mapping[str, Any]:
        value = self.data.get(field)
        return value if isinstance(value, Mapping) else {}

    def _text(self, field: str) -> str | None:
        value = self.data.get(field)
        return value if isinstance(value, str) else None


def _word(vocabulary: type[_Vocabulary], value: str | None) -> _Vocabulary | str:
    try:
        return vocabulary(value or "")
    except ValueError:
        return value or ""


def _tag_mapping(tags: Any) -> dict[str, Any]:
    if isinstance(tags, Mapping):
        return {text_of(key): normalise(value) for key, value in tags.items()}
    items = tags if isinstance(tags, Iterable) and not isinstance(tags, (str, bytes)) else ()
    # A future response could carry tags itself; by now its field names would be normalised.
    pairs = [{str(key).lower(): value for key, value in tag.items()} for tag in items if isinstance(tag, Mapping)]
    return {text_of(pair["key"]): normalise(pair.get("value")) for pair in pairs if "key" in pair}
