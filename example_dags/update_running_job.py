"""
Change a job while it trains: let yourself in for debugging, without stopping and paying again.

* ``train`` only submits: with ``wait_for_completion=False`` it succeeds at once, and the job's name is in its XCom
  ``training_job_name``. A retry or a clear still finds that job, so nothing is bought twice.
* ``debug`` turns remote debugging on. SageMaker takes that change while a job is Downloading or Training, and at no
  other time; the operator waits for that moment in the triggerer, and fails at once when it can no longer come. If the
  job has remote debugging on already, it succeeds without a call.
* ``wait`` waits for the end of a job that another task created. It would work as well for a job that was not created by
  Airflow at all. Its XCom is the description of the job.

With your own account, remote debugging needs an image and a role that have AWS Systems Manager; then
``aws ssm start-session`` opens a shell in the container.
"""

from airflow.providers.common.compat.sdk import dag  # on Airflow 3 alone: from airflow.sdk import dag

from airflow_sm_training.operators.training_job import (
    SageMakerCreateTrainingJobOperator,
    SageMakerUpdateTrainingJobOperator,
)
from airflow_sm_training.sensors.training_job import SageMakerTrainingJobSensor


@dag(
    schedule=None,
    tags=["sagemaker", "example"],
    doc_md=__doc__,
    # For all the tasks: wait in the triggerer. Seconds between polls; the default of 30 is right for real jobs.
    default_args={"deferrable": True, "poll_interval": 1},
    params={
        "bucket": "sagemaker-us-east-1-123456789012",
        "role_arn": "arn:aws:iam::123456789012:role/SageMakerExecutionRole",
        "image": "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-scikit-learn:1.4-2-cpu-py3",
        "seconds": 5,
    },
)
def update_running_job() -> None:
    train = SageMakerCreateTrainingJobOperator(
        task_id="train",
        wait_for_completion=False,
        config={
            "AlgorithmSpecification": {
                "TrainingImage": "{{ params.image }}",
                "TrainingInputMode": "File",
                "ContainerEntrypoint": ["bash", "-c", "echo training; sleep {{ params.seconds }}"],
            },
            "RoleArn": "{{ params.role_arn }}",
            "OutputDataConfig": {"S3OutputPath": "s3://{{ params.bucket }}/debugged"},
            "ResourceConfig": {"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 10},
            "StoppingCondition": {"MaxRuntimeInSeconds": 600},
        },
    )
    debug = SageMakerUpdateTrainingJobOperator(
        task_id="debug",
        training_job_name=train.output["training_job_name"],
        enable_remote_debug=True,
    )
    wait = SageMakerTrainingJobSensor(
        task_id="wait",
        training_job_name=train.output["training_job_name"],
        until="Completed",
        timeout=60 * 60,
    )
    debug >> wait


update_running_job()
