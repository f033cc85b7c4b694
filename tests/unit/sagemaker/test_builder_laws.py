"""What always holds for requests that are built, whatever is in them."""

from __future__ import annotations

import copy
import dataclasses
import json
import pickle
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from airflow_sm_training.sagemaker.errors import FieldUnknown, RequestInvalid
from airflow_sm_training.sagemaker.request import TrainingJobRequest
from airflow_sm_training.sagemaker.spelling import to_snake_case, to_wire
from tests.unit.sagemaker.request_shapes import requests
from tests.unit.sagemaker.test_shapes import valid_request

few = settings(max_examples=40, deadline=None)
TRAIN = {"channel_name": "train", "data_source": {"s3_data_source": {"s3_uri": "s3://a", "s3_data_type": "S3Prefix"}}}
RULE = {"rule_configuration_name": "overfit", "rule_evaluator_image": "image"}


def built(**fields):
    return TrainingJobRequest.build(**fields)


def same(request):
    return request


@few
@given(requests)
def test_a_dict_comes_back_as_it_was(wire):
    before = copy.deepcopy(wire)
    request = TrainingJobRequest.from_dict(wire)

    assert request.to_dict() == before == wire
    assert list(request.to_dict()) == list(before)
    assert json.loads(json.dumps(request.to_dict())) == before
    assert pickle.loads(pickle.dumps(request)) == copy.deepcopy(request) == copy.copy(request) == request


@few
@given(requests)
def test_snake_case_and_back_is_the_same_request(wire):
    assert to_wire(to_snake_case(wire)) == wire
    assert to_wire(wire) == wire
    assert to_snake_case(to_wire(to_snake_case(wire))) == to_snake_case(wire)


@few
@given(requests, st.data())
def test_what_a_property_gives_can_be_set_again(wire, data):
    request = TrainingJobRequest(wire)
    known = [name for name in to_snake_case(wire) if hasattr(request, name) and getattr(request, name) is not None]
    for name in data.draw(st.permutations(known)):
        setter = getattr(request, f"replace_{name}", None) or getattr(request, f"with_{name}")
        assert setter(getattr(request, name)).to_dict() == wire


@pytest.mark.parametrize(
    "change",
    [
        lambda request: request.with_hyper_parameters({"a": "2"}),
        lambda request: request.with_input_data_config(TRAIN),
        lambda request: request.with_tags({"team": "audio"}),
        lambda request: request.replace_tags(None),
        lambda request: request.with_resource_config({"instance_count": 2}),
        lambda request: request.customize(same),
        lambda request: request.with_fields(RoleArn="other"),
        lambda request: request.typed(),
        lambda request: request.customize(lambda copied: copied.with_role_arn("x")).customized(),
    ],
)
def test_nothing_changes_a_request(change):
    wire = valid_request(HyperParameters={"a": "1"}, Tags=[{"Key": "team", "Value": "vision"}], InputDataConfig=[])
    request = TrainingJobRequest(wire)
    before = pickle.dumps(request)

    changed = change(request)
    changed.to_dict().clear()
    for part in (changed.hyper_parameters, changed.tags, changed.resource_config):
        if part:
            part.clear()

    assert type(changed) is TrainingJobRequest
    assert pickle.dumps(request) == before
    with pytest.raises(dataclasses.FrozenInstanceError):
        request.request = {}
    with pytest.raises((AttributeError, TypeError)):
        request.role_arn = "x"


def test_what_it_is_built_of_can_change_and_the_request_does_not():
    hyper_parameters, channel = {"epochs": 3}, copy.deepcopy(TRAIN)
    request = built(hyper_parameters=hyper_parameters, input_data_config=[channel])
    hyper_parameters["epochs"] = 4
    channel["data_source"].clear()

    assert request == built(hyper_parameters={"epochs": 3}, input_data_config=[TRAIN])


@pytest.mark.parametrize(
    ("field", "first", "other"),
    [
        ("input_data_config", TRAIN, {**TRAIN, "channel_name": "test"}),
        ("debug_rule_configurations", RULE, {**RULE, "instance_type": "ml.t3.medium"}),
        ("profiler_rule_configurations", RULE, {**RULE, "volume_size_in_gb": "{{ 5 }}"}),
    ],
)
def test_lists_are_appended_to_or_replaced(field, first, other):
    add, replace = f"with_{field}", f"replace_{field}"
    one = getattr(built(), add)(first)

    assert getattr(one, field) == [first]
    assert getattr(getattr(one, add)(other, first), field) == [first, other, first]
    assert getattr(getattr(one, replace)([other]), field) == [other]
    assert getattr(getattr(one, replace)([]), field) == []
    assert getattr(getattr(one, replace)(None), field) is None
    with pytest.raises(RequestInvalid, match=rf"with_{field}\(first, second\)"):
        getattr(one, add)([other])


