"""What Airflow's provider discovery reads (entry point ``apache_airflow_provider``)."""

from __future__ import annotations

from typing import Any

from airflow_sm_training import __version__


def get_provider_info() -> dict[str, Any]:
    """Describe this provider to Airflow."""
    return {
        "package-name": "airflow-sm-training",
        "name": "Amazon SageMaker Training",
        "description": "Amazon SageMaker training jobs: submitted once, waited for without a worker.",
        "versions": [__version__],
        "extra-links": [
            "airflow_sm_training.links.training_job.SageMakerTrainingJobLink",
            "airflow_sm_training.links.training_job.SageMakerTrainingJobLogsLink",
        ],
    }
