"""What a team shares: partial CreateTrainingJob requests that are merged under each request."""

from __future__ import annotations

import copy
import json
from collections.abc import Mapping
from typing import Any

from airflow_sm_training.sagemaker.errors import RequestInvalid
from airflow_sm_training.sagemaker.request import TrainingJobRequest

CONNECTION_KEY = "training_job_defaults"

_Path = tuple[str, ...]
_IMAGE: tuple[_Path, ...] = tuple(
    ("AlgorithmSpecification", name)
    for name in ("TrainingImage", "TrainingImageConfig", "ContainerEntrypoint", "ContainerArguments")
)
_ALGORITHM: _Path = ("AlgorithmSpecification", "AlgorithmName")
_INSTANCE_TYPE: _Path = ("ResourceConfig", "InstanceType")
_INSTANCE_COUNT: _Path = ("ResourceConfig", "InstanceCount")
_INSTANCE_GROUPS: _Path = ("ResourceConfig", "InstanceGroups")
_INSTANCE_PREFERENCES: _Path = ("ResourceConfig", "InstancePreferences")
_PLACEMENT: _Path = ("ResourceConfig", "InstancePlacementConfig")
_KEEP_ALIVE: _Path = ("ResourceConfig", "KeepAlivePeriodInSeconds")
_INSTANCES: tuple[_Path, ...] = (
    _INSTANCE_TYPE,
    _INSTANCE_COUNT,
    _INSTANCE_GROUPS,
    _INSTANCE_PREFERENCES,
    _PLACEMENT,
    _KEEP_ALIVE,
    ("ResourceConfig", "VolumeSizeInGB"),
    ("ResourceConfig", "TrainingPlanArn"),
)
_SPOT: _Path = ("EnableManagedSpotTraining",)
_MAX_WAIT: _Path = ("StoppingCondition", "MaxWaitTimeInSeconds")
_SERVERLESS: _Path = ("ServerlessJobConfig",)

# (what is chosen, what a weaker layer then may not add). Where a choice is a switch, it counts when it is on.
# Sources: the descriptions of AlgorithmName, InstancePreferences, KeepAlivePeriodInSeconds, MaxWaitTimeInSeconds and
# DisableProfiler in https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateTrainingJob.html
EXCLUSIONS: tuple[tuple[_Path, tuple[_Path, ...]], ...] = (
    (_ALGORITHM, _IMAGE),
    *((path, (_ALGORITHM,)) for path in _IMAGE),
    (_INSTANCE_GROUPS, (_INSTANCE_TYPE, _INSTANCE_COUNT, _INSTANCE_PREFERENCES)),
    (_INSTANCE_TYPE, (_INSTANCE_GROUPS, _INSTANCE_PREFERENCES)),
    (_INSTANCE_COUNT, (_INSTANCE_GROUPS,)),
    (_INSTANCE_PREFERENCES, (_INSTANCE_TYPE, _INSTANCE_COUNT, _INSTANCE_GROUPS, _PLACEMENT, _SPOT, _MAX_WAIT)),
    (_PLACEMENT, (_INSTANCE_PREFERENCES,)),
    (_SPOT, (_KEEP_ALIVE, _INSTANCE_PREFERENCES)),
    (_KEEP_ALIVE, (_SPOT, _MAX_WAIT)),
    (_SERVERLESS, (*_IMAGE, _ALGORITHM, *_INSTANCES, _SPOT, _MAX_WAIT)),
    *((path, (_SERVERLESS,)) for path in (*_IMAGE, _ALGORITHM, _INSTANCE_TYPE, _INSTANCE_GROUPS)),
    (
        ("ProfilerConfig", "DisableProfiler"),
        (
            ("ProfilerConfig", "S3OutputPath"),
            ("ProfilerConfig", "ProfilingIntervalInMilliseconds"),
            ("ProfilerConfig", "ProfilingParameters"),
            ("ProfilerRuleConfigurations",),
        ),
    ),
)


def merged(request: Mapping[str, Any], *defaults: Mapping[str, Any]) -> dict[str, Any]:
    """
    Merge defaults under a request: the request wins over the first defaults, those over the second, and so on.

    Structures and maps (``Environment``, ``HyperParameters``) are merged key by key, tags by their keys, and other
    lists are taken whole. ``None`` in defaults takes back what weaker ones say. What excludes what the request, or
    stronger defaults, have chosen is left out (:data:`EXCLUSIONS`). Nothing is changed in place, and merging the same
    defaults again changes nothing.

    :param request: a CreateTrainingJob request as boto3 takes it, or a part of one.
    :param defaults: parts of such requests, strongest first.
    """
    below: dict[str, Any] = {}
    for layer in reversed(defaults):
        below = _without_nulls(_over(layer, below))
    return _over(request, below)


