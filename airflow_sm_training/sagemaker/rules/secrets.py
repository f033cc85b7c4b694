"""Rules about credentials in fields that everyone who may describe the job can read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow_sm_training.sagemaker.rules.credentials import is_credential_name, is_reference, kind_of_credential
from airflow_sm_training.sagemaker.rules.rule import Finding, reference, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from airflow_sm_training.sagemaker.rules.reading import Part

_REMEDY = (
    "everyone who may describe the job can read it; let the job fetch it, from AWS Secrets Manager or with its role"
)


@rule("secret-in-hyperparameters", reference("CreateTrainingJob"), is_secretive=True)
def secret_in_hyperparameters(request: Part) -> Iterator[Finding]:
    """
    Do not include any security-sensitive information including account access IDs, secrets, or tokens in any
    hyperparameter fields. If the use of security-sensitive credentials are detected, SageMaker will reject your
    training job request.
    """
    return _secrets_in(request["HyperParameters"])


@rule("secret-in-environment", reference("CreateTrainingJob"), is_secretive=True)
def secret_in_environment(request: Part) -> Iterator[Finding]:
    """
    Do not include any security-sensitive information including account access IDs, secrets, or tokens in any
    environment fields.
    """
    return _secrets_in(request["Environment"])


@rule("secret-in-tags", reference("CreateTrainingJob"), is_secretive=True)
def secret_in_tags(request: Part) -> Iterator[Finding]:
    """Do not include any security-sensitive information, such as account access IDs, secrets, or tokens, in tags."""
    for tag in request["Tags"].elements():
        yield from _credential(tag["Value"])


@rule("secret-in-arguments", reference("CreateTrainingJob"), is_secretive=True)
def secret_in_arguments(request: Part) -> Iterator[Finding]:
    """
    You are responsible for any potential exposure of your sensitive data if caused by security-sensitive information
    included in plain text fields; so the container's arguments have none.
    """
    for name in ("ContainerEntrypoint", "ContainerArguments"):
        for argument in request.at("AlgorithmSpecification", name).elements():
            yield from _credential(argument)


def _secrets_in(fields: Part) -> Iterator[Finding]:
    for name, value in fields.entries():
        found = list(_credential(value))
        yield from found
        if not found and value.text and is_credential_name(name) and not is_reference(value.text):
            yield Finding(value, f"the name says that this is a secret; {_REMEDY}")


def _credential(value: Part) -> Iterator[Finding]:
    kind = kind_of_credential(value.text) if value.text else None
    if kind:
        yield Finding(value, f"this looks like {kind}; {_REMEDY}")


RULES = (secret_in_hyperparameters, secret_in_environment, secret_in_tags, secret_in_arguments)
