"""Rules about how long a job may run, and about spot instances."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow_sm_training.sagemaker.rules.reading import shown
from airflow_sm_training.sagemaker.rules.rule import Finding, guide, reference, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from airflow_sm_training.sagemaker.rules.reading import Part

_LONGEST_RUN = 28 * 24 * 60 * 60


@rule("spot-max-wait-required", guide("model-managed-spot-training"))
def spot_max_wait_required(request: Part) -> Iterator[Finding]:
    """To use managed spot training, set EnableManagedSpotTraining to True and specify the MaxWaitTimeInSeconds."""
    max_wait = request.at("StoppingCondition", "MaxWaitTimeInSeconds")
    if request["EnableManagedSpotTraining"].is_on and max_wait.is_absent:
        message = "is required with EnableManagedSpotTraining; give the seconds to wait for capacity and to run in all"
        yield Finding(max_wait, message)


@rule("max-wait-covers-max-runtime", reference("StoppingCondition"))
def max_wait_covers_max_runtime(request: Part) -> Iterator[Finding]:
    """MaxWaitTimeInSeconds must be equal to or greater than MaxRuntimeInSeconds."""
    condition = request["StoppingCondition"]
    max_wait, max_runtime = condition["MaxWaitTimeInSeconds"], condition["MaxRuntimeInSeconds"].number
    if max_wait.number is not None and max_runtime is not None and max_wait.number < max_runtime:
        message = f"{shown(max_wait.value)} is less than MaxRuntimeInSeconds, {max_runtime}; raise it, or lower that"
        yield Finding(max_wait, message, (max_runtime, None))


@rule("max-wait-spot-only", reference("StoppingCondition"))
def max_wait_spot_only(request: Part) -> Iterator[Finding]:
    """
    MaxWaitTimeInSeconds is the maximum length of time, in seconds, that a managed Spot training job has to complete; so
    no other job has it.
    """
    max_wait, spot = request.at("StoppingCondition", "MaxWaitTimeInSeconds"), request["EnableManagedSpotTraining"]
    if max_wait.number is not None and (spot.is_absent or spot.value is False):
        message = (
            f"{shown(max_wait.value)} is given, but EnableManagedSpotTraining is off; "
            "leave it out, or turn EnableManagedSpotTraining on"
        )
        yield Finding(max_wait, message)


@rule("max-runtime-limit", reference("StoppingCondition"))
def max_runtime_limit(request: Part) -> Iterator[Finding]:
    """The default value of MaxRuntimeInSeconds is 1 day. The maximum value is 28 days."""
    max_runtime = request.at("StoppingCondition", "MaxRuntimeInSeconds")
    if max_runtime.number is not None and max_runtime.number > _LONGEST_RUN:
        message = f"{shown(max_runtime.value)} is more than the maximum {_LONGEST_RUN}, which is 28 days; lower it"
        yield Finding(max_runtime, message, (1, _LONGEST_RUN))


RULES = (spot_max_wait_required, max_wait_covers_max_runtime, max_wait_spot_only, max_runtime_limit)