def check_defaults(defaults: Any, origin: str) -> dict[str, Any]:
    """
    Return defaults in which every field is one of the API, with the model's types.

    :param defaults: what was given as defaults, if anything.
    :param origin: where it was given; starts each message.
    :raises RequestInvalid: if it is no mapping, names fields that there are not, or has a value of another type.
    """
    if not defaults:
        return {}
    if not isinstance(defaults, Mapping):
        found = f"{type(defaults).__name__} ({defaults!r:.80})"
        raise RequestInvalid(f"{origin}: defaults are a part of a CreateTrainingJob request, an object, not {found}.")
    if "TrainingJobName" in defaults:
        message = f"{origin}: TrainingJobName cannot be a default, since each job has a name of its own. Leave it out."
        raise RequestInvalid(message)
    # The rest can only be judged of the whole request; there the path names the field.
    wrong = [
        violation
        for violation in TrainingJobRequest(_without_nulls(defaults)).typed().validate()
        if violation.rule in {"unknown", "type"}
    ]
    if wrong:
        listed = "\n".join(f"  - {violation}" for violation in wrong)
        message = (
            f"{origin} cannot be merged into a CreateTrainingJob request; nothing was sent to SageMaker:\n{listed}"
        )
        raise RequestInvalid(message, violations=wrong)
    return copy.deepcopy(dict(defaults))


def of_connection(extra: Mapping[str, Any], conn_id: str) -> Any:
    """
    Return the defaults that an Airflow connection carries, and nothing else of it.

    :param extra: the connection's extra.
    :param conn_id: its id.
    :raises RequestInvalid: if they are text that is no JSON.
    """
    found = extra.get(CONNECTION_KEY)
    if not isinstance(found, str):
        return found
    try:
        return json.loads(found or "null")  # a connection given as a URI has text only
    except ValueError as error:
        raise RequestInvalid(f"{connection_origin(conn_id)} is no JSON: {error}. Correct it.") from None


def connection_origin(conn_id: str) -> str:
    """Name the defaults of a connection in a message."""
    return f"{CONNECTION_KEY!r} in the extra of the Airflow connection {conn_id!r}"


def _over(upper: Mapping[str, Any], lower: dict[str, Any]) -> dict[str, Any]:
    """``lower`` is a copy already, and is used up."""
    for chosen, excluded in EXCLUSIONS:
        if _is_chosen(_at(upper, chosen)):
            for path in excluded:
                _remove(lower, path)
    if _at(upper, _SPOT) in (False, "False", "false"):
        _remove(lower, _MAX_WAIT)
    result = copy.deepcopy(dict(upper))
    if _are_tags(upper.get("Tags")) and _are_tags(lower.get("Tags")):
        own = {tag["Key"] for tag in upper["Tags"]}
        result["Tags"] = [*result["Tags"], *(tag for tag in lower["Tags"] if tag["Key"] not in own)]
    return _filled(result, lower)


def _filled(upper: dict[str, Any], lower: Mapping[str, Any]) -> dict[str, Any]:
    for key, below in lower.items():
        if key not in upper:
            upper[key] = below
        elif isinstance(upper[key], dict) and isinstance(below, Mapping):
            _filled(upper[key], below)
    return upper


def _are_tags(value: Any) -> bool:
    return isinstance(value, (list, tuple)) and all(isinstance(tag, Mapping) and "Key" in tag for tag in value)


def _is_chosen(value: Any) -> bool:
    return value is not None and value not in (False, "False", "false", "")


def _at(request: Mapping[str, Any], path: _Path) -> Any:
    value: Any = request
    for name in path:
        if not isinstance(value, Mapping):
            return None
        value = value.get(name)
    return value


def _remove(request: dict[str, Any], path: _Path) -> None:
    parent = _at(request, path[:-1])
    if isinstance(parent, dict):
        parent.pop(path[-1], None)
        if not parent and len(path) > 1:
            _remove(request, path[:-1])


def _without_nulls(value: Mapping[str, Any]) -> dict[str, Any]:
    result = {}
    for key, item in value.items():
        kept = _without_nulls(item) if isinstance(item, Mapping) else item
        if kept is not None and (kept != {} or item == {}):
            result[key] = kept
    return result
