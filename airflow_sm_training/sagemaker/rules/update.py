"""Rules about what an UpdateTrainingJob request may change."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow_sm_training.sagemaker.rules.reading import shown
from airflow_sm_training.sagemaker.rules.rule import Finding, reference, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from airflow_sm_training.sagemaker.rules.reading import Part

_CHANGES = ("ProfilerConfig", "ProfilerRuleConfigurations", "ResourceConfig", "RemoteDebugConfig")
_KEEP_ALIVE = "KeepAlivePeriodInSeconds"
# What CreateTrainingJob takes there, and people copy.
_NOT_UPDATABLE = (
    "InstanceType",
    "InstanceCount",
    "InstanceGroups",
    "InstancePlacementConfig",
    "InstancePreferences",
    "TrainingPlanArn",
    "VolumeKmsKeyId",
    "VolumeSizeInGB",
)


@rule("update-changes-something", reference("UpdateTrainingJob"))
def update_changes_something(request: Part) -> Iterator[Finding]:
    """
    UpdateTrainingJob updates a model training job to request a new Debugger profiling configuration, to change warm
    pool retention length, or to configure remote debugging.
    """
    if request.is_known and all(request[name].is_absent for name in _CHANGES):
        yield Finding(request, f"nothing to change; give one of {', '.join(_CHANGES)}", _CHANGES)


@rule("update-keep-alive-only", reference("ResourceConfigForUpdate"))
def update_keep_alive_only(request: Part) -> Iterator[Finding]:
    """
    ResourceConfig is there to update KeepAlivePeriodInSeconds. Other fields in the ResourceConfig cannot be
    updated.
    """
    for field in (request["ResourceConfig"][name] for name in _NOT_UPDATABLE):
        if field.text or field.number is not None or field.is_filled:
            message = f"{shown(field.value)} cannot be updated; only {_KEEP_ALIVE} can"
            yield Finding(field, message, (_KEEP_ALIVE,))


RULES = (update_changes_something, update_keep_alive_only)
