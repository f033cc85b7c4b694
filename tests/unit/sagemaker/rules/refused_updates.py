"""What is refused of an update, and what is let pass."""

from __future__ import annotations

from tests.unit.sagemaker.rules.rule_case import accepted, refused
from tests.unit.sagemaker.rules.rule_requests import REMOVED, debug_rule

_RESOURCES = "ResourceConfig"

REFUSED_UPDATES = [
    refused("update-changes-something", "keep-alive", {_RESOURCES: REMOVED}, "", "ProfilerConfig", "give one"),
    refused("update-changes-something", "remote debug", {"RemoteDebugConfig": {}}, "", "RemoteDebugConfig"),
    refused(
        "update-keep-alive-only",
        "keep-alive",
        {f"{_RESOURCES}.InstanceCount": 2},
        f"{_RESOURCES}.InstanceCount",
        "2",
        "only KeepAlivePeriodInSeconds",
    ),
    refused(
        "update-keep-alive-only",
        "keep-alive",
        {f"{_RESOURCES}.InstanceType": "ml.m5.large"},
        f"{_RESOURCES}.InstanceType",
        "'ml.m5.large'",
    ),
    refused(
        "update-keep-alive-only",
        "keep-alive",
        {f"{_RESOURCES}.InstanceGroups": [{"InstanceCount": 2}]},
        f"{_RESOURCES}.InstanceGroups",
        "only KeepAlivePeriodInSeconds",
    ),
    refused(
        "profiler-interval",
        "profiler",
        {"ProfilerConfig.ProfilingIntervalInMilliseconds": 0},
        "ProfilerConfig.ProfilingIntervalInMilliseconds",
        "0",
        "60000",
    ),
    refused(
        "profiler-disabled-settings",
        "profiler",
        {"ProfilerConfig.DisableProfiler": True, "ProfilerRuleConfigurations": []},
        "ProfilerConfig.ProfilingIntervalInMilliseconds",
        "1000",
    ),
    refused(
        "profiler-disabled-rules",
        "profiler",
        {"ProfilerConfig": {"DisableProfiler": True}},
        "ProfilerRuleConfigurations",
        "1 given",
    ),
    refused(
        "rule-names-unique",
        "profiler",
        {"ProfilerRuleConfigurations": [debug_rule("Report"), debug_rule("Report")]},
        "ProfilerRuleConfigurations[1].RuleConfigurationName",
        "'Report'",
    ),
    refused(
        "s3-uri-form",
        "profiler",
        {"ProfilerConfig.S3OutputPath": "profile"},
        "ProfilerConfig.S3OutputPath",
        "'profile'",
    ),
]

ACCEPTED_UPDATES = [
    accepted("update-changes-something", "keep-alive", {}),
    accepted("update-changes-something", "keep-alive", {_RESOURCES: "{{ params.resources }}"}),
    accepted("update-keep-alive-only", "keep-alive", {f"{_RESOURCES}.KeepAlivePeriodInSeconds": 600}),
]
