from __future__ import annotations

import pytest

from airflow_sm_training.sagemaker.errors import RequestInvalid
from airflow_sm_training.sagemaker.request import TrainingJobRequest
from tests.unit.sagemaker.test_shapes import valid_request


def test_a_request_is_a_copy_and_gives_copies():
    original = valid_request()
    request = TrainingJobRequest(original)
    original["ResourceConfig"]["InstanceCount"] = 9
    request.to_dict()["ResourceConfig"]["InstanceCount"] = 8

    assert request.to_dict() == valid_request()


@pytest.mark.parametrize("wrong", [None, "arn", 7, [("RoleArn", "x")]])
def test_what_is_not_a_dict_is_named(wrong):
    with pytest.raises(RequestInvalid, match=type(wrong).__name__):
        TrainingJobRequest(wrong)


def test_the_name_may_be_missing_because_the_operator_derives_it():
    request = valid_request()
    del request["TrainingJobName"]

    assert TrainingJobRequest(request).validate() == []


def test_one_error_lists_everything():
    request = TrainingJobRequest(
        valid_request(
            RoleArm="x", ResourceConfig={"InstanceType": "ml.m5.large", "InstanceCount": -1, "VolumeSizeInGB": 1}
        )
    )

    with pytest.raises(
        RequestInvalid, match=r"(?s)wrong in 2 things.*ResourceConfig\.InstanceCount.*RoleArm"
    ) as raised:
        request.check()
    assert [violation.path for violation in raised.value.violations] == ["ResourceConfig.InstanceCount", "RoleArm"]


@pytest.mark.parametrize("section", ["Environment", "HyperParameters"])
@pytest.mark.parametrize("value", ["hunter2" * 1000, 7.5])
def test_a_secret_never_shows_in_a_message(section, value):
    violations = TrainingJobRequest(valid_request(**{section: {"db_password": value, "size": value}})).validate()
    of_secret = [violation for violation in violations if violation.path == f'{section}["db_password"]']
    of_size = [violation for violation in violations if violation.path == f'{section}["size"]']

    assert of_secret
    for violation in of_secret:
        assert "hunter2" not in str(violation)
        assert "7.5" not in str(violation)
        assert violation.value in {"***", None}
    assert any(str(value)[:5] in str(violation) for violation in of_size)


def test_tags_replace_tags_of_the_same_key():
    request = TrainingJobRequest({"Tags": [{"Key": "team", "Value": "a"}, {"Key": "airflow:dag_id", "Value": "b"}]})

    assert request.with_tags({"airflow:dag_id": "mine"}).to_dict()["Tags"] == [
        {"Key": "team", "Value": "a"},
        {"Key": "airflow:dag_id", "Value": "mine"},
    ]


def test_of_a_misspelt_field_the_rules_do_not_say_that_it_is_missing():
    resources = {"InstanceTyp": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 10}

    assert [str(found) for found in TrainingJobRequest(valid_request(ResourceConfig=resources)).validate()] == [
        "ResourceConfig.InstanceTyp: unknown field; did you mean 'InstanceType'?"
    ]


def test_what_is_said_of_a_wrong_value_is_said_once():
    request = valid_request(OutputDataConfig={"S3OutputPath": "bucket/output"}, Environment=7)

    assert [(found.path, found.rule) for found in TrainingJobRequest(request).validate()] == [
        ("OutputDataConfig.S3OutputPath", "pattern"),
        ("Environment", "type"),
    ]


def test_a_secret_that_breaks_the_model_too_is_refused_as_a_secret_and_not_shown():
    key = "-----BEGIN RSA PRIVATE KEY-----\nMIIEowIBAAKCAQEA"
    found = TrainingJobRequest(valid_request(HyperParameters={"license": key})).validate()

    assert {violation.rule for violation in found} == {"pattern", "secret-in-hyperparameters"}
    assert not any("PRIVATE" in repr(violation) for violation in found)
