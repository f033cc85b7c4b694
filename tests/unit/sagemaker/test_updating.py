from __future__ import annotations

import pytest

from airflow_sm_training.sagemaker.errors import RequestInvalid
from airflow_sm_training.sagemaker.updating import plan_update, requested_changes
from tests.unit.sagemaker.in_memory import description

RULE = {
    "RuleConfigurationName": "stalls",
    "RuleEvaluatorImage": "rules:1",
    "RuleParameters": {"rule_to_invoke": "Stalled"},
}
OTHER_RULE = {"RuleConfigurationName": "cpu", "RuleEvaluatorImage": "rules:1"}
JOB = description(
    ProfilerConfig={
        "S3OutputPath": "s3://bucket/p",
        "ProfilingIntervalInMilliseconds": 500,
        "ProfilingParameters": {"aB": "1"},
    },
    ProfilerRuleConfigurations=[{**RULE, "VolumeSizeInGB": 0}],
    RemoteDebugConfig={"EnableRemoteDebug": True},
    ResourceConfig={"InstanceType": "ml.m5.large", "KeepAlivePeriodInSeconds": 600},
)
BARE = description()
PROFILER, DEBUG, KEEP_ALIVE = "ProfilerUpdatable", "RemoteDebugUpdatable", "KeepAliveUpdatable"


@pytest.mark.parametrize(
    ("job", "asked", "changes", "window"),
    [
        (JOB, {"profiler_config": {"ProfilingIntervalInMilliseconds": 500, "S3OutputPath": "s3://bucket/p"}}, {}, None),
        (
            JOB,
            {"profiler_config": {"ProfilingIntervalInMilliseconds": "1000", "S3OutputPath": "s3://bucket/p"}},
            {"ProfilerConfig": {"ProfilingIntervalInMilliseconds": 1000}},
            PROFILER,
        ),
        (JOB, {"profiler_config": {"ProfilingParameters": {"aB": 1}}}, {}, None),
        (
            JOB,
            {"profiler_config": {"ProfilingParameters": {"aB": "2"}}},
            {"ProfilerConfig": {"ProfilingParameters": {"aB": "2"}}},
            PROFILER,
        ),
        (
            BARE,
            {"profiler_config": {"DisableProfiler": "True"}},
            {"ProfilerConfig": {"DisableProfiler": True}},
            PROFILER,
        ),
        (JOB, {"profiler_rule_configurations": [RULE]}, {}, None),
        (
            JOB,
            {"profiler_rule_configurations": [RULE, OTHER_RULE]},
            {"ProfilerRuleConfigurations": [OTHER_RULE]},
            PROFILER,
        ),
        (JOB, {"profiler_rule_configurations": []}, {}, None),
        (JOB, {"enable_remote_debug": True}, {}, None),
        (JOB, {"enable_remote_debug": "False"}, {"RemoteDebugConfig": {"EnableRemoteDebug": False}}, DEBUG),
        (BARE, {"enable_remote_debug": False}, {}, None),
        (BARE, {"enable_remote_debug": True}, {"RemoteDebugConfig": {"EnableRemoteDebug": True}}, DEBUG),
        (JOB, {"keep_alive_period_in_seconds": "600"}, {}, None),
        (JOB, {"keep_alive_period_in_seconds": 0}, {"ResourceConfig": {"KeepAlivePeriodInSeconds": 0}}, KEEP_ALIVE),
        (
            JOB,
            {"keep_alive_period_in_seconds": "1200"},
            {"ResourceConfig": {"KeepAlivePeriodInSeconds": 1200}},
            KEEP_ALIVE,
        ),
        (BARE, {"keep_alive_period_in_seconds": 0}, {}, None),
        (
            BARE,
            {"enable_remote_debug": True, "profiler_config": {"S3OutputPath": "s3://bucket/q"}},
            {"RemoteDebugConfig": {"EnableRemoteDebug": True}, "ProfilerConfig": {"S3OutputPath": "s3://bucket/q"}},
            DEBUG,
        ),
        (
            JOB,
            {"enable_remote_debug": True, "profiler_config": {"S3OutputPath": "s3://bucket/q"}},
            {"ProfilerConfig": {"S3OutputPath": "s3://bucket/q"}},
            PROFILER,
        ),
    ],
)
def test_the_least_that_has_to_be_sent_and_when(job, asked, changes, window):
    update = plan_update(requested_changes(**asked), job)

    assert update.changes == changes
    assert not changes or update.window == window


def test_a_rule_is_never_changed():
    asked = requested_changes(profiler_rule_configurations=[{**RULE, "RuleEvaluatorImage": "rules:2"}])
    says = r"digits has a profiler rule 'stalls' already, with other settings \(RuleEvaluatorImage\).*another name"

    with pytest.raises(RequestInvalid, match=says):
        plan_update(asked, JOB)


def test_two_new_rules_of_one_name_are_refused():
    other = {**OTHER_RULE, "RuleEvaluatorImage": "rules:2"}

    with pytest.raises(RequestInvalid, match=r"\[1\]\.RuleConfigurationName: 'cpu' is the name of an earlier rule"):
        requested_changes(profiler_rule_configurations=[OTHER_RULE, other])


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        (
            {"keep_alive_period_in_seconds": "soon"},
            "ResourceConfig.KeepAlivePeriodInSeconds: 'soon' is not a whole number",
        ),
        ({"keep_alive_period_in_seconds": 21601}, "more than the maximum 21600"),
        ({"enable_remote_debug": "perhaps"}, "RemoteDebugConfig.EnableRemoteDebug: 'perhaps' is not true or false"),
        ({"profiler_config": {"S3OutputPat": "s3://bucket/p"}}, "did you mean 'S3OutputPath'"),
        ({"profiler_rule_configurations": [{"RuleEvaluatorImage": "rules:1"}]}, "RuleConfigurationName: is required"),
        ({"profiler_rule_configurations": "none"}, "is not a list"),
    ],
)
def test_what_breaks_the_model_is_refused_before_anything_is_sent(asked, says):
    with pytest.raises(RequestInvalid, match=says):
        requested_changes(**asked)
