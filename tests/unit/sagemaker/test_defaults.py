from __future__ import annotations

import copy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from airflow_sm_training.sagemaker.defaults import (
    check_defaults,
    connection_origin,
    merged,
    of_connection,
)
from airflow_sm_training.sagemaker.errors import RequestInvalid

WORD = st.sampled_from(["a", "b", "c"])
TAGS = st.dictionaries(WORD, WORD, max_size=3).map(lambda tags: [{"Key": k, "Value": v} for k, v in tags.items()])
PLAIN = {
    "RoleArn": WORD,
    "Environment": st.dictionaries(WORD, WORD, max_size=2),
    "HyperParameters": st.dictionaries(WORD, WORD, max_size=2),
    "InputDataConfig": st.lists(st.fixed_dictionaries({"ChannelName": WORD}), max_size=2),
    "OutputDataConfig": st.fixed_dictionaries({}, optional={"S3OutputPath": WORD, "KmsKeyId": WORD}),
    "VpcConfig": st.fixed_dictionaries({}, optional={"Subnets": st.lists(WORD), "SecurityGroupIds": st.lists(WORD)}),
    "Tags": TAGS,
}
EXCLUSIVE = {
    "AlgorithmSpecification": st.fixed_dictionaries(
        {}, optional={"TrainingImage": WORD, "AlgorithmName": WORD, "ContainerEntrypoint": st.lists(WORD)}
    ),
    "ResourceConfig": st.fixed_dictionaries(
        {},
        optional={
            "InstanceType": WORD,
            "InstanceCount": st.integers(1, 3),
            "InstanceGroups": st.just([{"InstanceGroupName": "g"}]),
            "InstancePreferences": st.just([{"InstanceType": "p"}]),
            "KeepAlivePeriodInSeconds": st.integers(0, 2),
            "VolumeKmsKeyId": WORD,
        },
    ),
    "EnableManagedSpotTraining": st.booleans(),
    "StoppingCondition": st.fixed_dictionaries({}, optional={"MaxWaitTimeInSeconds": st.integers(1, 3)}),
    "ServerlessJobConfig": st.fixed_dictionaries({"JobType": WORD}),
    "ProfilerConfig": st.fixed_dictionaries({}, optional={"DisableProfiler": st.booleans(), "S3OutputPath": WORD}),
}
plain = st.fixed_dictionaries({}, optional=PLAIN)
exclusive = st.fixed_dictionaries({}, optional=EXCLUSIVE)
partial = st.fixed_dictionaries({}, optional=PLAIN | EXCLUSIVE)
nulled = st.fixed_dictionaries({}, optional={name: st.none() | of for name, of in (PLAIN | EXCLUSIVE).items()})


def contains(whole, part):
    """Whether everything in a part is in the whole, unchanged."""
    if isinstance(part, dict):
        return isinstance(whole, dict) and all(k in whole and contains(whole[k], v) for k, v in part.items())
    return whole == part


@given(partial, nulled, nulled)
def test_the_request_always_wins(request, one, two):
    result = merged(request, one, two)

    tags, own_tags = result.get("Tags", []), request.get("Tags", [])
    assert tags[: len(own_tags)] == own_tags
    assert contains({**result, "Tags": own_tags}, {**request, "Tags": own_tags})


@given(partial, nulled, nulled)
def test_merging_the_same_defaults_again_changes_nothing(request, one, two):
    once = merged(request, one, two)

    assert merged(once, one, two) == once


@given(partial, nulled, nulled)
def test_defaults_can_be_merged_first(request, one, two):
    assert merged(request, one, two) == merged(request, merged(one, two))


@given(plain, plain, plain)
def test_without_exclusions_the_order_of_merging_does_not_matter(request, one, two):
    assert merged(merged(request, one), two) == merged(request, one, two)


def empty(value):
    """Empty dicts and lists from within."""
    if isinstance(value, (dict, list)):
        for item in value.values() if isinstance(value, dict) else value:
            empty(item)
        value.clear()


@given(partial, nulled)
def test_nothing_is_changed_in_place_nor_shared(request, defaults):
    before = copy.deepcopy((request, defaults))
    empty(merged(request, defaults, defaults))

    assert (request, defaults) == before