@pytest.mark.parametrize("field", ["hyper_parameters", "environment"])
def test_maps_are_added_to_or_replaced(field):
    add, replace = f"with_{field}", f"replace_{field}"
    one = getattr(built(), add)({"a": 1, "b": "{{ x }}"})

    assert getattr(getattr(one, add)({"a": 2, "c": 3}), field) == {"a": 2, "b": "{{ x }}", "c": 3}
    assert getattr(getattr(one, replace)({"c": 3}), field) == {"c": 3}
    assert getattr(getattr(one, replace)(None), field) is None
    with pytest.raises(RequestInvalid, match=f"takes a dict, not.*replace_{field}"):
        getattr(one, add)("{{ x }}")


def test_tags_are_added_to_by_key_or_replaced_and_are_a_mapping_or_a_list():
    one = built(tags={"team": "vision", "env": "test"})

    assert one == built(tags=[{"key": "team", "value": "vision"}, {"Key": "env", "Value": "test"}])
    assert one.with_tags({"team": "audio"}).tags == [
        {"key": "env", "value": "test"},
        {"key": "team", "value": "audio"},
    ]
    assert one.replace_tags({"a": "b"}).to_dict() == {"Tags": [{"Key": "a", "Value": "b"}]}
    assert one.replace_tags([{"key": "a", "value": "b"}]) == one.replace_tags({"a": "b"})
    assert one.replace_tags(None).to_dict() == {}


@pytest.mark.parametrize(
    ("field", "addition"),
    [("hyper_parameters", [{"a": 1}]), ("input_data_config", [TRAIN]), ("tags", [{"a": "b"}])],
)
def test_nothing_can_be_added_to_a_template_until_it_is_rendered(field, addition):
    request = built(**{field: "{{ var.json.shared }}"})

    with pytest.raises(RequestInvalid, match=rf"{field} is .*replace_{field}\(\).*customize"):
        getattr(request, f"with_{field}")(*addition)


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"role_arm": "x"}, r"in 1 place:\n.*role_arm: unknown field; did you mean 'role_arn'\?"),
        ({"resource_config": {"instance_typ": "x"}}, r"resource_config\.instance_typ: .*'instance_type'"),
        (
            {"input_data_config": [TRAIN, {"data_source": {"S3DataSource": {"s3_url": "x"}}}]},
            r"input_data_config\[1\]\.data_source\.S3DataSource\.s3_url: .*'s3_uri'",
        ),
        ({"quux": 1}, "quux: unknown field; known are algorithm_specification, .*newer one"),
        ({"vpc_config": {7: 1}}, r"vpc_config\.7: unknown field"),
        ({"role_arn": "x", "RoleArn": "x"}, "there twice, as 'role_arn' and 'RoleArn'"),
        ({"resource_config": {"InstanceCount": 1, "instance_count": 1}}, "'instance_count' and 'InstanceCount'"),
        ({"role_arm": 1, "vpc_config": {"subnet": []}, "x": 1}, r"(?s)in 3 places.*role_arn.*'subnets'.*x: unknown"),
    ],
)
def test_a_misspelt_name_is_a_type_error_that_says_what_was_meant(fields, says):
    with pytest.raises(FieldUnknown, match=says) as raised:
        built(**fields)
    assert isinstance(raised.value, TypeError)
    assert raised.value.violations


def test_a_field_newer_than_this_package_is_given_as_boto3_spells_it():
    request = built(FieldOfTomorrow={"some_key": 1}, resource_config={"Tomorrow": 1, "instance_count": 2})

    assert request.to_dict() == {
        "FieldOfTomorrow": {"some_key": 1},
        "ResourceConfig": {"Tomorrow": 1, "InstanceCount": 2},
    }
    assert request.resource_config == {"Tomorrow": 1, "instance_count": 2}


def test_customize_calls_in_order_with_what_the_one_before_returned():
    request = (
        built(hyper_parameters={"order": ""})
        .customize(lambda request: request.with_hyper_parameters({"order": request.hyper_parameters["order"] + "a"}))
        .customize(lambda request: {"HyperParameters": {"order": request.hyper_parameters["order"] + "b"}})
        .with_role_arn("x")
        .customize(lambda request: request.customize(lambda inner: inner.with_role_arn("inner")))
        .customize(lambda request: request.with_environment({"role": request.role_arn}))
    )

    assert request.to_dict() == {"HyperParameters": {"order": ""}, "RoleArn": "x"}
    customized = request.customized()
    assert customized.to_dict() == {
        "HyperParameters": {"order": "ab"},
        "RoleArn": "inner",
        "Environment": {"role": "inner"},
    }
    assert customized.customizations == ()
    assert customized.customized() == customized
    assert pickle.loads(pickle.dumps(built().customize(same))).customizations == (same,)
    assert request.with_tags({"a": "b"}).typed().customizations == request.customizations


@pytest.mark.parametrize("wrong", [None, "arn", [1]])
def test_a_function_that_forgets_to_return_the_request_is_named(wrong):
    def forgetful(_request):
        return wrong

    with pytest.raises(RequestInvalid, match=rf"forgetful, given to .*{re.escape(repr(wrong))}"):
        built().customize(forgetful).customized()


def test_what_is_shown_of_a_request_hides_secrets():
    request = built(environment={"DB_PASSWORD": "hunter2", "TZ": "UTC"}).customize(same)

    assert "hunter2" not in repr(request)
    assert "UTC" in repr(request)
    assert ".customize(<function same" in repr(request)
