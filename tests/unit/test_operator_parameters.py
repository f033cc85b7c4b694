from __future__ import annotations

import subprocess
import sys

import pytest

from airflow_sm_training.operators.training_job import SageMakerCreateTrainingJobOperator
from airflow_sm_training.sagemaker.request import TrainingJobRequest

CONFIG = {"RoleArn": "sagemaker", "HyperParameters": {"epochs": "{{ params.epochs }}"}}


@pytest.mark.parametrize(
    ("parameter", "value", "says"),
    [
        ("action_if_job_exists", "timestamp", "'adopt' or 'fail'"),
        ("poll_interval", 0, "more than 0"),
        ("poll_interval", -1.0, "more than 0"),
        ("poll_interval", "30", "seconds"),
        ("log_lines", -1, "number of lines"),
        ("log_lines", 1.5, "number of lines"),
        (
            "accept_stopped",
            {"Completed"},
            "names Completed; it can name MaxRuntimeExceeded, MaxWaitTimeExceeded, Stopped",
        ),
    ],
)
def test_a_parameter_that_cannot_be_is_named_with_its_task_and_what_it_can_be(parameter, value, says):
    with pytest.raises(ValueError, match=f"{parameter} of task 'train'.*{says}"):
        SageMakerCreateTrainingJobOperator(task_id="train", config=CONFIG, **{parameter: value})


def test_a_request_object_serves_as_config_and_its_templates_are_seen_by_jinja():
    operator = SageMakerCreateTrainingJobOperator(task_id="train", config=TrainingJobRequest(CONFIG))

    assert operator.config == CONFIG
    assert "config" in operator.template_fields


def test_deferrable_defaults_to_the_airflow_setting():
    assert SageMakerCreateTrainingJobOperator(task_id="train", config=CONFIG).deferrable is False


def test_importing_the_operator_and_building_one_costs_no_aws_library():
    program = (
        "import sys, airflow_sm_training.operators.training_job as module\n"
        "module.SageMakerCreateTrainingJobOperator(task_id='train', config={'RoleArn': 'x'})\n"
        "heavy = {'boto3', 'botocore', 'aiobotocore', 'aiohttp', 'moto', 'regex',"
        " 'airflow.providers.amazon.aws.hooks.base_aws'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert result.stdout.splitlines()[-1] == "[]"


def test_the_public_names_are_there_without_being_imported():
    import airflow_sm_training

    for name in airflow_sm_training.__all__:
        assert getattr(airflow_sm_training, name)
    with pytest.raises(AttributeError, match="Quux"):
        airflow_sm_training.Quux  # noqa: B018
