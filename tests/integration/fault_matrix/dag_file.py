"""The DAG file that Airflow gets: a DAG for each case, which runs once, by itself."""

from __future__ import annotations

import json

_TEMPLATE = '''
import json
from datetime import datetime, timedelta

from airflow.providers.common.compat.sdk import DAG

from tests.integration.fault_matrix.doomed import DoomedOperator

for case in json.loads("""{cases}"""):
    with DAG(case["dag_id"], schedule="@once", start_date=datetime(2026, 1, 1), catchup=False) as dag:
        DoomedOperator(
            task_id="train",
            deferrable=case["deferrable"],
            aws_conn_id=case["connection"],
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
    globals()[case["dag_id"]] = dag
'''


def dag_file(cases):
    """Return the text of a file with a DAG for each of the cases."""
    described = [
        {"dag_id": case.dag_id, "deferrable": case.deferrable, "connection": case.connection_id} for case in cases
    ]
    return _TEMPLATE.format(cases=json.dumps(described))
