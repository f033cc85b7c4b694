"""
Two jobs in a row on the same instances: a warm pool, kept for longer while it is needed.

Starting instances takes SageMaker some minutes. With a ``KeepAlivePeriodInSeconds`` it keeps them after a job has
completed, and the next job that matches (same role, same instances, same volume) starts on them in seconds. Kept
instances are billed, so the first job keeps them for a short time only, and the Dag prolongs that once it knows that
there is work to come.

* ``prepare`` is the first job.
* ``keep_warm`` prolongs the period. SageMaker takes that change when the job has completed and its pool is there, which
  can be a moment later; the operator waits for it. If the pool is gone already, it says so and spends no retry.
* ``train`` is the second job, with the same resources: a pool that does not match is not used, and nothing says so.
* ``check`` reads in the first job's description who took the pool over. The sensor would wait for
  ``until="WarmPoolAvailable"`` in the same way.
"""

from typing import Any

from airflow.providers.common.compat.sdk import AirflowFailException, dag, task

from airflow_sm_training.operators.training_job import (
    SageMakerCreateTrainingJobOperator,
    SageMakerUpdateTrainingJobOperator,
)


def training_job(program: str, output: str) -> dict[str, Any]:
    """Return a request; what has to be the same for a warm pool to be used is written once."""
    return {
        "AlgorithmSpecification": {
            "TrainingImage": "{{ params.image }}",
            "TrainingInputMode": "File",
            "ContainerEntrypoint": ["bash", "-c", program],
        },
        "RoleArn": "{{ params.role_arn }}",
        "OutputDataConfig": {"S3OutputPath": "s3://{{ params.bucket }}/" + output},
        "ResourceConfig": {
            "InstanceType": "ml.m5.large",
            "InstanceCount": 1,
            "VolumeSizeInGB": 10,
            "KeepAlivePeriodInSeconds": 60,
        },
        "StoppingCondition": {"MaxRuntimeInSeconds": 600},
    }


@task
def check(first: str, second: str) -> str:
    """Fail unless the second job ran on the instances of the first."""
    from airflow_sm_training.hooks.training_job import SageMakerTrainingJobHook

    pool = SageMakerTrainingJobHook().describe_training_job(first).to_dict()["warm_pool_status"]
    if pool.get("reused_by_job") != second:
        raise AirflowFailException(f"{second} did not run in the warm pool of {first}: {pool}")
    return str(pool["status"])


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
    },
)
def warm_pool_chain() -> None:
    prepare = SageMakerCreateTrainingJobOperator(
        task_id="prepare", config=training_job("echo ready > /opt/ml/model/features.txt", "warm/features")
    )
    keep_warm = SageMakerUpdateTrainingJobOperator(
        task_id="keep_warm",
        training_job_name=prepare.output["training_job_name"],
        keep_alive_period_in_seconds="{{ 30 * 60 }}",
    )
    train = SageMakerCreateTrainingJobOperator(
        task_id="train", config=training_job("echo trained > /opt/ml/model/model.txt", "warm/models")
    )
    keep_warm >> train
    check(prepare.output["training_job_name"], train.output["training_job_name"])


warm_pool_chain()
