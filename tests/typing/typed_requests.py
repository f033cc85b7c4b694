"""
What mypy says of built requests: `make types` fails where a wrong use is not refused, or a right one is.

Each comment that silences an error names it, and mypy reports comments that silence nothing.
"""

from __future__ import annotations

from typing import assert_type

from airflow_sm_training.sagemaker.request import TrainingJobRequest
from airflow_sm_training.sagemaker.request_types import Channel, ResourceConfig, Tag


def right() -> None:
    request = TrainingJobRequest.build(
        role_arn="{{ params.role }}",
        resource_config=ResourceConfig(instance_type="ml.m5.large", instance_count="{{ params.count }}"),
        vpc_config={"subnets": ["subnet-1"], "security_group_ids": ["sg-1"]},
        hyper_parameters={"epochs": 3, "rate": 0.1, "amsgrad": True, "optimizer": "adam"},
        tags={"team": "vision"},
        enable_managed_spot_training=True,
    )
    train = Channel(channel_name="train", data_source={"s3_data_source": {"s3_data_type": "S3Prefix", "s3_uri": "x"}})
    assert_type(request.with_input_data_config(train).with_tags({"a": "b"}).with_role_arn("x"), TrainingJobRequest)
    assert_type(request.tags, list[Tag] | None)
    assert_type(request.typed().customized(), TrainingJobRequest)
    if request.resource_config:
        request.with_resource_config({**request.resource_config, "instance_count": 4})
    request.customize(lambda rendered: rendered.with_role_arn("x")).customize(lambda rendered: rendered.to_dict())


def wrong(request: TrainingJobRequest) -> None:
    TrainingJobRequest.build(role_arm="x")  # type: ignore[call-arg]
    TrainingJobRequest.build(resource_config={"instance_typ": "x"})  # type: ignore[typeddict-unknown-key]
    TrainingJobRequest.build(resource_config={"instance_count": [1]})  # type: ignore[typeddict-item]
    TrainingJobRequest.build(enable_network_isolation=None)  # type: ignore[arg-type]
    ResourceConfig(instance_typ="ml.m5.large")  # type: ignore[typeddict-unknown-key]
    Channel(channel_name="train")  # type: ignore[typeddict-item]
    request.with_vpc_config("vpc-1")  # type: ignore[arg-type]
    request.with_vpc_config({"subnets": "subnet-1", "security_group_ids": []})  # type: ignore[arg-type]
    request.with_hyper_parameters({"layers": [1]})  # type: ignore[dict-item]
    request.with_input_data_config([])  # type: ignore[arg-type]
    request.customize(lambda rendered: None)  # type: ignore[arg-type, return-value]
    request.role_arn = "x"  # type: ignore[misc]
    request.request["RoleArn"] = "x"  # type: ignore[index]
