"""The JSON files of ``/opt/ml/input/config``, derived from a CreateTrainingJob request."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

HOST = "algo-1"
NETWORK_INTERFACE = "eth0"
_HOMOGENEOUS_CLUSTER = "homogeneousCluster"


def input_mode(request: Mapping[str, Any], channel: Mapping[str, Any]) -> str:
    """Return how a channel is read: its own ``InputMode``, else the ``TrainingInputMode`` of the job."""
    return str(channel.get("InputMode") or request.get("AlgorithmSpecification", {}).get("TrainingInputMode") or "File")


def input_data_config(request: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """
    Build ``inputdataconfig.json``: one entry a channel.

    Source: https://docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms-training-algo-running-container.html
    """
    config = {}
    for channel in request.get("InputDataConfig") or ():
        source = channel.get("DataSource", {}).get("S3DataSource", {})
        entry = {
            "ContentType": channel.get("ContentType"),
            "TrainingInputMode": input_mode(request, channel),
            "S3DistributionType": source.get("S3DataDistributionType", "FullyReplicated"),
            "RecordWrapperType": channel.get("RecordWrapperType", "None"),
        }
        config[channel["ChannelName"]] = {name: value for name, value in entry.items() if value is not None}
    return config


def resource_config(request: Mapping[str, Any]) -> dict[str, Any]:
    """Build ``resourceconfig.json``. There is one host whatever ``InstanceCount`` says: the job is one process."""
    resources = request.get("ResourceConfig") or {}
    groups = resources.get("InstanceGroups") or ()
    first: Mapping[str, Any] = groups[0] if groups else {}
    group = first.get("InstanceGroupName", _HOMOGENEOUS_CLUSTER)
    instance_type = first.get("InstanceType") or resources.get("InstanceType") or "local"
    return {
        "current_group_name": group,
        "current_host": HOST,
        "current_instance_type": instance_type,
        "hosts": [HOST],
        "instance_groups": [{"hosts": [HOST], "instance_group_name": group, "instance_type": instance_type}],
        "network_interface_name": NETWORK_INTERFACE,
    }


def requested_instances(request: Mapping[str, Any]) -> int:
    """Count the instances that the request asks for, over its instance groups where it has them."""
    resources = request.get("ResourceConfig") or {}
    groups = resources.get("InstanceGroups") or (resources,)
    return sum(int(group.get("InstanceCount", 1)) for group in groups)
