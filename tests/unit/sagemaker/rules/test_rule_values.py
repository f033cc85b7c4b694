"""Breaks of every value that a rule knows: each instance family, each interval, each number beyond a limit."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from airflow_sm_training.sagemaker import model, rules, shapes
from airflow_sm_training.sagemaker.rules.instances import CPU_ONLY, EBS_ONLY, LOCAL_STORAGE, family
from tests.unit.sagemaker.rules.rule_requests import CREATE, KEY, edited

PLAIN = CREATE["plain"]
INSTANCE_TYPES = model.input_shape("CreateTrainingJob").members["ResourceConfig"].members["InstanceType"].enum
# EC2 does not say of these yet.
UNDECIDED = {"g7"}


def found(edits, base=PLAIN):
    return [(violation.path, violation.rule) for violation in rules.create_violations(edited(base, edits))]


def instances_with(**fields):
    return {"ResourceConfig": {"InstanceCount": 1, "VolumeSizeInGB": 10, **fields}}


def refused_types(**fields):
    return {each for each in INSTANCE_TYPES if found(instances_with(InstanceType=each, **fields))}


def test_a_volume_key_goes_with_every_type_but_those_with_local_storage():
    assert found(instances_with(InstanceType="ml.trn1.2xlarge", VolumeKmsKeyId=KEY)) == [
        ("ResourceConfig.VolumeKmsKeyId", "volume-key-local-storage"),
    ]
    local = {each for each in INSTANCE_TYPES if family(each) in LOCAL_STORAGE}
    assert refused_types(VolumeKmsKeyId=KEY) == local


def test_a_volume_size_is_required_of_every_type_without_local_storage():
    ebs_only = {each for each in INSTANCE_TYPES if family(each) in EBS_ONLY}
    assert refused_types(VolumeSizeInGB=None) == ebs_only


def test_it_is_known_of_every_instance_family_whether_it_has_local_storage():
    families = {family(instance_type) for instance_type in INSTANCE_TYPES}
    unknown = families - LOCAL_STORAGE - EBS_ONLY - UNDECIDED
    assert unknown == set(), "look them up in EC2's list of instance store volumes and add them to rules/instances.py"
    assert not LOCAL_STORAGE & EBS_ONLY
    assert CPU_ONLY <= LOCAL_STORAGE | EBS_ONLY


@pytest.mark.parametrize("text", ["", "ml", "g5.xlarge", "ml.g5", "ml.g5.xlarge.x", "xx.g5.xlarge", None])
def test_what_is_no_instance_type_has_no_family(text):
    assert family(text) == ""


@given(interval=st.integers())
def test_only_the_six_intervals_are_available(interval):
    broken = found({"ProfilerConfig": {"ProfilingIntervalInMilliseconds": interval}})
    available = interval in {100, 200, 500, 1000, 5000, 60000}
    assert broken == ([] if available else [("ProfilerConfig.ProfilingIntervalInMilliseconds", "profiler-interval")])


@given(max_wait=st.integers(1, 2419200), max_runtime=st.integers(1, 2419200))
def test_waiting_never_ends_before_running(max_wait, max_runtime):
    condition = {"MaxWaitTimeInSeconds": max_wait, "MaxRuntimeInSeconds": max_runtime}
    broken = found({"EnableManagedSpotTraining": True, "StoppingCondition": condition})
    expected = [("StoppingCondition.MaxWaitTimeInSeconds", "max-wait-covers-max-runtime")]
    assert broken == (expected if max_wait < max_runtime else [])


@given(count=st.integers(0, 60))
def test_five_tags_are_left_to_the_operator(count):
    tags = [{"Key": f"key-{number}", "Value": "value"} for number in range(count)]
    assert found({"Tags": tags}) == ([("Tags", "tag-count")] if count > 45 else [])


@given(names=st.lists(st.sampled_from("abcde"), min_size=1, max_size=6))
def test_every_repeated_channel_is_found(names):
    channels = [{**PLAIN["InputDataConfig"][0], "ChannelName": name} for name in names]
    repeated = [index for index, name in enumerate(names) if name in names[:index]]
    expected = [(f"InputDataConfig[{index}].ChannelName", "channel-names-unique") for index in repeated]
    assert found({"InputDataConfig": channels}) == expected


@pytest.mark.parametrize(
    "regex",
    ["(", ")", "[a", "a**", "*", "+x", "x{2,1}", "(?P<n>a)(?P<n>b)(", r"\p{L}(", "(?<a>x", "a|*"],
)
def test_what_no_dialect_takes_for_a_regular_expression_is_refused(regex):
    edits = {"AlgorithmSpecification.MetricDefinitions": [{"Name": "loss", "Regex": regex}]}
    assert found(edits) == [("AlgorithmSpecification.MetricDefinitions[0].Regex", "metric-regex")]


@pytest.mark.parametrize(("length", "faults"), [(500, 1), (501, 0)])
def test_a_regular_expression_that_is_too_long_is_left_to_the_model(length, faults):
    edits = {"AlgorithmSpecification.MetricDefinitions": [{"Name": "loss", "Regex": "(".ljust(length, "a")}]}
    assert len(found(edits)) == faults


@pytest.mark.parametrize(
    ("edits", "limit"),
    [
        ({"InputDataConfig[0].CompressionType": "Gzip"}, ("None",)),
        ({"InputDataConfig[0].RecordWrapperType": "RecordIO"}, ("None",)),
        ({"ProfilerConfig": {"ProfilingIntervalInMilliseconds": 1}}, (100, 200, 500, 1000, 5000, 60000)),
        ({"StoppingCondition.MaxRuntimeInSeconds": 2419201}, (1, 2419200)),
        ({"AlgorithmSpecification.TrainingImage": None}, ("TrainingImage", "AlgorithmName")),
    ],
)
def test_a_violation_carries_what_is_allowed(edits, limit):
    assert [violation.limit for violation in rules.create_violations(edited(PLAIN, edits))] == [limit]


@given(regex=st.text(max_size=40))
def test_no_regular_expression_makes_the_rule_raise(regex):
    found({"AlgorithmSpecification.MetricDefinitions": [{"Name": "loss", "Regex": regex}]})


@pytest.mark.parametrize(
    ("edits", "path", "rule"),
    [
        ({"ResourceConfig.KeepAlivePeriodInSeconds": 21601}, "ResourceConfig.KeepAlivePeriodInSeconds", "range"),
        ({"ResourceConfig.KeepAlivePeriodInSeconds": -1}, "ResourceConfig.KeepAlivePeriodInSeconds", "range"),
        ({"RetryStrategy.MaximumRetryAttempts": 0}, "RetryStrategy.MaximumRetryAttempts", "range"),
        ({"RetryStrategy.MaximumRetryAttempts": 31}, "RetryStrategy.MaximumRetryAttempts", "range"),
        ({"StoppingCondition.MaxPendingTimeInSeconds": 60}, "StoppingCondition.MaxPendingTimeInSeconds", "range"),
        ({"ResourceConfig.VolumeSizeInGB": -1}, "ResourceConfig.VolumeSizeInGB", "range"),
        ({"HyperParameters": {f"p{n}": "1" for n in range(101)}}, "HyperParameters", "size"),
        ({"HyperParameters": {"p": "x" * 2501}}, 'HyperParameters["p"]', "length"),
        ({"Environment": {f"p{n}": "1" for n in range(101)}}, "Environment", "size"),
        ({"Tags[0].Key": "k" * 129}, "Tags[0].Key", "length"),
        ({"Tags[0].Value": "v" * 257}, "Tags[0].Value", "length"),
        (
            {"AlgorithmSpecification.MetricDefinitions": [{"Name": f"m{n}", "Regex": "x"} for n in range(41)]},
            "AlgorithmSpecification.MetricDefinitions",
            "size",
        ),
    ],
)
def test_limits_that_the_model_knows_are_left_to_it(edits, path, rule):
    """docs/rules.md names them. A rule of our own would report the same fault twice."""
    request = edited(PLAIN, edits)
    violations = shapes.violations(model.input_shape("CreateTrainingJob"), request)
    assert [(violation.path, violation.rule) for violation in violations] == [(path, rule)]
    assert list(rules.create_violations(request)) == []