@given(partial)
def test_without_defaults_a_request_is_what_it_is(request):
    assert merged(request) == merged(request, {}) == request


SPOT, KEEP_ALIVE = ("EnableManagedSpotTraining",), ("ResourceConfig", "KeepAlivePeriodInSeconds")
NEVER_TOGETHER = [
    (("AlgorithmSpecification", "TrainingImage"), ("AlgorithmSpecification", "AlgorithmName")),
    (("AlgorithmSpecification", "ContainerEntrypoint"), ("AlgorithmSpecification", "AlgorithmName")),
    (("ResourceConfig", "InstanceType"), ("ResourceConfig", "InstanceGroups")),
    (("ResourceConfig", "InstanceCount"), ("ResourceConfig", "InstanceGroups")),
    (("ResourceConfig", "InstanceType"), ("ResourceConfig", "InstancePreferences")),
    (("ResourceConfig", "InstanceGroups"), ("ResourceConfig", "InstancePreferences")),
    (("ResourceConfig", "InstanceType"), ("ServerlessJobConfig",)),
    (("AlgorithmSpecification", "TrainingImage"), ("ServerlessJobConfig",)),
    (SPOT, KEEP_ALIVE),
    (SPOT, ("ResourceConfig", "InstancePreferences")),
]


def at(request, path):
    for name in path:
        request = (request or {}).get(name)
    return request


def with_field(path, value):
    for name in reversed(path):
        value = {name: value}
    return value


@pytest.mark.parametrize("pair", NEVER_TOGETHER, ids=lambda pair: "-".join(path[-1] for path in pair))
@pytest.mark.parametrize("turn", [1, -1])
def test_a_choice_keeps_out_of_defaults_what_it_excludes(pair, turn):
    chosen, excluded = (with_field(path, True) for path in pair[::turn])

    assert merged(chosen, excluded) == merged({}, chosen, excluded) == chosen
    assert merged(chosen, {}, excluded) == merged(chosen, {"RoleArn": None}, excluded) == chosen


@given(exclusive, exclusive)
def test_what_excludes_each_other_comes_together_only_if_somebody_put_it_together(request, defaults):
    result = merged(request, defaults)

    for left, right in NEVER_TOGETHER:
        if at(result, left) and at(result, right):
            assert any(at(layer, left) and at(layer, right) for layer in (request, defaults)), (left, right)


@pytest.mark.parametrize(
    ("request_", "defaults", "expected"),
    [
        (
            {"ResourceConfig": {"InstanceGroups": ["g"]}},
            {"ResourceConfig": {"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeKmsKeyId": "k"}},
            {"ResourceConfig": {"InstanceGroups": ["g"], "VolumeKmsKeyId": "k"}},
        ),
        (
            {"AlgorithmSpecification": {"AlgorithmName": "a"}},
            {"AlgorithmSpecification": {"TrainingImage": "i", "TrainingInputMode": "File"}},
            {"AlgorithmSpecification": {"AlgorithmName": "a", "TrainingInputMode": "File"}},
        ),
        (
            {"EnableManagedSpotTraining": False},
            {"EnableManagedSpotTraining": True, "StoppingCondition": {"MaxWaitTimeInSeconds": 9}},
            {"EnableManagedSpotTraining": False},
        ),
        (
            {"EnableManagedSpotTraining": "False"},
            {"StoppingCondition": {"MaxWaitTimeInSeconds": 9, "MaxRuntimeInSeconds": 8}},
            {"EnableManagedSpotTraining": "False", "StoppingCondition": {"MaxRuntimeInSeconds": 8}},
        ),
        (
            {"ServerlessJobConfig": {"JobType": "FineTuning"}},
            {"RoleArn": "r", "ResourceConfig": {"InstanceType": "ml.m5.large"}, "EnableManagedSpotTraining": True},
            {"ServerlessJobConfig": {"JobType": "FineTuning"}, "RoleArn": "r"},
        ),
        (
            {"ProfilerConfig": {"DisableProfiler": True}},
            {"ProfilerConfig": {"S3OutputPath": "s3://b"}, "ProfilerRuleConfigurations": [{}]},
            {"ProfilerConfig": {"DisableProfiler": True}},
        ),
        ({"VpcConfig": None}, {"VpcConfig": {"Subnets": ["s"]}}, {"VpcConfig": None}),
        ({"ResourceConfig": "wrong"}, {"ResourceConfig": {"VolumeSizeInGB": 1}}, {"ResourceConfig": "wrong"}),
        ({"Tags": "wrong"}, {"Tags": [{"Key": "a", "Value": "b"}]}, {"Tags": "wrong"}),
        (
            {"Tags": [{"Key": "team", "Value": "mine"}]},
            {"Tags": [{"Key": "cost", "Value": "1"}, {"Key": "team", "Value": "theirs"}]},
            {"Tags": [{"Key": "team", "Value": "mine"}, {"Key": "cost", "Value": "1"}]},
        ),
    ],
)
def test_what_a_choice_leaves_out(request_, defaults, expected):
    assert merged(request_, defaults) == expected


