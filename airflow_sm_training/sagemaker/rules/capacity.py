"""Rules about where the capacity of a job comes from: preferences, training plans and UltraServers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow_sm_training.sagemaker.rules.instances import CPU_ONLY, family
from airflow_sm_training.sagemaker.rules.reading import shown
from airflow_sm_training.sagemaker.rules.repeats import repeats
from airflow_sm_training.sagemaker.rules.rule import Finding, reference, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from airflow_sm_training.sagemaker.rules.reading import Part


@rule("instance-preferences-exclusive", reference("ResourceConfig"))
def instance_preferences_exclusive(request: Part) -> Iterator[Finding]:
    """
    InstancePreferences is mutually exclusive with InstanceType, InstanceGroups, InstancePlacementConfig, and
    EnableManagedSpotTraining.
    """
    resources = request["ResourceConfig"]
    if not resources["InstancePreferences"].is_filled:
        return
    others = (
        resources["InstanceType"],
        resources["InstanceGroups"],
        resources["InstancePlacementConfig"],
        request["EnableManagedSpotTraining"],
    )
    for other in others:
        if other.text or other.is_filled or other.is_on:
            message = f"{shown(other.value)} is given together with InstancePreferences; leave out one of them"
            yield Finding(other, message)


@rule("instance-preferences-unique", reference("InstancePreference"))
def instance_preferences_unique(request: Part) -> Iterator[Finding]:
    """An instance type can appear only once in an InstancePreferences list."""
    preferences = request.at("ResourceConfig", "InstancePreferences").elements()
    for instance_type in repeats(preference["InstanceType"] for preference in preferences):
        yield Finding(instance_type, f"{shown(instance_type.text)} is in the list already; name each type once")


@rule("instance-preferences-count", reference("InstancePreference"))
def instance_preferences_count(request: Part) -> Iterator[Finding]:
    """
    SageMaker rejects requests that set InstanceCount on only some preferences, that set it both per preference and
    in ResourceConfig, or that omit it in both places.
    """
    resources = request["ResourceConfig"]
    overall = resources["InstanceCount"]
    counts = [preference["InstanceCount"] for preference in resources["InstancePreferences"].elements()]
    given = [count for count in counts if count.number is not None]
    missing = [count for count in counts if count.is_absent]
    if given and overall.number is not None:
        message = f"{shown(overall.value)} is given as well as InstanceCount per preference; leave out one of them"
        yield Finding(overall, message)
    elif given:
        for count in missing:
            yield Finding(count, "is required, as other preferences have it; give it in each preference, or in none")
    elif counts and len(missing) == len(counts) and overall.is_absent:
        message = "is required with InstancePreferences; give it here, or in each preference"
        yield Finding(overall, message)


@rule("training-plan-exclusive", reference("InstancePreference"))
def training_plan_exclusive(request: Part) -> Iterator[Finding]:
    """Per-preference TrainingPlanArns is mutually exclusive with the job-level TrainingPlanArn in ResourceConfig."""
    resources = request["ResourceConfig"]
    overall = resources["TrainingPlanArn"]
    for preference in resources["InstancePreferences"].elements():
        plans = preference["TrainingPlanArns"]
        if plans.is_filled and overall.text:
            message = f"is given together with the job's TrainingPlanArn {shown(overall.text)}; leave out one of them"
            yield Finding(plans, message)


@rule("placement-ultraserver", reference("InstancePlacementConfig"))
def placement_ultraserver(request: Part) -> Iterator[Finding]:
    """InstancePlacementConfig is only applicable for UltraServer capacity."""
    resources = request["ResourceConfig"]
    placement, instance_type = resources["InstancePlacementConfig"], resources["InstanceType"].text
    if placement.is_filled and family(instance_type) in CPU_ONLY:
        message = f"no UltraServer has instances of type {shown(instance_type)}; leave InstancePlacementConfig out"
        yield Finding(placement, message)


@rule("placement-instance-count", reference("PlacementSpecification"))
def placement_instance_count(request: Part) -> Iterator[Finding]:
    """
    PlacementSpecification.InstanceCount, the number of instances to be placed together on the same UltraServer, has
    a minimum value of 1.
    """
    specifications = request.at("ResourceConfig", "InstancePlacementConfig", "PlacementSpecifications")
    for specification in specifications.elements():
        count = specification["InstanceCount"]
        if count.number == 0:
            yield Finding(
                count, "0 is less than the minimum 1; give the instances to place, or drop the entry", (1, None)
            )


RULES = (
    instance_preferences_exclusive,
    instance_preferences_unique,
    instance_preferences_count,
    training_plan_exclusive,
    placement_ultraserver,
    placement_instance_count,
)
