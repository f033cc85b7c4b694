from __future__ import annotations

import pytest

from airflow_sm_training.operators.training_job import (
    SageMakerCreateTrainingJobOperator,
    SageMakerStopTrainingJobOperator,
    SageMakerUpdateTrainingJobOperator,
)
from airflow_sm_training.sagemaker.request import TrainingJobRequest
from airflow_sm_training.sensors.training_job import SageMakerTrainingJobSensor

CONFIG = {
    "RoleArn": "sagemaker",
    "AlgorithmSpecification": {"TrainingImage": "{{ params.image }}", "TrainingInputMode": "File"},
    "OutputDataConfig": {"S3OutputPath": "s3://bucket/models"},
    "ResourceConfig": {"InstanceType": "ml.m5.large", "InstanceCount": "{{ params.count }}", "VolumeSizeInGB": 10},
    "StoppingCondition": {"MaxRuntimeInSeconds": 3600},
    "HyperParameters": {"epochs": "{{ params.epochs }}"},
}


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


def test_the_public_names_are_there_without_being_imported():
    import airflow_sm_training

    for name in airflow_sm_training.__all__:
        assert getattr(airflow_sm_training, name)
    with pytest.raises(AttributeError, match="Quux"):
        airflow_sm_training.Quux  # noqa: B018


@pytest.mark.parametrize("until", ["completed", "Done", "ProfilerUpdatable", ""])
def test_until_is_checked_when_the_sensor_is_built(until):
    with pytest.raises(ValueError, match=rf"until of task 'wait' is '{until}'; it can be .*Completed.*Training.*ended"):
        SageMakerTrainingJobSensor(task_id="wait", training_job_name="digits", until=until)


def test_the_poll_interval_of_a_sensor_is_its_poke_interval_unless_that_is_given():
    sensor = SageMakerTrainingJobSensor(task_id="wait", training_job_name="digits", poll_interval=7)
    told = SageMakerTrainingJobSensor(task_id="wait", training_job_name="digits", poll_interval=7, poke_interval=9)

    assert (sensor.poke_interval, told.poke_interval) == (7, 9)


@pytest.mark.parametrize(
    "build",
    [
        lambda **kwargs: SageMakerTrainingJobSensor(training_job_name="x", **kwargs),
        lambda **kwargs: SageMakerStopTrainingJobOperator(training_job_name="x", **kwargs),
        lambda **kwargs: SageMakerUpdateTrainingJobOperator(training_job_name="x", enable_remote_debug=True, **kwargs),
    ],
    ids=["sensor", "stop", "update"],
)
def test_a_poll_interval_of_nothing_is_refused_everywhere(build):
    with pytest.raises(ValueError, match="poll_interval of task 'it'"):
        build(task_id="it", poll_interval=0)
    assert "training_job_name" in build(task_id="it").template_fields
    assert {link.name for link in build(task_id="it").operator_extra_links} == {
        "SageMaker training job",
        "CloudWatch logs of the training job",
    }


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({}, "would change nothing: give it at least one of profiler_config"),
        (
            {"keep_alive_period_in_seconds": 60, "enable_remote_debug": False},
            "keep_alive_period_in_seconds together with enable_remote_debug.*Use two tasks",
        ),
        ({"keep_alive_period_in_seconds": 60, "profiler_config": {}}, "together with profiler_config"),
    ],
)
def test_an_update_that_can_never_be_is_refused_when_it_is_built(changes, says):
    with pytest.raises(ValueError, match=says):
        SageMakerUpdateTrainingJobOperator(task_id="update", training_job_name="digits", **changes)


def test_every_operator_and_the_sensor_can_be_mapped_and_take_default_arguments():
    from airflow.providers.common.compat.sdk import DAG

    with DAG("mapped", schedule=None, default_args={"region_name": "eu-west-1", "poll_interval": 3.0}):
        for cls, kwargs in (
            (SageMakerTrainingJobSensor, {"until": "ended"}),
            (SageMakerStopTrainingJobOperator, {"wait_for_completion": False}),
            (SageMakerUpdateTrainingJobOperator, {"keep_alive_period_in_seconds": 60}),
        ):
            cls.partial(task_id=f"mapped_{cls.__name__}", deferrable=True, verify=False, **kwargs).expand(
                training_job_name=["one", "other"]
            )
            single = cls(task_id=cls.__name__, training_job_name="one", **kwargs)
            assert (single.region_name, single.poll_interval) == ("eu-west-1", 3.0)
