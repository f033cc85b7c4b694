"""botocore's model of the SageMaker API: the machine-readable truth of the installed version."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from airflow_sm_training.sagemaker.client_model import OPERATIONS

if TYPE_CHECKING:
    from botocore.model import OperationModel, ServiceModel, Shape, StructureShape


@cache
def service_model() -> ServiceModel:
    """Load the model once a process. Takes a tenth to half a second: never call it while a DAG is parsed."""
    import botocore.session

    return botocore.session.get_session().get_service_model("sagemaker")


def operation(name: str) -> OperationModel:
    """
    Return the model of one API operation.

    :param name: name of the operation, such as ``CreateTrainingJob``.
    """
    if name in OPERATIONS["sagemaker"] and not service_model.cache_info().currsize:
        from airflow_sm_training.sagemaker.model_loader import small_service_model  # noqa: PLC0415

        # A triggerer never needs more than these.
        return small_service_model("sagemaker").operation_model(name)
    return service_model().operation_model(name)


def input_shape(operation_name: str) -> StructureShape:
    """Return the shape of the request of ``operation_name``."""
    return operation(operation_name).input_shape


def output_shape(operation_name: str) -> StructureShape:
    """Return the shape of the response of ``operation_name``."""
    return operation(operation_name).output_shape


def members(shape: Shape) -> dict[str, Shape]:
    """Return the members of a structure shape, by their name on the wire."""
    return dict(shape.members)
