"""docs/builder.md is held to what it says, and built requests to what the hook and the operator send of them."""

from __future__ import annotations

import importlib.util
import re
import time
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import pytest

from airflow_sm_training.compat import AirflowFailException
from airflow_sm_training.hooks.training_job import SageMakerTrainingJobHook
from airflow_sm_training.local.faults import Fault
from airflow_sm_training.operators.training_job import SageMakerCreateTrainingJobOperator
from airflow_sm_training.sagemaker.errors import FieldUnknown, RequestInvalid, ServiceUnavailable
from airflow_sm_training.sagemaker.model import input_shape
from airflow_sm_training.sagemaker.request import TrainingJobRequest
from airflow_sm_training.sagemaker.spelling import to_snake_case
from tests.integration.task_runs import TaskRun, config

DOCUMENT = Path(__file__).parents[2] / "docs" / "builder.md"
PASTED = re.findall(r"```python\n(.*?)```", DOCUMENT.read_text("utf-8"), flags=re.DOTALL)

# The setters of the fluent builder: each has a `set_…` that takes the whole value or none, and those of collections
# add one entry themselves. Source: https://docs.rs/aws-sdk-sagemaker/0.16.0/aws_sdk_sagemaker/client/fluent_builders/struct.CreateTrainingJob.html
# `get_…`, `as_input` and `config_override` are those of the builder of version 1.127.0.
SETTERS = {
    "training_job_name": "digits",
    "hyper_parameters": {"epochs": "3"},
    "algorithm_specification": {"training_image": "image", "training_input_mode": "File"},
    "role_arn": "arn:aws:iam::123456789012:role/SageMakerExecutionRole",
    "input_data_config": [
        {
            "channel_name": "train",
            "data_source": {"s3_data_source": {"s3_data_type": "S3Prefix", "s3_uri": "s3://bucket/train"}},
        }
    ],
    "output_data_config": {"s3_output_path": "s3://sagemaker-us-east-1-123456789012/out"},
    "resource_config": {"instance_type": "ml.m5.large", "instance_count": 1, "volume_size_in_gb": 1},
    "vpc_config": {"subnets": ["subnet-1"], "security_group_ids": ["sg-1"]},
    "stopping_condition": {"max_runtime_in_seconds": 600, "max_wait_time_in_seconds": 600},
    "tags": [{"key": "team", "value": "vision"}],
    "enable_network_isolation": False,
    "enable_inter_container_traffic_encryption": True,
    "enable_managed_spot_training": True,
    "checkpoint_config": {"s3_uri": "s3://bucket/checkpoints"},
    "debug_hook_config": {"s3_output_path": "s3://bucket/debug"},
    "debug_rule_configurations": [{"rule_configuration_name": "overfit", "rule_evaluator_image": "image"}],
    "tensor_board_output_config": {"s3_output_path": "s3://bucket/tensorboard"},
    "experiment_config": {"experiment_name": "digits"},
    "profiler_config": {"s3_output_path": "s3://bucket/profile", "profiling_interval_in_milliseconds": 500},
    "profiler_rule_configurations": [{"rule_configuration_name": "cpu", "rule_evaluator_image": "image"}],
    "environment": {"TZ": "UTC"},
    "retry_strategy": {"maximum_retry_attempts": 2},
}
OTHERS = {"customize", "send", "clone", "as_input", "config_override"}
METHODS = OTHERS | {prefix + name for name in SETTERS for prefix in ("", "set_", "get_")}


def counterparts():
    table = DOCUMENT.read_text("utf-8").split("| Rust | here |")[1]
    return dict(re.findall(r"^\| `(\w+)` \| (.+) \|$", table, flags=re.MULTILINE))


def test_every_method_of_the_fluent_builder_has_a_counterpart():
    assert counterparts().keys() == METHODS


@pytest.mark.parametrize("name", SETTERS)
def test_the_counterpart_of_each_setter_and_getter_does_what_it_does(name):
    value, here = SETTERS[name], {rust: found.strip("`") for rust, found in counterparts().items()}
    empty = TrainingJobRequest({})
    one = getattr(empty, here[f"set_{name}"])(value)

    assert to_snake_case(one.to_dict()) == {name: value}
    assert getattr(one, here[f"set_{name}"])(None) == empty
    assert getattr(one, here[f"get_{name}"]) == value
    # What adds to a collection of Rust keeps what is there.
    if isinstance(value, list) and name != "tags":
        assert getattr(getattr(one, here[name])(value[0]), name) == value * 2
    elif name == "tags":
        assert one.with_tags({"env": "test"}).tags == [*value, {"key": "env", "value": "test"}]
    elif name in {"hyper_parameters", "environment"}:
        assert getattr(getattr(one, here[name])({"more": "1"}), name) == {**value, "more": "1"}
    else:
        assert getattr(empty, here[name])(value) == one


def test_what_the_setters_made_is_right_is_sent_and_is_what_the_job_has(endpoint):
    request = TrainingJobRequest({})
    for name, value in SETTERS.items():
        setter = getattr(request, f"replace_{name}", None) or getattr(request, f"with_{name}")
        request = setter(value)
    assert request.validate() == []
    assert request == TrainingJobRequest.build(**SETTERS)
    assert request.to_dict().keys() < input_shape("CreateTrainingJob").members.keys()

    hook = SageMakerTrainingJobHook()
    hook.create_training_job(request)
    job = hook.conn.describe_training_job(TrainingJobName="digits")
    hook.stop_if_running("digits")

    sent = {name: value for name, value in request.to_dict().items() if name != "Tags"}
    assert {name: job[name] for name in sent} == sent


