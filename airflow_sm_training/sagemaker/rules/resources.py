"""Rules about the instances of a job: a type and a count, or groups, or preferences."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow_sm_training.sagemaker.rules.reading import shown
from airflow_sm_training.sagemaker.rules.repeats import repeats
from airflow_sm_training.sagemaker.rules.rule import Finding, guide, reference, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from airflow_sm_training.sagemaker.rules.reading import Part

_WAYS = ("InstanceType", "InstanceGroups", "InstancePreferences")


@rule("instances-required", reference("ResourceConfig"))
def instances_required(request: Part) -> Iterator[Finding]:
    """
    InstanceType is the ML compute instance type and InstanceCount the number of ML compute instances to use; a
    heterogeneous cluster has InstanceGroups, a prioritised list InstancePreferences instead.
    """
    resources = request["ResourceConfig"]
    if not request["ServerlessJobConfig"].is_absent or resources.is_absent:
        return
    if not (resources["InstanceGroups"].is_absent and resources["InstancePreferences"].is_absent):
        return
    instance_type, count = resources["InstanceType"], resources["InstanceCount"]
    has_no_count = count.is_absent or count.number == 0
    if instance_type.is_absent and has_no_count:
        yield Finding(resources, "no instances; give InstanceType and InstanceCount, or InstanceGroups", _WAYS)
    elif instance_type.is_absent and count.number:
        message = f"is required with InstanceCount {shown(count.value)}; name a type such as 'ml.m5.large'"
        yield Finding(instance_type, message)
    elif instance_type.text and has_no_count:
        yield Finding(count, f"is required with InstanceType {shown(instance_type.text)}; give 1 or more", (1, None))


@rule("instance-groups-exclusive", guide("train-heterogeneous-cluster-configure"))
def instance_groups_exclusive(request: Part) -> Iterator[Finding]:
    """
    The instance type and instance count pair and the instance groups are mutually exclusive: the pair is for
    homogeneous cluster training, instance groups for heterogeneous cluster training.
    """
    resources = request["ResourceConfig"]
    if not resources["InstanceGroups"].is_filled:
        return
    for other in (resources["InstanceType"], resources["InstanceCount"]):
        if other.text or other.number:
            yield Finding(other, f"{shown(other.value)} is given together with InstanceGroups; leave out one of them")


@rule("instance-group-names-unique", reference("InstanceGroup"))
def instance_group_names_unique(request: Part) -> Iterator[Finding]:
    """
    InstanceGroupName is the name of the instance group, by which a channel's InstanceGroupNames refer to it; so it is
    the group's own.
    """
    groups = request.at("ResourceConfig", "InstanceGroups").elements()
    for name in repeats(group["InstanceGroupName"] for group in groups):
        yield Finding(name, f"{shown(name.text)} is the name of an earlier group; give each group a name of its own")


@rule("instance-group-exists", reference("S3DataSource"))
def instance_group_exists(request: Part) -> Iterator[Finding]:
    """
    InstanceGroupNames is a list of names of instance groups that get data from the S3 data source; so there are groups
    of these names.
    """
    groups = request.at("ResourceConfig", "InstanceGroups")
    names = [group["InstanceGroupName"] for group in groups.elements()]
    if not (groups.is_filled or groups.is_absent) or not all(name.text for name in names):
        return
    known = sorted(name.value for name in names)
    for channel in request["InputDataConfig"].elements():
        for name in channel.at("DataSource", "S3DataSource", "InstanceGroupNames").elements():
            if name.text and name.text not in known:
                there_are = f"the groups are {', '.join(known)}" if known else "ResourceConfig has no InstanceGroups"
                yield Finding(name, f"no instance group is called {shown(name.text)}; {there_are}", tuple(known))


@rule("warm-pool-instance-groups", guide("train-warm-pools"))
def warm_pool_instance_groups(request: Part) -> Iterator[Finding]:
    """SageMaker managed warm pools cannot be used with heterogeneous cluster training."""
    resources = request["ResourceConfig"]
    keep_alive = resources["KeepAlivePeriodInSeconds"]
    if keep_alive.number and resources["InstanceGroups"].is_filled:
        message = (
            f"{shown(keep_alive.value)} asks for a warm pool, which a cluster of InstanceGroups cannot have; "
            "leave it out, or use InstanceType and InstanceCount"
        )
        yield Finding(keep_alive, message)


@rule("warm-pool-spot", guide("train-warm-pools"))
def warm_pool_spot(request: Part) -> Iterator[Finding]:
    """SageMaker managed warm pools cannot be used with spot instances."""
    keep_alive = request.at("ResourceConfig", "KeepAlivePeriodInSeconds")
    if keep_alive.number and request["EnableManagedSpotTraining"].is_on:
        message = (
            f"{shown(keep_alive.value)} asks for a warm pool, which spot instances cannot have; "
            "leave it out, or turn EnableManagedSpotTraining off"
        )
        yield Finding(keep_alive, message)


@rule("selected-instances-read-only", reference("ResourceConfig"))
def selected_instances_read_only(request: Part) -> Iterator[Finding]:
    """SelectedInstanceType and SelectedInstanceCount are read-only and not accepted in CreateTrainingJob requests."""
    for name in ("SelectedInstanceType", "SelectedInstanceCount"):
        field = request["ResourceConfig"][name]
        if field.text or field.number is not None:
            yield Finding(
                field, f"{shown(field.value)} is what DescribeTrainingJob answers, not a request; leave it out"
            )


RULES = (
    instances_required,
    instance_groups_exclusive,
    instance_group_names_unique,
    instance_group_exists,
    warm_pool_instance_groups,
    warm_pool_spot,
    selected_instances_read_only,
)
