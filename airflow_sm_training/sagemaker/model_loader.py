"""
Loads botocore's models, cut down, without holding up other threads.

Imports botocore: not for what a DAG file imports.
"""

from __future__ import annotations

import gc
import json
import os
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import botocore.session
from botocore.loaders import JSONFileLoader, Loader
from botocore.model import ServiceModel

from airflow_sm_training.sagemaker.client_model import (
    ENDPOINT_PREFIXES,
    OPERATIONS,
    cut_down,
    endpoints_of,
    without_documentation,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_SERVICE_MODEL, _ENDPOINTS = "service-2", "endpoints"


@cache
def loader() -> Loader:
    """Return the loader that the async clients of this process share."""
    return _SmallModelLoader(_search_paths(), file_loader=_FileLoader())


@cache
def small_service_model(service_name: str) -> ServiceModel:
    """
    Return the model with the operations that waiting needs.

    :param service_name: one of :data:`~airflow_sm_training.sagemaker.client_model.OPERATIONS`.
    """
    return ServiceModel(loader().load_service_model(service_name, _SERVICE_MODEL), service_name)


class _FileLoader(JSONFileLoader):  # type: ignore[misc]
    """Parses with a function of Python's own, so that the thread that loads a model lets others run meanwhile."""

    def _load_file(self, full_path: str, open_method: Any) -> Any:
        if not Path(full_path).is_file():
            return None
        with open_method(full_path, "rb") as file:
            return json.loads(file.read(), object_pairs_hook=without_documentation)


class _SmallModelLoader(Loader):  # type: ignore[misc]
    def load_service_model(self, service_name: str, type_name: str, api_version: str | None = None) -> Any:
        operations = OPERATIONS.get(service_name)
        if type_name != _SERVICE_MODEL or operations is None:
            return super().load_service_model(service_name, type_name, api_version)

        def small_model(whole: Loader) -> dict[str, Any]:
            return cut_down(whole.load_service_model(service_name, type_name, api_version), operations)

        return self._small((service_name, api_version), small_model)

    def load_data_with_path(self, name: str) -> Any:
        if name != _ENDPOINTS:
            return super().load_data_with_path(name)

        def small_endpoints(whole: Loader) -> tuple[dict[str, Any], str]:
            endpoints, path = whole.load_data_with_path(name)
            return endpoints_of(endpoints, ENDPOINT_PREFIXES), path

        return self._small((name,), small_endpoints)

    def _small(self, key: tuple[str | None, ...], cut: Callable[[Loader], Any]) -> Any:
        if ("small", *key) not in self._cache:
            with _no_garbage_collection():
                # By another loader, which takes the whole with it when it goes.
                self._cache["small", *key] = cut(Loader(_search_paths(), file_loader=self.file_loader))
        return self._cache["small", *key]


@contextmanager
def _no_garbage_collection() -> Iterator[None]:
    """
    Let what is loaded and thrown away again bring on no full collection, which stops all threads of the process.

    Tens of thousands of dictionaries that live for a moment look like a heap that has grown.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _search_paths() -> list[str]:
    # Where AWS_DATA_PATH or the configuration file points to, botocore finds models before its own.
    paths = botocore.session.get_session().get_config_variable("data_path")
    return paths.split(os.pathsep) if paths else []
