"""A CreateTrainingJob request: built from a dict, converted to the model's types, and held against the model."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from airflow_sm_training.sagemaker import model, shapes
from airflow_sm_training.sagemaker.errors import RequestInvalid
from airflow_sm_training.sagemaker.secrets import MASK, looks_secret

if TYPE_CHECKING:
    from airflow_sm_training.sagemaker.shapes import Violation

_OPERATION = "CreateTrainingJob"
_SECRETIVE_MAPS = ("Environment", "HyperParameters")


@dataclass(frozen=True, slots=True)
class TrainingJobRequest:
    """
    A CreateTrainingJob request.

    Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateTrainingJob.html

    :param request: the request as boto3 takes it. ``TrainingJobName`` may be missing: the operator derives it.
    :raises RequestInvalid: if ``request`` is not a mapping.
    """

    request: Mapping[str, Any]

    def __post_init__(self) -> None:
        if not isinstance(self.request, Mapping):
            found = type(self.request).__name__
            message = f"A CreateTrainingJob request is a dict as boto3 takes it, not {found} ({self.request!r:.80})."
            raise RequestInvalid(message)
        object.__setattr__(self, "request", copy.deepcopy(dict(self.request)))

    def to_dict(self) -> dict[str, Any]:
        """Return the request as boto3 takes it, as a copy."""
        return copy.deepcopy(dict(self.request))

    def typed(self) -> TrainingJobRequest:
        """Return a copy in which the strings that templates made of numbers and booleans have the model's types."""
        return TrainingJobRequest(shapes.coerce(model.input_shape(_OPERATION), self.request))

    def with_fields(self, **fields: Any) -> TrainingJobRequest:
        """Return a copy with these top-level fields, such as ``TrainingJobName``, replaced."""
        return TrainingJobRequest({**self.request, **fields})

    def with_tags(self, tags: Mapping[str, str]) -> TrainingJobRequest:
        """Return a copy that carries these tags; they replace tags with the same keys."""
        kept = [tag for tag in self.request.get("Tags") or () if tag.get("Key") not in tags]
        return self.with_fields(Tags=[*kept, *({"Key": key, "Value": value} for key, value in tags.items())])

    def validate(self) -> list[Violation]:
        """Return everything in which the request departs from botocore's model; empty if nothing does."""
        found = shapes.violations(model.input_shape(_OPERATION), self.request)
        return [
            self._without_secret(violation)
            for violation in found
            if (violation.path, violation.rule) != ("TrainingJobName", "required")
        ]

    def check(self) -> None:
        """
        Raise one error that lists every violation.

        :raises RequestInvalid: if there is any.
        """
        violations = self.validate()
        if violations:
            count = f"{len(violations)} thing{'s' if len(violations) > 1 else ''}"
            listed = "\n".join(f"  - {violation}" for violation in violations)
            message = f"The training job config is wrong in {count}; nothing was sent to SageMaker:\n{listed}"
            raise RequestInvalid(message, violations=violations, training_job_name=self.request.get("TrainingJobName"))

    def _without_secret(self, violation: Violation) -> Violation:
        """A message shows the offending value, which for these maps can be a password."""
        section, _, key = violation.path.partition("[")
        if section in _SECRETIVE_MAPS and looks_secret(key):
            message = violation.message.replace(repr(violation.value), MASK)
            hidden = message if message != violation.message else f"{MASK} breaks the rule {violation.rule!r}"
            return replace(violation, message=hidden, value=MASK)
        return violation
