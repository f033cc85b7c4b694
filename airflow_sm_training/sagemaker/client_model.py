"""
The part of botocore's models that waiting for a job needs: half a dozen of some five hundred operations.

The whole SageMaker model is 8 MB of dictionaries and a client class with 400 methods, in every triggerer. Cut down to
what is asked, a client costs a fraction of the memory and of the time that it takes to build.
"""

from __future__ import annotations

import json
import os
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from botocore.loaders import Loader
    from botocore.model import ServiceModel

OPERATIONS: Mapping[str, frozenset[str]] = {
    "sagemaker": frozenset({"DescribeTrainingJob", "ListTrainingJobs", "StopTrainingJob"}),
    "logs": frozenset({"DescribeLogStreams", "FilterLogEvents", "GetLogEvents"}),
}
_SERVICE_MODEL = "service-2"


@cache
def loader() -> Loader:
    """
    Return the loader that the async clients of this process share.

    It parses with a function of Python's own, so that the thread that loads a model lets other threads run meanwhile.
    """
    from botocore.loaders import JSONFileLoader, Loader

    class FileLoader(JSONFileLoader):  # type: ignore[misc]
        def _load_file(self, full_path: str, open_method: Any) -> Any:
            if not Path(full_path).is_file():
                return None
            with open_method(full_path, "rb") as file:
                return json.loads(file.read(), object_pairs_hook=without_documentation)

    class SmallModelLoader(Loader):  # type: ignore[misc]
        def load_service_model(self, service_name: str, type_name: str, api_version: str | None = None) -> Any:
            operations = OPERATIONS.get(service_name)
            if type_name != _SERVICE_MODEL or operations is None:
                return super().load_service_model(service_name, type_name, api_version)
            key = ("small", service_name, api_version)
            if key not in self._cache:
                # By another loader, which takes the whole model with it when it goes.
                whole = Loader(_search_paths(), file_loader=self.file_loader)
                self._cache[key] = cut_down(whole.load_service_model(service_name, type_name, api_version), operations)
            return self._cache[key]

    return SmallModelLoader(_search_paths(), file_loader=FileLoader())


@cache
def service_model(service_name: str) -> ServiceModel:
    """
    Return the model with the operations that waiting needs.

    :param service_name: one of :data:`OPERATIONS`.
    """
    from botocore.model import ServiceModel

    return ServiceModel(loader().load_service_model(service_name, _SERVICE_MODEL), service_name)


def cut_down(model: Mapping[str, Any], operations: Iterable[str]) -> dict[str, Any]:
    """
    Return a service model without the other operations and the shapes that only those need.

    :param model: what botocore's loader gives for ``service-2``; it is not changed.
    :param operations: names of the operations to keep. Those that the model does not have are left out.
    """
    kept = {name: model["operations"][name] for name in sorted(operations) if name in model["operations"]}
    shapes: dict[str, Any] = {}
    waiting = [name for operation in kept.values() for name in _references(operation)]
    while waiting:
        name = waiting.pop()
        if name not in shapes:
            shapes[name] = model["shapes"][name]
            waiting += _references(shapes[name])
    return {**model, "operations": kept, "shapes": shapes}


def without_documentation(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """
    Return an object of a model without its documentation, which is most of the text.

    :param pairs: names and values, as a JSON parser gives them.
    """
    # A member of a shape can have that name, too; then it is no text.
    return {name: value for name, value in pairs if name != "documentation" or not isinstance(value, str)}


def _references(value: Any) -> Iterator[str]:
    """Yield the names of the shapes that an operation or a shape refers to."""
    if isinstance(value, dict):
        if isinstance(value.get("shape"), str):
            yield value["shape"]
        for item in value.values():
            yield from _references(item)
    elif isinstance(value, list):
        for item in value:
            yield from _references(item)


def _search_paths() -> list[str]:
    import botocore.session

    # Where AWS_DATA_PATH or the configuration file points to, botocore finds models before its own.
    paths = botocore.session.get_session().get_config_variable("data_path")
    return paths.split(os.pathsep) if paths else []
