"""What a DAG file pays for: importing the operators and building tasks must not load the AWS packages."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

HEAVY = ("boto3", "botocore", "aiobotocore", "aiohttp", "moto", "airflow.providers.amazon.aws.hooks.base_aws")

OPERATORS = "import airflow_sm_training.operators.training_job"
SENSORS = "import airflow_sm_training.sensors.training_job"
TRIGGERS = "import airflow_sm_training.triggers.training_job"
TASKS = """
from airflow_sm_training.operators.training_job import *
from airflow_sm_training.operators import training_job as operators
from airflow_sm_training.sensors.training_job import SageMakerTrainingJobSensor
config = {
    "AlgorithmSpecification": {"TrainingImage": "image", "TrainingInputMode": "File"},
    "RoleArn": "arn:aws:iam::123456789012:role/{{ var.value.role }}",
    "OutputDataConfig": {"S3OutputPath": "s3://bucket/models"},
    "ResourceConfig": {"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 10},
    "StoppingCondition": {"MaxRuntimeInSeconds": "{{ 60 * 60 }}"},
}
operators.SageMakerCreateTrainingJobOperator(task_id="train", config=config, deferrable=True)
operators.SageMakerUpdateTrainingJobOperator(task_id="update", training_job_name="digits", enable_remote_debug=True)
operators.SageMakerStopTrainingJobOperator(task_id="stop", training_job_name="digits")
SageMakerTrainingJobSensor(task_id="wait", training_job_name="digits")
"""


@pytest.mark.parametrize(
    "program", [OPERATORS, SENSORS, TRIGGERS, TASKS], ids=["operators", "sensors", "triggers", "tasks"]
)
def test_a_dag_file_loads_no_aws_package(program):
    check = f"import sys; print(*[name for name in {HEAVY!r} if name in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", f"{program}\n{check}"], capture_output=True, text=True, env=os.environ, check=False
    )

    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1].split() == []
