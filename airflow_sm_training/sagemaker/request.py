"""A CreateTrainingJob request: built from a dict, converted to the model's types, and held against the model."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from airflow_sm_training.sagemaker import model, shapes, validation
from airflow_sm_training.sagemaker.errors import RequestInvalid
from airflow_sm_training.sagemaker.request_methods import RequestMethods
from airflow_sm_training.sagemaker.templates import is_templated

if TYPE_CHECKING:
    from collections.abc import Mapping

    from airflow_sm_training.sagemaker.shapes import Violation

_OPERATION = "CreateTrainingJob"
# The operator derives it.
GIVEN_LATER = ("TrainingJobName",)


def role_name(request: Mapping[str, Any]) -> str | None:
    """
    Return the role's name where ``RoleArn`` is one, as the operator allows; ``None`` for an ARN or a template.

    :param request: the request.
    """
    role = request.get("RoleArn")
    is_name = isinstance(role, str) and role and ":" not in role and not is_templated(role)
    return role if is_name else None


def with_stand_in_arn(request: Mapping[str, Any]) -> Mapping[str, Any]:
    """
    Return the request with an ARN where ``RoleArn`` is the name of a role, so that all of it can be checked.

    :param request: the request.
    """
    role = role_name(request)
    return request if role is None else {**request, "RoleArn": f"arn:aws:iam::000000000000:role/{role}"}


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
        """Return everything that is wrong with the request, by the installed botocore and the rules across fields."""
        return validation.violations(validation.CREATE, self.request, given_later=GIVEN_LATER)

    def validate_static(self) -> list[Violation]:
        """
        Return everything that can be known to be wrong before templates are rendered.

        Costs about a millisecond and loads no botocore, so it can be asked while a DAG is parsed. Values that are
        templates are passed over, and of instance types and the like only the form is checked.
        """
        return validation.static_violations(validation.CREATE, self.request, given_later=GIVEN_LATER)

    def check(self) -> None:
        """
        Raise one error that lists every violation.

        :raises RequestInvalid: if there is any.
        """
        found = self.validate()
        if found:
            message = (
                f"The training job config is wrong in {validation.counted(found)}; nothing was sent to SageMaker:\n"
                f"{validation.listed(found)}"
            )
            raise RequestInvalid(message, violations=found, training_job_name=self.request.get("TrainingJobName"))
