"""Amazon SageMaker training jobs from Apache Airflow."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from airflow_sm_training.hooks.training_job import SageMakerTrainingJobHook
    from airflow_sm_training.operators.training_job import (
        SageMakerCreateTrainingJobOperator,
        SageMakerStopTrainingJobOperator,
        SageMakerUpdateTrainingJobOperator,
    )
    from airflow_sm_training.sagemaker.description import TrainingJobDescription
    from airflow_sm_training.sagemaker.request import TrainingJobRequest
    from airflow_sm_training.sagemaker.script_mode import ScriptMode
    from airflow_sm_training.sensors.training_job import SageMakerTrainingJobSensor
    from airflow_sm_training.triggers.training_job import SageMakerTrainingJobTrigger

__version__ = "0.1.0"

# Resolved when they are first asked for: the version must not cost an import of Airflow or boto3.
_PUBLIC = {
    "SageMakerCreateTrainingJobOperator": "airflow_sm_training.operators.training_job",
    "SageMakerStopTrainingJobOperator": "airflow_sm_training.operators.training_job",
    "SageMakerTrainingJobHook": "airflow_sm_training.hooks.training_job",
    "SageMakerTrainingJobSensor": "airflow_sm_training.sensors.training_job",
    "SageMakerTrainingJobTrigger": "airflow_sm_training.triggers.training_job",
    "SageMakerUpdateTrainingJobOperator": "airflow_sm_training.operators.training_job",
    "ScriptMode": "airflow_sm_training.sagemaker.script_mode",
    "TrainingJobDescription": "airflow_sm_training.sagemaker.description",
    "TrainingJobRequest": "airflow_sm_training.sagemaker.request",
}

__all__ = [
    "SageMakerCreateTrainingJobOperator",
    "SageMakerStopTrainingJobOperator",
    "SageMakerTrainingJobHook",
    "SageMakerTrainingJobSensor",
    "SageMakerTrainingJobTrigger",
    "SageMakerUpdateTrainingJobOperator",
    "ScriptMode",
    "TrainingJobDescription",
    "TrainingJobRequest",
    "__version__",
]


def __getattr__(name: str) -> Any:
    if name in _PUBLIC:
        return getattr(importlib.import_module(_PUBLIC[name]), name)
    message = f"module {__name__!r} has no attribute {name!r}"
    raise AttributeError(message)
