"""
The DAG file that Airflow gets for a case: its DAG runs once, by itself.

Each case has its own, as Airflow 2 settles the deaths of a file's tasks one after the other, each when the file is
processed anew.
"""

from __future__ import annotations

_TEMPLATE = """
from datetime import datetime, timedelta

from airflow.providers.common.compat.sdk import DAG

from tests.integration.fault_matrix.doomed import DoomedOperator

with DAG({case.dag_id!r}, schedule="@once", start_date=datetime(2026, 1, 1), catchup=False):
    DoomedOperator(
        task_id="train",
        deferrable={case.deferrable},
        aws_conn_id={case.connection_id!r},
        poll_interval=1,
        retries=4,
        retry_delay=timedelta(seconds=1),
        config={{
            "AlgorithmSpecification": {{"TrainingImage": "image", "TrainingInputMode": "File"}},
            "RoleArn": "arn:aws:iam::123456789012:role/SageMakerExecutionRole",
            "OutputDataConfig": {{"S3OutputPath": "s3://sagemaker-us-east-1-123456789012/models"}},
            "ResourceConfig": {{"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 10}},
            "StoppingCondition": {{"MaxRuntimeInSeconds": 86400}},
        }},
    )
"""


def dag_file(case):
    """Return the text of the file."""
    return _TEMPLATE.format(case=case)
