"""
Build the requests in Python: ``TrainingJobRequest.build`` takes CreateTrainingJob's fields as keywords in snake_case.

* An editor completes the keywords and those of the structures within, such as ``ResourceConfig``; mypy refuses a wrong
  one, and Airflow shows it as an import error of the Dag that says what was meant.
* A request never changes. ``with_…`` methods return changed copies, so that ``base`` holds what the trials share, and
  ``.expand`` takes one request for each trial.
* Values can be templates, numbers as well.
* The function given to ``customize`` sees each request on the worker, when its templates are rendered, before it is
  checked and sent.

The jobs only print what they were given.
"""

from airflow.providers.common.compat.sdk import dag  # on Airflow 3 alone: from airflow.sdk import dag

from airflow_sm_training.operators.training_job import SageMakerCreateTrainingJobOperator
from airflow_sm_training.sagemaker.request import TrainingJobRequest
from airflow_sm_training.sagemaker.request_types import AlgorithmSpecification, ResourceConfig


def longer_for_more_epochs(request: TrainingJobRequest) -> TrainingJobRequest:
    """Allow a minute for each epoch; ``epochs`` is a template while the Dag is parsed."""
    epochs = int((request.hyper_parameters or {})["epochs"])
    return request.with_stopping_condition({"max_runtime_in_seconds": 60 * epochs})


base = (
    TrainingJobRequest.build(
        role_arn="{{ params.role_arn }}",
        algorithm_specification=AlgorithmSpecification(
            training_image="{{ params.image }}",
            training_input_mode="File",
            container_entrypoint=["bash", "-c", "cat /opt/ml/input/config/hyperparameters.json"],
        ),
        hyper_parameters={"epochs": "{{ params.epochs }}"},
        output_data_config={"s3_output_path": "s3://{{ params.bucket }}/built"},
        resource_config=ResourceConfig(instance_type="ml.m5.large", instance_count=1, volume_size_in_gb=10),
    )
    .with_tags({"team": "vision"})
    .customize(longer_for_more_epochs)
)


@dag(
    schedule=None,
    tags=["sagemaker", "example"],
    doc_md=__doc__,
    params={
        "bucket": "sagemaker-us-east-1-123456789012",
        "role_arn": "arn:aws:iam::123456789012:role/SageMakerExecutionRole",
        "image": "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-scikit-learn:1.4-2-cpu-py3",
        "epochs": 3,
    },
)
def build_request() -> None:
    SageMakerCreateTrainingJobOperator.partial(task_id="train", deferrable=True, poll_interval=2).expand(
        config=[base.with_hyper_parameters({"optimizer": optimizer}) for optimizer in ("sgd", "adam")]
    )


build_request()