def test_the_hook_checks_and_sends_what_customize_makes(endpoint):
    request = TrainingJobRequest(config(TrainingJobName="customized")).with_hyper_parameters({"epochs": 3})
    hook = SageMakerTrainingJobHook()

    with pytest.raises(RequestInvalid, match=r"ResourceConfig\.InstanceCount"):
        hook.create_training_job(request.customize(lambda it: it.with_resource_config({"instance_count": -1})))
    assert endpoint.requests["CreateTrainingJob"] == 0

    hook.create_training_job(request.customize(lambda it: it.with_hyper_parameters({"rate": 0.5})))
    job = hook.conn.describe_training_job(TrainingJobName="customized")
    assert job["HyperParameters"] == {"epochs": "3", "rate": "0.5"}


def test_the_operator_customises_what_is_rendered_and_keeps_name_and_tags(endpoint):
    seen = []

    def customised(request):
        seen.append((request.resource_config["instance_count"], request.hyper_parameters))
        return {**request.replace_tags(None).to_dict(), "TrainingJobName": "mine"}

    request = TrainingJobRequest(config()).with_hyper_parameters({"epochs": "{{ params.epochs }}"})
    request = request.with_resource_config({**request.resource_config, "instance_count": "{{ 1 }}"})
    task = TaskRun(deferrable=True)
    result = task(request.customize(customised), params={"epochs": 7})

    assert seen == [(1, {"epochs": "7"})]
    assert task.operator.config["HyperParameters"] == {"epochs": "7"}
    assert "TrainingJobName" not in task.operator.config
    assert result["training_job_name"] == "mine"
    tags = SageMakerTrainingJobHook().describe_training_job("mine", with_tags=True).tags
    assert tags["airflow:task_id"] == "train"


def test_a_wrong_customisation_spends_no_retry(endpoint):
    request = TrainingJobRequest(config()).customize(lambda it: it.with_vpc_config({"subnet": ["subnet-1"]}))

    with pytest.raises(AirflowFailException, match="did you mean 'subnets'"):
        TaskRun(deferrable=True)(request)
    assert endpoint.requests["CreateTrainingJob"] == 0


def test_an_xcomarg_in_a_request_orders_the_tasks():
    from airflow.providers.common.compat.sdk import DAG, task

    with DAG("ordered", schedule=None):
        uri = task(lambda: "s3://bucket", task_id="upload")()
        train = SageMakerCreateTrainingJobOperator(
            task_id="train",
            config=TrainingJobRequest.from_dict(config())
            .with_output_data_config({"s3_output_path": uri})
            .with_tags({"a": "b"}),
        )

    assert train.upstream_task_ids == {"upload"}
    assert train.config["OutputDataConfig"]["S3OutputPath"] is uri


@pytest.mark.parametrize(
    ("botocore_config", "attempts"),
    [
        (None, 5),
        ({"retries": {"mode": "standard"}}, 3),
        ({"retries": {"mode": "standard", "total_max_attempts": 1}}, 1),
    ],
)
def test_retries_are_as_many_as_the_document_says(endpoint, monkeypatch, botocore_config, attempts):
    without_sleep = SimpleNamespace(**{**vars(time), "sleep": lambda _seconds: None})
    monkeypatch.setattr("botocore.endpoint.time", without_sleep)
    endpoint.faults.add(Fault("server_error", ["CreateTrainingJob"]))

    with pytest.raises(ServiceUnavailable):
        SageMakerTrainingJobHook(config=botocore_config).create_training_job(config(TrainingJobName="never"))
    assert endpoint.requests["CreateTrainingJob"] == attempts


@pytest.fixture
def pasted(tmp_path):
    file = tmp_path / "built_training_job.py"
    file.write_text(PASTED[0])
    spec = importlib.util.spec_from_file_location("built_training_job", file)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_dag_to_paste_sends_a_request_that_is_right(endpoint, pasted):
    request = pasted.base.with_hyper_parameters({"epochs": 5})
    result = TaskRun(deferrable=True)(request)

    assert result["hyper_parameters"] == {"epochs": "5", "shuffle": "true"}
    assert result["stopping_condition"] == {"max_runtime_in_seconds": 3600}
    assert pasted.larger.resource_config == {**pasted.base.resource_config, "instance_count": 2}
    rendered = pasted.larger.with_stopping_condition({"max_runtime_in_seconds": 60}).typed()
    assert rendered.validate() == []


def test_the_function_to_paste_is_one_for_customize(pasted, monkeypatch):
    class Night(datetime):
        @classmethod
        def now(cls, tz=None):
            return cls(2026, 11, 21, 3, tzinfo=tz)

    names = {"datetime": Night, "timezone": type("timezone", (), {"utc": UTC}), **vars(pasted)}
    exec(PASTED[1], names)
    request = names["config"].with_stopping_condition({"max_runtime_in_seconds": 60}).customized()

    assert request.enable_managed_spot_training is True
    assert request.stopping_condition == {"max_runtime_in_seconds": 60, "max_wait_time_in_seconds": 120}


def test_the_error_shown_is_the_error_raised():
    (shown,) = re.findall(r"```text\n(.*?)```", DOCUMENT.read_text("utf-8"), flags=re.DOTALL)

    with pytest.raises(FieldUnknown) as raised:
        TrainingJobRequest.build(role_arm="x", resource_config={"instance_typ": "x"})
    assert str(raised.value).split() == shown.split()
