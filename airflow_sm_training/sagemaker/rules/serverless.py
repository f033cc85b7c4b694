"""Rules about serverless jobs, and about what all others need."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow_sm_training.sagemaker.rules.reading import shown
from airflow_sm_training.sagemaker.rules.rule import Finding, reference, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from airflow_sm_training.sagemaker.rules.reading import Part

_REQUIRED_OF_OTHERS = ("AlgorithmSpecification", "ResourceConfig", "StoppingCondition")
_SEQUENCE_LENGTHS = ("1K", "2K", "4K", "8K", "16K", "32K", "64K", "128K")
_ACCEPTED = "has to be True to accept the licence of the model; read the licence, then set it"


@rule("required-unless-serverless", reference("CreateTrainingJob"))
def required_unless_serverless(request: Part) -> Iterator[Finding]:
    """
    AlgorithmSpecification, ResourceConfig and StoppingCondition are required, except in a request with
    ServerlessJobConfig.
    """
    if not request["ServerlessJobConfig"].is_absent:
        return
    for name in _REQUIRED_OF_OTHERS:
        field = request[name]
        if field.is_absent:
            yield Finding(field, "is required; only a job with ServerlessJobConfig can do without it")


@rule("serverless-eula", reference("ServerlessJobConfig"))
def serverless_eula(request: Part) -> Iterator[Finding]:
    """The AcceptEula value must be explicitly defined as True in order to accept the EULA that this model requires."""
    serverless = request["ServerlessJobConfig"]
    accepted = serverless["AcceptEula"]
    if serverless.is_filled and (accepted.is_absent or accepted.value is False):
        yield Finding(accepted, f"{shown(accepted.value)}: it {_ACCEPTED}", (True,))


@rule("channel-eula", reference("ModelAccessConfig"))
def channel_eula(request: Part) -> Iterator[Finding]:
    """
    The AcceptEula value of ModelAccessConfig must be explicitly defined as True in order to accept the EULA that
    this model requires.
    """
    for channel in request["InputDataConfig"].elements():
        accepted = channel.at("DataSource", "S3DataSource", "ModelAccessConfig", "AcceptEula")
        if accepted.value is False:
            yield Finding(accepted, f"False: it {_ACCEPTED}", (True,))


@rule("serverless-evaluation-type", reference("ServerlessJobConfig"))
def serverless_evaluation_type(request: Part) -> Iterator[Finding]:
    """EvaluationType is the evaluation job type. Required when serverless job type is Evaluation."""
    serverless = request["ServerlessJobConfig"]
    evaluation_type = serverless["EvaluationType"]
    if serverless["JobType"].text == "Evaluation" and evaluation_type.is_absent:
        message = "is required with JobType 'Evaluation'; give one, such as 'BenchmarkEvaluation'"
        yield Finding(evaluation_type, message)


@rule("serverless-sequence-length", reference("ServerlessJobConfig"))
def serverless_sequence_length(request: Part) -> Iterator[Finding]:
    """SequenceLength supports the following values: 1K, 2K, 4K, 8K, 16K, 32K, 64K, 128K."""
    length = request.at("ServerlessJobConfig", "SequenceLength")
    if length.text and length.text not in _SEQUENCE_LENGTHS:
        message = f"{shown(length.text)} is not supported; choose one of {', '.join(_SEQUENCE_LENGTHS)}"
        yield Finding(length, message, _SEQUENCE_LENGTHS)


RULES = (
    required_unless_serverless,
    serverless_eula,
    channel_eula,
    serverless_evaluation_type,
    serverless_sequence_length,
)
