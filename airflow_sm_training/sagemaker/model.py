"""botocore's model of the SageMaker API: the machine-readable truth of the installed version."""

from __future__ import annotations

import json
import os
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from botocore.loaders import Loader
    from botocore.model import OperationModel, ServiceModel, Shape, StructureShape


@cache
def loader() -> Loader:
    """
    Return the loader that all clients of a process share with the model below.

    It parses with a function of Python's own, so that a thread that loads a model lets other threads run meanwhile; and
    it makes plain dictionaries, in half the time and with less memory.
    """
    import botocore.session
    from botocore.loaders import JSONFileLoader, Loader

    class FileLoader(JSONFileLoader):  # type: ignore[misc]
        def _load_file(self, full_path: str, open_method: Any) -> Any:
            if not Path(full_path).is_file():
                return None
            with open_method(full_path, "rb") as file:
                return json.loads(file.read(), object_pairs_hook=lambda pairs: dict(pairs))  # noqa: PLW0108

    # Where AWS_DATA_PATH or the configuration file points to, botocore finds models before its own.
    paths = botocore.session.get_session().get_config_variable("data_path")
    return Loader(paths.split(os.pathsep) if paths else [], file_loader=FileLoader())


@cache
def service_model() -> ServiceModel:
    """Load the model once a process. Takes a tenth to half a second: never call it while a DAG is parsed."""
    from botocore.model import ServiceModel

    return ServiceModel(loader().load_service_model("sagemaker", "service-2"), "sagemaker")


def operation(name: str) -> OperationModel:
    """
    Return the model of one API operation.

    :param name: name of the operation, such as ``CreateTrainingJob``.
    """
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
