"""
What SageMaker checks of a CreateTrainingJob request beyond its model.

Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateTrainingJob.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from airflow_sm_training.local.errors import validation_error

if TYPE_CHECKING:
    from collections.abc import Mapping


def check_create(request: Mapping[str, Any]) -> None:
    """
    Refuse a request whose fields contradict one another.

    :raises ServiceError: ``ValidationException``.
    """
    _check_instances(request)
    _check_spot(request)
    check_tags(request.get("Tags") or [])
    if not request.get("ServerlessJobConfig"):
        _check_algorithm(request)


def _check_algorithm(request: Mapping[str, Any]) -> None:
    for name in ("AlgorithmSpecification", "ResourceConfig", "StoppingCondition"):
        if not request.get(name):
            raise validation_error(f"{name} is required unless ServerlessJobConfig is specified")
    algorithm = request["AlgorithmSpecification"]
    if bool(algorithm.get("TrainingImage")) == bool(algorithm.get("AlgorithmName")):
        raise validation_error(
            "Invalid AlgorithmSpecification. Exactly one of TrainingImage and AlgorithmName must be specified"
        )


def _check_instances(request: Mapping[str, Any]) -> None:
    resources = request.get("ResourceConfig") or {}
    if resources.get("InstanceGroups") and (resources.get("InstanceType") or resources.get("InstanceCount")):
        raise validation_error("InstanceGroups cannot be specified together with InstanceType and InstanceCount")
    if request.get("EnableManagedSpotTraining") and resources.get("KeepAlivePeriodInSeconds"):
        raise validation_error(
            "KeepAlivePeriodInSeconds is not supported when EnableManagedSpotTraining is set to true"
        )


def _check_spot(request: Mapping[str, Any]) -> None:
    stopping_condition = request.get("StoppingCondition") or {}
    max_wait = stopping_condition.get("MaxWaitTimeInSeconds")
    max_runtime = stopping_condition.get("MaxRuntimeInSeconds")
    if not request.get("EnableManagedSpotTraining"):
        if max_wait is not None:
            raise validation_error(
                "Invalid MaxWaitTimeInSeconds. It is only supported when EnableManagedSpotTraining is set to true"
            )
        return
    if max_wait is None:
        raise validation_error(
            "Invalid MaxWaitTimeInSeconds. It must be specified when EnableManagedSpotTraining is set to true"
        )
    if max_runtime is not None and max_wait < max_runtime:
        raise validation_error(
            "Invalid MaxWaitTimeInSeconds. It must be present and be greater than or equal to MaxRuntimeInSeconds"
        )


def check_tags(tags: list[dict[str, str]]) -> None:
    """
    Refuse tags that no resource can have.

    :raises ServiceError: ``ValidationException``.
    """
    keys = [tag["Key"] for tag in tags]
    repeated = sorted({key for key in keys if keys.count(key) > 1})
    if repeated:
        raise validation_error(f"Duplicate tag keys found: {', '.join(repeated)}")
    if any(key.lower().startswith("aws:") for key in keys):
        raise validation_error("aws: prefixed tag key names are not allowed for external use.")
