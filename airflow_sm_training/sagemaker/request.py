"""A CreateTrainingJob request: built from a dict, converted to the model's types, and held against the model."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from airflow_sm_training.sagemaker import model, shapes
from airflow_sm_training.sagemaker.errors import RequestInvalid
from airflow_sm_training.sagemaker.request_methods import RequestMethods
from airflow_sm_training.sagemaker.secrets import MASK, looks_secret

if TYPE_CHECKING:
    from airflow_sm_training.sagemaker.shapes import Violation

_OPERATION = "CreateTrainingJob"
_SECRETIVE_MAPS = ("Environment", "HyperParameters")


@dataclass(frozen=True, slots=True, repr=False)
class TrainingJobRequest(RequestMethods):
    """
    A CreateTrainingJob request.

    Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateTrainingJob.html

    :param request: the request as boto3 takes it. ``TrainingJobName`` may be missing: the operator derives it.
        :meth:`build` takes keywords in snake_case instead.
    :raises RequestInvalid: if ``request`` is not a mapping.
    """

    def typed(self) -> TrainingJobRequest:
        """Return a copy in which the strings that templates made of numbers and booleans have the model's types."""
        return replace(self, request=shapes.coerce(model.input_shape(_OPERATION), self.request))

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
