from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from airflow_sm_training.sagemaker.model import input_shape, service_model
from airflow_sm_training.sagemaker.shapes import coerce, violations

CREATE = "CreateTrainingJob"
ROLE = "arn:aws:iam::123456789012:role/sagemaker"


def valid_request(**fields):
    return {
        "TrainingJobName": "digits",
        "RoleArn": ROLE,
        "AlgorithmSpecification": {"TrainingImage": "image", "TrainingInputMode": "File"},
        "OutputDataConfig": {"S3OutputPath": "s3://bucket/output"},
        "ResourceConfig": {"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 10},
        "StoppingCondition": {"MaxRuntimeInSeconds": 3600},
        **fields,
    }


def found(request):
    return [(violation.path, violation.rule) for violation in violations(input_shape(CREATE), request)]


def test_a_good_request_has_no_violation():
    assert found(valid_request(HyperParameters={"a": "1"}, Tags=[{"Key": "team", "Value": "vision"}])) == []


@pytest.mark.parametrize(
    ("fields", "path", "rule"),
    [
        ({"RoleArm": ROLE}, "RoleArm", "unknown"),
        ({"RoleArn": None}, "RoleArn", "required"),
        ({"RoleArn": "arn:aws:iam::1:role/x"}, "RoleArn", "pattern"),
        ({"TrainingJobName": "n" * 64}, "TrainingJobName", "length"),
        ({"TrainingJobName": "under_score"}, "TrainingJobName", "pattern"),
        ({"TrainingJobName": 7}, "TrainingJobName", "type"),
        ({"ResourceConfig": {"InstanceCount": -1}}, "ResourceConfig.InstanceCount", "range"),
        ({"ResourceConfig": {"InstanceCount": 1.5}}, "ResourceConfig.InstanceCount", "type"),
        ({"ResourceConfig": {"InstanceCount": True}}, "ResourceConfig.InstanceCount", "type"),
        ({"ResourceConfig": {"InstanceType": "ml.m5.huge"}}, "ResourceConfig.InstanceType", "enum"),
        ({"ResourceConfig": []}, "ResourceConfig", "type"),
        ({"EnableManagedSpotTraining": "yes"}, "EnableManagedSpotTraining", "type"),
        ({"HyperParameters": {"a": 1.0}}, 'HyperParameters["a"]', "type"),
        ({"HyperParameters": {str(i): "" for i in range(101)}}, "HyperParameters", "size"),
        ({"InputDataConfig": [{}]}, "InputDataConfig[0].ChannelName", "required"),
        ({"Tags": [{"Key": "a", "Value": "b"}, {"Key": "a", "Value": "\N{PILE OF POO}"}]}, "Tags[1].Value", "pattern"),
    ],
    ids=str,
)
def test_each_rule_is_found_at_its_path(fields, path, rule):
    assert (path, rule) in found(valid_request(**fields))


def test_all_mistakes_are_found_at_once():
    request = valid_request(RoleArm="x", ResourceConfig={"InstanceCount": -1})
    del request["OutputDataConfig"]

    assert len(found(request)) == 3


@pytest.mark.parametrize(
    ("fields", "hint"),
    [
        ({"RoleArm": "x"}, "did you mean 'RoleArn'?"),
        ({"Quux": "x"}, "known are AlgorithmSpecification, "),
        ({"ResourceConfig": {"InstanceType": "ml.m5.larg"}}, "did you mean 'ml.m5.large'?"),
    ],
)
def test_the_message_says_what_was_meant(fields, hint):
    assert any(hint in str(violation) for violation in violations(input_shape(CREATE), valid_request(**fields)))


def test_a_long_value_is_cut_in_the_message_not_in_the_violation():
    violation = next(violations(service_model().shape_for("TrainingJobName"), "n" * 5000, "Name"))

    assert len(violation.message) < 200
    assert len(violation.value) == 5000


@pytest.mark.parametrize(
    ("rendered", "typed"),
    [
        ({"ResourceConfig": {"InstanceCount": "2"}}, {"ResourceConfig": {"InstanceCount": 2}}),
        ({"StoppingCondition": {"MaxWaitTimeInSeconds": " 60 "}}, {"StoppingCondition": {"MaxWaitTimeInSeconds": 60}}),
        ({"ResourceConfig": {"KeepAlivePeriodInSeconds": "9"}}, {"ResourceConfig": {"KeepAlivePeriodInSeconds": 9}}),
        ({"RetryStrategy": {"MaximumRetryAttempts": "3"}}, {"RetryStrategy": {"MaximumRetryAttempts": 3}}),
        (
            {"ResourceConfig": {"InstanceGroups": [{"InstanceCount": "4", "InstanceGroupName": "7"}]}},
            {"ResourceConfig": {"InstanceGroups": [{"InstanceCount": 4, "InstanceGroupName": "7"}]}},
        ),
        ({"EnableManagedSpotTraining": "True"}, {"EnableManagedSpotTraining": True}),
        ({"EnableNetworkIsolation": "false"}, {"EnableNetworkIsolation": False}),
        (
            {"HyperParameters": {"lr": 0.1, "n": 3, "flag": True, "s": "3"}},
            {"HyperParameters": {"lr": "0.1", "n": "3", "flag": "true", "s": "3"}},
        ),
        ({"ResourceConfig": {"InstanceCount": "two"}}, {"ResourceConfig": {"InstanceCount": "two"}}),
        ({"Unknown": {"InstanceCount": "2"}}, {"Unknown": {"InstanceCount": "2"}}),
        ({"InputDataConfig": ({"ChannelName": "train"},)}, {"InputDataConfig": [{"ChannelName": "train"}]}),
    ],
    ids=str,
)
def test_rendered_strings_get_the_models_types_at_every_depth(rendered, typed):
    assert coerce(input_shape(CREATE), rendered) == typed


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)
fields = st.dictionaries(st.sampled_from(sorted(input_shape(CREATE).members)), json_values)


@settings(deadline=None)  # the first example compiles every pattern
@given(fields)
def test_whatever_the_request_nothing_raises_and_coercion_settles(request):
    typed = coerce(input_shape(CREATE), request)

    assert repr(coerce(input_shape(CREATE), typed)) == repr(typed)
    assert all(violation.path and violation.rule for violation in violations(input_shape(CREATE), typed))
