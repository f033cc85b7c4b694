"""
The smallest training job: one operator, one request.

``config`` is SageMaker's CreateTrainingJob request, word for word as boto3 takes it: whatever AWS documents for it
works here. Three things you would write for boto3 are missing, because the operator does them:

* a ``TrainingJobName``: it is derived from the Dag, task and run, so that a retry finds the job it already paid for
  instead of buying a second one;
* a loop that waits: with ``deferrable=True`` the task waits in Airflow's triggerer and holds no worker meanwhile;
* code that reads the result: the whole description of the job is the task's XCom.

The job itself only writes a greeting where SageMaker expects a model, and gets it back as
``s3://BUCKET/greetings/JOB/output/model.tar.gz``. The bucket, role and image are parameters: the defaults are those of
the local endpoint, your own go into the form when you trigger the Dag.
"""

from airflow.providers.common.compat.sdk import dag  # on Airflow 3 alone: from airflow.sdk import dag

from airflow_sm_training.operators.training_job import SageMakerCreateTrainingJobOperator


@dag(
    schedule=None,
    tags=["sagemaker", "example"],
    doc_md=__doc__,
    params={
        "bucket": "sagemaker-us-east-1-123456789012",
        "role_arn": "arn:aws:iam::123456789012:role/SageMakerExecutionRole",
        "image": "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-scikit-learn:1.4-2-cpu-py3",
    },
)
def smallest_training_job() -> None:
    SageMakerCreateTrainingJobOperator(
        task_id="train",
        deferrable=True,
        poll_interval=2,  # seconds; this job takes no longer, and the default of 30 is right for real ones
        config={
            "AlgorithmSpecification": {
                "TrainingImage": "{{ params.image }}",
                "TrainingInputMode": "File",
                "ContainerEntrypoint": ["bash", "-c", "echo hello > /opt/ml/model/greeting.txt"],
            },
            "RoleArn": "{{ params.role_arn }}",
            "OutputDataConfig": {"S3OutputPath": "s3://{{ params.bucket }}/greetings"},
            "ResourceConfig": {"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 10},
            "StoppingCondition": {"MaxRuntimeInSeconds": 600},
        },
    )


smallest_training_job()
