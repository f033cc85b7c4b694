from __future__ import annotations

import enum
import json
import string
import time as clock
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from airflow_sm_training.sagemaker.description import TrainingJobDescription
from airflow_sm_training.sagemaker.model import output_shape
from airflow_sm_training.sagemaker.normalise import field_name, normalise

NOON = "2026-11-21T12:00:00+00:00"
NAIVE_NOON = datetime(2026, 11, 21, 12)  # noqa: DTZ001 - some clients answer times without a zone
SHAPE = output_shape("DescribeTrainingJob")


class Colour(enum.Enum):
    RED = "red"


def dumps(value):
    return json.dumps(value, allow_nan=False)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, None),
        (True, True),
        (3, 3),
        (0.5, 0.5),
        (10**400, 10**400),
        (float("nan"), None),
        (float("-inf"), None),
        (Decimal(7), 7),
        (Decimal("7.00"), 7),
        (Decimal("7.25"), 7.25),
        (Decimal("NaN"), None),
        (Decimal("sNaN"), None),
        (Decimal("Infinity"), None),
        (Decimal("1E+999999"), None),
        (Fraction(1, 2), 0.5),
        ("text", "text"),
        ("", ""),
        (Colour.RED, "red"),
        (b"text", "text"),
        (bytearray(b"\xff\xfe"), "//4="),
        (memoryview(b"text"), "text"),
        (NAIVE_NOON, NOON),
        (datetime(2026, 11, 21, 13, tzinfo=timezone(timedelta(hours=1))), NOON),
        (datetime(2026, 11, 21, 12, 0, 0, 123000, tzinfo=UTC), "2026-11-21T12:00:00.123000+00:00"),
        (datetime.min.replace(tzinfo=timezone(timedelta(hours=1))), "0001-01-01T00:00:00+01:00"),
        (date(2026, 11, 21), "2026-11-21"),
        (time(12, 30), "12:30:00"),
        (timedelta(minutes=1), 60.0),
        (("a", ("b",)), ["a", ["b"]]),
        ({3, 1, 2}, [1, 2, 3]),
        (frozenset(), []),
        ({"DeepName": {"InnerName": [{"AnyName": 1}]}}, {"deep_name": {"inner_name": [{"any_name": 1}]}}),
        ({b"BytesKey": 1, 5: 2}, {"bytes_key": 1, "5": 2}),
    ],
)
def test_values_without_a_shape(value, expected):
    converted = normalise(value)
    assert converted == expected
    assert type(converted) is type(expected)
    dumps(converted)


def test_an_integer_that_json_dumps_refuses_to_write_is_no_number():
    assert normalise([10**5000, Decimal(10**4200), 10**3000]) == [None, None, 10**3000]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (NAIVE_NOON, NOON),
        (date(2026, 11, 21), "2026-11-21T00:00:00+00:00"),
        (1795262400, NOON),
        (1795262400.0, NOON),
        (Decimal("1795262400.5"), "2026-11-21T12:00:00.500000+00:00"),
        ("2026-11-21T12:00:00Z", NOON),
        ("2026-11-21T13:00:00+01:00", NOON),
        (NOON, NOON),
        ("yesterday", "yesterday"),
        (True, True),
        (None, None),
        (1e300, 1e300),
        (float("nan"), None),
    ],
)
def test_timestamps_however_they_come(value, expected):
    assert normalise(value, SHAPE.members["CreationTime"]) == expected


@pytest.fixture
def far_from_utc(monkeypatch):
    monkeypatch.setenv("TZ", "Pacific/Auckland")
    clock.tzset()
    yield
    monkeypatch.undo()
    clock.tzset()


@pytest.mark.usefixtures("far_from_utc")
def test_a_time_without_a_zone_is_utc_wherever_the_worker_stands():
    assert normalise({"CreationTime": NAIVE_NOON, "NewTime": NAIVE_NOON}, SHAPE) == {
        "creation_time": NOON,
        "new_time": NOON,
    }
    assert normalise("2026-11-21T12:00:00", SHAPE.members["CreationTime"]) == NOON


def test_a_number_that_only_looks_like_a_time_stays_a_number():
    assert normalise({"BillableTimeInSeconds": 1795262400}, SHAPE) == {"billable_time_in_seconds": 1795262400}


@pytest.mark.parametrize(("field", "name"), [("HyperParameters", "hyper_parameters"), ("Environment", "environment")])
def test_keys_of_maps_stay_as_the_user_wrote_them(field, name):
    users = {"LearningRate": "1", "SM_HP": "2", "SizeInGB": "3", " odd key ": "4"}
    assert normalise({field: users}, SHAPE) == {name: users}