@pytest.mark.parametrize(
    ("stronger", "expected"),
    [
        ({"VpcConfig": None}, {"OutputDataConfig": {"S3OutputPath": "s3://b", "KmsKeyId": "k"}}),
        ({"OutputDataConfig": {"KmsKeyId": None}}, {"OutputDataConfig": {"S3OutputPath": "s3://b"}}),
        ({"OutputDataConfig": {"KmsKeyId": None, "S3OutputPath": None}}, {}),
    ],
)
def test_stronger_defaults_can_take_back_weaker_ones(stronger, expected):
    connection = {"VpcConfig": {"Subnets": ["s"]}, "OutputDataConfig": {"S3OutputPath": "s3://b", "KmsKeyId": "k"}}
    result = merged({}, stronger, connection)

    assert contains(result, expected)
    assert result.get("OutputDataConfig") in (expected.get("OutputDataConfig"), connection["OutputDataConfig"])
    assert ("VpcConfig" in result) == ("VpcConfig" not in stronger)


@pytest.mark.parametrize(
    ("defaults", "says"),
    [
        ({"RolArn": "r"}, r"HERE .*\n  - RolArn: unknown field; did you mean 'RoleArn'"),
        ({"VpcConfig": {"Subnet": ["s"]}}, r"VpcConfig\.Subnet: unknown field; did you mean 'Subnets'"),
        ({"VpcConfig": "vpc-1"}, "VpcConfig: "),
        ({"TrainingJobName": "nightly"}, "HERE: TrainingJobName cannot be a default"),
        (["RoleArn"], "HERE: defaults are a part of a CreateTrainingJob request, an object, not list"),
        ("RoleArn", "not str"),
    ],
)
def test_defaults_that_are_none_are_refused_and_their_origin_is_named(defaults, says):
    with pytest.raises(RequestInvalid, match=says):
        check_defaults(defaults, "HERE")


def test_defaults_need_not_be_whole_and_may_be_templated_numbers_or_take_something_back():
    given = {"ResourceConfig": {"VolumeSizeInGB": "30"}, "VpcConfig": None, "OutputDataConfig": {"KmsKeyId": None}}

    assert check_defaults(given, "HERE") == given
    assert check_defaults(None, "HERE") == {}


@pytest.mark.parametrize(
    ("extra", "expected"),
    [
        ({"region_name": "eu-west-1"}, None),
        ({"training_job_defaults": {"RoleArn": "r"}, "password": "p"}, {"RoleArn": "r"}),
        ({"training_job_defaults": '{"RoleArn": "r"}'}, {"RoleArn": "r"}),
        ({"training_job_defaults": ""}, None),
    ],
)
def test_a_connection_hands_out_its_defaults_only(extra, expected):
    assert of_connection(extra, "aws_team") == expected


def test_text_in_a_connection_that_is_no_json_names_the_connection():
    with pytest.raises(RequestInvalid, match="'training_job_defaults' in the extra of the Airflow connection 'aws_t'"):
        of_connection({"training_job_defaults": "{RoleArn: r}"}, "aws_t")
    assert "'aws_t'" in connection_origin("aws_t")
