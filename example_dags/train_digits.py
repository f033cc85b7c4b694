"""
Train a classifier with your own script, and let the run fail if it is not good enough.

Two tasks:

* ``train`` packs the directory ``digits/`` beside this file and puts it into S3, where SageMaker's *script mode*
  fetches it: the prebuilt images (scikit-learn, PyTorch, XGBoost, …) unpack it and run the entry point with the other
  hyperparameters as its arguments. No image of your own is needed, and what has not changed is not uploaded again.
  Then it creates the training job and waits in the triggerer. What the script prints appears in this task's log while
  it trains, and ``MetricDefinitions`` tell SageMaker how to read the metrics in it.
* ``check_model`` gets the job's description from XCom. ``derived.metrics`` has the last value of each metric,
  ``model_artifacts.s3_model_artifacts`` is where the model is. Keys of the response are in snake_case, timestamps are
  ISO 8601, so anything that reads JSON can read it.
"""

from typing import Any

from airflow.providers.common.compat.sdk import AirflowFailException, dag, task

from airflow_sm_training.operators.training_job import SageMakerCreateTrainingJobOperator
from airflow_sm_training.sagemaker.script_mode import ScriptMode


@task
def check_model(job: dict[str, Any], **context: Any) -> dict[str, Any]:
    """Fail unless the model is accurate enough, else return what the next task would deploy."""
    accuracy = job["derived"]["metrics"]["validation:accuracy"]
    wanted = context["params"]["accuracy_at_least"]
    if accuracy < wanted:
        # Training again would end the same way: this exception spends no retries.
        raise AirflowFailException(f"{job['training_job_name']} reached an accuracy of {accuracy:.3f}, not {wanted}")
    return {"accuracy": accuracy, "model": job["model_artifacts"]["s3_model_artifacts"]}


@dag(
    schedule=None,
    tags=["sagemaker", "example"],
    doc_md=__doc__,
    params={
        "bucket": "sagemaker-us-east-1-123456789012",
        "role_arn": "arn:aws:iam::123456789012:role/SageMakerExecutionRole",
        "image": "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-scikit-learn:1.4-2-cpu-py3",
        "epochs": 25,
        "accuracy_at_least": 0.9,
    },
)
def train_digits() -> None:
    train = SageMakerCreateTrainingJobOperator(
        task_id="train",
        deferrable=True,
        poll_interval=2,  # seconds; this job takes a quarter of a minute, and the default of 30 is right for real ones
        script_mode=ScriptMode("train.py", "digits", s3_prefix="s3://{{ params.bucket }}/digits/code"),
        config={
            "AlgorithmSpecification": {
                "TrainingImage": "{{ params.image }}",
                "TrainingInputMode": "File",
                "MetricDefinitions": [
                    {"Name": "validation:accuracy", "Regex": r"validation:accuracy=([0-9.]+)"},
                    {"Name": "train:loss", "Regex": r"train:loss=([0-9.]+)"},
                ],
            },
            "HyperParameters": {"epochs": "{{ params.epochs }}", "learning-rate": "0.001"},
            "Environment": {"OMP_NUM_THREADS": "1"},  # so small a model trains no faster on more
            "RoleArn": "{{ params.role_arn }}",
            "OutputDataConfig": {"S3OutputPath": "s3://{{ params.bucket }}/digits/models"},
            "ResourceConfig": {"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 10},
            "StoppingCondition": {"MaxRuntimeInSeconds": 600},
        },
    )
    check_model(train.output)


train_digits()