def test_keys_of_maps_deep_inside_stay_too():
    response = {"DebugRuleConfigurations": [{"RuleConfigurationName": "a", "RuleParameters": {"RuleToInvoke": "b"}}]}
    assert normalise(response, SHAPE) == {
        "debug_rule_configurations": [{"rule_configuration_name": "a", "rule_parameters": {"RuleToInvoke": "b"}}],
    }


def test_fields_that_the_model_does_not_know_are_kept_at_every_depth():
    response = {
        "ResourceConfig": {"InstanceCount": 1, "QuantumConfig": {"QubitCount": 5}},
        "NewTime": NAIVE_NOON,
    }
    assert normalise(response, SHAPE) == {
        "resource_config": {"instance_count": 1, "quantum_config": {"qubit_count": 5}},
        "new_time": NOON,
    }


@pytest.mark.parametrize("odd", ["text", 5, ["list"], None, {"AnyKey": 1}])
@pytest.mark.parametrize("field", ["HyperParameters", "ResourceConfig", "InputDataConfig", "CreationTime", "RoleArn"])
def test_a_value_of_another_type_than_the_model_says_is_kept(field, odd):
    converted = normalise({field: odd}, SHAPE)[field_name(field)]
    assert converted in (odd, {"any_key": 1}, "1970-01-01T00:00:05+00:00")


@given(st.text() | st.from_regex(r"[A-Z][A-Za-z0-9]{0,30}", fullmatch=True))
@settings(deadline=None, max_examples=200)
def test_naming_is_idempotent(name):
    assert field_name(field_name(name)) == field_name(name)


# Responses by the model: any field present or absent, with fields that it does not know and values nobody expects.

camel_case = st.text(string.ascii_letters, min_size=1, max_size=12).map(str.title)
naive_or_aware = st.datetimes(timezones=st.none() | st.timezones())
odd_scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.just(10**400),
    st.floats(),
    st.decimals(allow_nan=True),
    st.binary(max_size=8),
    st.text(max_size=8),
    st.just("x" * 100_000),
    naive_or_aware,
    st.dates(),
    st.timedeltas(),
    st.sets(st.integers(), max_size=2),
)
odd_values = st.recursive(
    odd_scalars,
    lambda inner: (
        st.lists(inner, max_size=2) | st.tuples(inner, inner) | st.dictionaries(camel_case, inner, max_size=2)
    ),
    max_leaves=4,
)
SCALARS = {
    "string": st.text(max_size=8),
    "integer": st.integers(),
    "long": st.integers(),
    "float": st.floats(),
    "double": st.floats(),
    "boolean": st.booleans(),
    "timestamp": naive_or_aware,
}


def values(shape):
    if shape.type_name == "structure":
        return structures(shape)
    if shape.type_name == "list":
        return st.lists(values(shape.member), max_size=2)
    if shape.type_name == "map":
        return st.dictionaries(st.text(max_size=8), values(shape.value), max_size=3)
    return SCALARS[shape.type_name]


def structures(shape):
    def with_fields(names):
        known = {name: values(shape.members[name]) | odd_values for name in names}
        return st.builds(
            lambda unknown, fields: unknown | fields,
            st.dictionaries(camel_case, odd_values, max_size=1),
            st.fixed_dictionaries(known),
        )

    return st.lists(st.sampled_from(sorted(shape.members)), unique=True, max_size=6).flatmap(with_fields)


responses = structures(SHAPE)
property_settings = settings(
    deadline=None,
    max_examples=150,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example],
)


def assert_plain(value):
    assert type(value) in {dict, list, str, int, float, bool, type(None)}
    for item in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        assert_plain(item)


@given(response=responses, tags=st.none() | st.dictionaries(st.text(max_size=4), odd_scalars, max_size=2) | odd_values)
@property_settings
def test_any_response_becomes_plain_json_and_survives_the_round_trip(response, tags):
    description = TrainingJobDescription.from_response(response, tags=tags)
    data = description.to_dict()
    assert_plain(data)
    assert json.loads(dumps(data)) == data
    assert {field_name(name) for name in response} <= set(data)
    assert TrainingJobDescription.from_dict(json.loads(dumps(data))) == description


@given(response=responses)
@property_settings
def test_no_property_raises_whatever_the_response(response):
    description = TrainingJobDescription.from_response(response)
    properties = [name for name, item in vars(TrainingJobDescription).items() if isinstance(item, property)]
    assert len(properties) > 10
    for name in properties:
        getattr(description, name)
    repr(description)


@given(response=responses)
@property_settings
def test_normalising_twice_changes_nothing(response):
    once = normalise(response, SHAPE)
    assert normalise(once, SHAPE) == once


@given(st.dictionaries(st.text(max_size=20), st.text(max_size=5), max_size=5))
@property_settings
def test_keys_of_the_users_maps_are_never_touched(users):
    data = normalise({"HyperParameters": users, "Environment": users}, SHAPE)
    assert data == {"hyper_parameters": users, "environment": users}
