"""
Try several hyperparameters side by side and keep the best model: dynamic task mapping.

* ``training_jobs`` returns a list of CreateTrainingJob requests, one for each trial. How many there are is decided
  when the Dag runs; add a learning rate in the trigger form and there is one job more.
* ``train`` is one operator, expanded over that list: ``.partial(...)`` has what all trials share, ``.expand(...)`` what
  differs. Airflow renders no templates in values that it expands over, so the task before fills them in. The trials
  train at the same time, each under a job name of its own that is derived from the run *and the map index*, and all of
  them are waited for by one client in the triggerer: a hundred trials hold no worker either.
  The script that they share is uploaded once.
* ``best_model`` gets the descriptions of all trials at once and picks the most accurate.
"""

from typing import Any

from airflow.providers.common.compat.sdk import dag, task

from airflow_sm_training.operators.training_job import SageMakerCreateTrainingJobOperator
from airflow_sm_training.sagemaker.script_mode import ScriptMode


@task
def training_jobs(**context: Any) -> list[dict[str, Any]]:
    """Return one CreateTrainingJob request for each learning rate."""
    params = context["params"]
    return [
        {
            "AlgorithmSpecification": {
                "TrainingImage": params["image"],
                "TrainingInputMode": "File",
                "MetricDefinitions": [{"Name": "validation:accuracy", "Regex": r"validation:accuracy=([0-9.]+)"}],
            },
            "HyperParameters": {"epochs": "3", "learning-rate": str(learning_rate)},
            "Environment": {"OMP_NUM_THREADS": "1"},  # so small a model trains no faster on more
            "RoleArn": params["role_arn"],
            "OutputDataConfig": {"S3OutputPath": f"s3://{params['bucket']}/digits-sweep/models"},
            "ResourceConfig": {"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 10},
            "StoppingCondition": {"MaxRuntimeInSeconds": 600},
        }
        for learning_rate in params["learning_rates"]
    ]


@task
def best_model(jobs: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the learning rate, accuracy and model of the best trial."""
    best = max(jobs, key=lambda job: job["derived"]["metrics"]["validation:accuracy"])
    return {
        "training_job_name": best["training_job_name"],
        "learning_rate": float(best["hyper_parameters"]["learning-rate"]),
        "accuracy": best["derived"]["metrics"]["validation:accuracy"],
        "model": best["model_artifacts"]["s3_model_artifacts"],
    }


@dag(
    schedule=None,
    tags=["sagemaker", "example"],
    doc_md=__doc__,
    params={
        "bucket": "sagemaker-us-east-1-123456789012",
        "role_arn": "arn:aws:iam::123456789012:role/SageMakerExecutionRole",
        "image": "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-scikit-learn:1.4-2-cpu-py3",
        "learning_rates": [0.00001, 0.001, 0.3],
    },
)
def sweep_digits() -> None:
    train = SageMakerCreateTrainingJobOperator.partial(
        task_id="train",
        deferrable=True,
        poll_interval=2,
        script_mode=ScriptMode("train.py", "digits", s3_prefix="s3://{{ params.bucket }}/digits/code"),
    ).expand(config=training_jobs())
    best_model(train.output)


sweep_digits()
