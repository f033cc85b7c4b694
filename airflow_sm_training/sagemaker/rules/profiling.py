"""Rules about profiling and debugging; those about the profiler hold for updates, too."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow_sm_training.sagemaker.rules.reading import shown
from airflow_sm_training.sagemaker.rules.repeats import repeats
from airflow_sm_training.sagemaker.rules.rule import Finding, reference, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from airflow_sm_training.sagemaker.rules.reading import Part

_INTERVALS = (100, 200, 500, 1000, 5000, 60000)
_SETTINGS = ("ProfilingIntervalInMilliseconds", "ProfilingParameters")
_RULES = ("DebugRuleConfigurations", "ProfilerRuleConfigurations")


@rule("profiler-interval", reference("ProfilerConfig"))
def profiler_interval(request: Part) -> Iterator[Finding]:
    """
    Available values of ProfilingIntervalInMilliseconds are 100, 200, 500, 1000 (1 second), 5000 (5 seconds), and
    60000 (1 minute) milliseconds.
    """
    interval = request.at("ProfilerConfig", "ProfilingIntervalInMilliseconds")
    if interval.number is not None and interval.number not in _INTERVALS:
        allowed = ", ".join(map(str, _INTERVALS))
        yield Finding(interval, f"{shown(interval.value)} is not available; choose one of {allowed}", _INTERVALS)


@rule("profiler-disabled-settings", reference("ProfilerConfig"))
def profiler_disabled_settings(request: Part) -> Iterator[Finding]:
    """DisableProfiler turns off Debugger's system monitoring and profiling functionality; so nothing is set with it."""
    profiler = request["ProfilerConfig"]
    if not profiler["DisableProfiler"].is_on:
        return
    for setting in (profiler[name] for name in _SETTINGS):
        if setting.number is not None or setting.is_filled:
            message = f"{shown(setting.value)} is given, but DisableProfiler turns profiling off; leave out one of them"
            yield Finding(setting, message)


@rule("profiler-disabled-rules", "https://sagemaker.readthedocs.io/en/v2/api/training/estimators.html")
def profiler_disabled_rules(request: Part) -> Iterator[Finding]:
    """ProfilerRule cannot be set when disable_profiler is True."""
    rules = request["ProfilerRuleConfigurations"]
    if rules.is_filled and request.at("ProfilerConfig", "DisableProfiler").is_on:
        count = len(rules.value)
        message = f"{count} given, but DisableProfiler turns off what they would look at; leave out one of them"
        yield Finding(rules, message)


@rule("rule-names-unique", reference("ProfilerRuleConfiguration"))
def rule_names_unique(request: Part) -> Iterator[Finding]:
    """The name of the rule configuration must be unique relative to other rule configuration names."""
    configurations = (configuration for name in _RULES for configuration in request[name].elements())
    for name in repeats(configuration["RuleConfigurationName"] for configuration in configurations):
        yield Finding(name, f"{shown(name.text)} is the name of an earlier rule; give each rule a name of its own")


@rule("collection-names-unique", reference("CollectionConfiguration"))
def collection_names_unique(request: Part) -> Iterator[Finding]:
    """The name of the tensor collection must be unique relative to other rule configuration names."""
    collections = request.at("DebugHookConfig", "CollectionConfigurations").elements()
    for name in repeats(collection["CollectionName"] for collection in collections):
        yield Finding(name, f"{shown(name.text)} is the name of an earlier collection; merge the two")


PROFILER_RULES = (profiler_interval, profiler_disabled_settings, profiler_disabled_rules, rule_names_unique)
RULES = (*PROFILER_RULES, collection_names_unique)
