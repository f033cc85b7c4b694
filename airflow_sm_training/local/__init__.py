"""A SageMaker training endpoint on your own machine (extra: ``local``)."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from airflow_sm_training.local.endpoint import EndpointStartError, LocalSageMaker
    from airflow_sm_training.local.faults import Fault, FaultKind
    from airflow_sm_training.local.timeline import Step, Timeline

__all__ = ["EndpointStartError", "Fault", "FaultKind", "LocalSageMaker", "Step", "Timeline"]

_HOMES = {
    "EndpointStartError": "endpoint",
    "Fault": "faults",
    "FaultKind": "faults",
    "LocalSageMaker": "endpoint",
    "Step": "timeline",
    "Timeline": "timeline",
}


def __getattr__(name: str) -> Any:
    # The pytest plugin imports this package in every test session: aiohttp and moto wait until they are asked for.
    if name in _HOMES:
        return getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
