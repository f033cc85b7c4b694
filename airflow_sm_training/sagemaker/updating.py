"""
What an update of a training job comes to: the least that has to be sent, and when SageMaker takes it.

Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_UpdateTrainingJob.html
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from airflow_sm_training.sagemaker import model, shapes, validation
from airflow_sm_training.sagemaker.errors import RequestInvalid
from airflow_sm_training.sagemaker.goals import Goal
from airflow_sm_training.sagemaker.normalise import field_name
from airflow_sm_training.sagemaker.rules.update import update_changes_something

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from airflow_sm_training.sagemaker.description import TrainingJobDescription
    from airflow_sm_training.sagemaker.shapes import Violation

_OPERATION = "UpdateTrainingJob"
_PROFILER, _RULES, _DEBUG, _RESOURCES = (
    "ProfilerConfig",
    "ProfilerRuleConfigurations",
    "RemoteDebugConfig",
    "ResourceConfig",
)


@dataclass(frozen=True, slots=True)
class Update:
    """
    An update of one job.

    :param changes: fields of UpdateTrainingJob; empty if the job is already as it should be.
    :param window: the goal at which SageMaker takes them, one of :data:`~airflow_sm_training.sagemaker.goals.GOALS`.
    """

    changes: Mapping[str, Any] = field(default_factory=dict)
    window: str = Goal.PROFILER_UPDATABLE


def request_of(
    *,
    profiler_config: Mapping[str, Any] | None = None,
    profiler_rule_configurations: Sequence[Mapping[str, Any]] | None = None,
    keep_alive_period_in_seconds: int | str | None = None,
    enable_remote_debug: bool | str | None = None,
) -> dict[str, Any]:
    """
    Return what is asked for as fields of UpdateTrainingJob, whatever it is.

    :param profiler_config: ``ProfilerConfig``.
    :param profiler_rule_configurations: ``ProfilerRuleConfigurations``.
    :param keep_alive_period_in_seconds: ``ResourceConfig.KeepAlivePeriodInSeconds``.
    :param enable_remote_debug: ``RemoteDebugConfig.EnableRemoteDebug``.
    """
    asked: dict[str, Any] = {_PROFILER: profiler_config, _RULES: profiler_rule_configurations}
    if enable_remote_debug is not None:
        asked[_DEBUG] = {"EnableRemoteDebug": enable_remote_debug}
    if keep_alive_period_in_seconds is not None:
        asked[_RESOURCES] = {"KeepAlivePeriodInSeconds": keep_alive_period_in_seconds}
    return {name: value for name, value in asked.items() if value is not None}


def requested_changes(**asked: Any) -> dict[str, Any]:
    """
    Return what is asked for as fields of UpdateTrainingJob, checked, and with the types of the API's model.

    :param asked: what :func:`request_of` takes.
    :raises RequestInvalid: if it breaks the model or a rule.
    """
    typed: dict[str, Any] = shapes.coerce(model.input_shape(_OPERATION), request_of(**asked))
    violations = worth_refusing(validation.violations(validation.UPDATE, typed, given_later=("TrainingJobName",)))
    if violations:
        message = (
            f"The update of the training job is wrong in {validation.counted(violations)}; nothing was sent to "
            f"SageMaker:\n{validation.listed(violations)}"
        )
        raise RequestInvalid(message, violations=violations)
    return typed


def worth_refusing(violations: Iterable[Violation]) -> list[Violation]:
    """
    Leave out that nothing changes: a template that renders to nothing is a success, and the operator itself refuses to
    be given nothing.

    :param violations: what is wrong with an UpdateTrainingJob request.
    """
    return [found for found in violations if found.rule != update_changes_something.id]


def plan_update(asked: Mapping[str, Any], description: TrainingJobDescription) -> Update:
    """
    Compare what is asked for with what the job has.

    :param asked: what :func:`requested_changes` returned.
    :param description: the job as it is now.
    :raises RequestInvalid: if a profiler rule that the job has would be changed.
    """
    changes = {
        _PROFILER: _differing(asked.get(_PROFILER), _settings(description, _PROFILER), {}),
        _RULES: _new_rules(asked.get(_RULES) or (), description),
        _DEBUG: _differing(asked.get(_DEBUG), _settings(description, _DEBUG), {"enable_remote_debug": False}),
        _RESOURCES: _differing(
            asked.get(_RESOURCES), _settings(description, _RESOURCES), {"keep_alive_period_in_seconds": 0}
        ),
    }
    changes = {name: value for name, value in changes.items() if value}
    return Update(changes, _window_of(changes))


def _window_of(changes: Mapping[str, Any]) -> str:
    if _RESOURCES in changes:
        return Goal.KEEP_ALIVE_UPDATABLE
    # The window of remote debugging lies within that of the profiler, so what is asked together is sent together.
    return Goal.REMOTE_DEBUG_UPDATABLE if _DEBUG in changes else Goal.PROFILER_UPDATABLE


def _settings(description: TrainingJobDescription, name: str) -> dict[str, Any]:
    return dict(description.data.get(field_name(name)) or {})


def _differing(
    asked: Mapping[str, Any] | None, present: Mapping[str, Any], defaults: Mapping[str, Any]
) -> dict[str, Any]:
    """Return the asked fields that are not what the job has; what Describe leaves out has its default."""
    has = {**defaults, **present}
    return {name: value for name, value in (asked or {}).items() if value != has.get(field_name(name))}


def _new_rules(asked: Sequence[Mapping[str, Any]], description: TrainingJobDescription) -> list[dict[str, Any]]:
    has = {rule.get("rule_configuration_name"): rule for rule in description.data.get(field_name(_RULES)) or ()}
    new: list[dict[str, Any]] = []
    for rule in asked:
        name = rule["RuleConfigurationName"]
        if name not in has:
            new.append(dict(rule))
            continue
        changed = _differing(rule, has[name], {})
        if changed:
            message = (
                f"Training job {description.name} has a profiler rule {name!r} already, with other settings "
                f"({', '.join(sorted(changed))}). SageMaker adds rules to a job; it never changes or removes one. "
                f"Give the rule another name, or leave it out."
            )
            raise RequestInvalid(message, training_job_name=description.name)
    return new
