"""Rules about the image or the algorithm that a job runs, and where the image comes from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow_sm_training.sagemaker.rules.reading import shown
from airflow_sm_training.sagemaker.rules.rule import Finding, guide, reference, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from airflow_sm_training.sagemaker.rules.reading import Part

_VPC = "Vpc"


@rule("image-or-algorithm-required", reference("AlgorithmSpecification"))
def image_or_algorithm_required(request: Part) -> Iterator[Finding]:
    """
    You must specify either the algorithm name to the AlgorithmName parameter or the image URI of the algorithm
    container to the TrainingImage parameter.
    """
    specification = request["AlgorithmSpecification"]
    sources = (specification["TrainingImage"], specification["AlgorithmName"])
    needs_one = request["ServerlessJobConfig"].is_absent and not specification.is_absent
    if needs_one and all(source.is_absent for source in sources):
        message = "neither TrainingImage nor AlgorithmName is given; give one of them"
        yield Finding(specification, message, ("TrainingImage", "AlgorithmName"))


@rule("image-and-algorithm-exclusive", reference("AlgorithmSpecification"))
def image_and_algorithm_exclusive(request: Part) -> Iterator[Finding]:
    """The AlgorithmName parameter is mutually exclusive with the TrainingImage parameter."""
    image = request.at("AlgorithmSpecification", "TrainingImage")
    algorithm = request.at("AlgorithmSpecification", "AlgorithmName")
    if image.text and algorithm.text:
        message = f"{shown(algorithm.text)} is given together with TrainingImage {shown(image.text)}; leave out one"
        yield Finding(algorithm, message)


@rule("private-registry-vpc", guide("docker-containers-adapt-your-own-private-registry"))
def private_registry_vpc(request: Part) -> Iterator[Finding]:
    """
    The private Docker registry must be accessible from the VPC specified in VpcConfig: input VpcConfig when you
    create your training job.
    """
    mode = request.at("AlgorithmSpecification", "TrainingImageConfig", "TrainingRepositoryAccessMode")
    if mode.text == _VPC and request["VpcConfig"].is_absent:
        yield Finding(mode, "'Vpc' needs a VpcConfig; add the subnets and security groups that reach the registry")


@rule("private-registry-credentials", reference("TrainingImageConfig"))
def private_registry_credentials(request: Part) -> Iterator[Finding]:
    """
    TrainingRepositoryAuthConfig is for a private Docker registry; for access to an image in a private Docker registry,
    set TrainingRepositoryAccessMode to Vpc.
    """
    config = request.at("AlgorithmSpecification", "TrainingImageConfig")
    mode, credentials = config["TrainingRepositoryAccessMode"], config["TrainingRepositoryAuthConfig"]
    if credentials.is_filled and mode.text == "Platform":
        message = (
            "credentials for a private registry are given, but TrainingRepositoryAccessMode is 'Platform'; "
            "set it to 'Vpc', or leave the credentials out"
        )
        yield Finding(credentials, message)


RULES = (
    image_or_algorithm_required,
    image_and_algorithm_exclusive,
    private_registry_vpc,
    private_registry_credentials,
)
