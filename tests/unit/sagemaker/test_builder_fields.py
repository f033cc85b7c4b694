"""Every field that the installed botocore knows, at every depth, has its keyword, its type, and its methods."""

from __future__ import annotations

import inspect
import typing

import pytest
from botocore import xform_name

from airflow_sm_training.sagemaker import request_types
from airflow_sm_training.sagemaker.request import TrainingJobRequest
from tests.unit.sagemaker.request_shapes import ROOT, inner, places, structures

REGENERATE = "botocore knows more than the builder: run scripts/generate_request_builder.py"
PLACES = list(places())
STRUCTURES = {shape.name: shape for shape in structures()}
VALUES = {"string": "{{ x }}", "map": {"InstanceType": "my own key", "a_b": "c"}, "list": ["a", "b"]}
FRIENDLY_TYPES = {"string": str, "integer": int, "long": int, "boolean": bool}


def value_of(place):
    if inner(place.shape).type_name == "structure":
        return {} if place.shape.type_name == "structure" else [{}]
    return VALUES.get(place.shape.type_name, 7)


def nested(place, spelling):
    """Return a request in which one field is set, at any depth."""
    value, shapes = value_of(place), [ROOT]
    for name in place.names:
        shapes.append(inner(shapes[-1]).members[name])
    for name, shape in zip(reversed(place.names), reversed(shapes[:-1]), strict=True):
        value = {spelling(name): value}
        if shape.type_name == "list":
            value = [value]
    return value


@pytest.mark.parametrize("place", PLACES, ids=str)
def test_a_field_is_set_by_its_snake_case_name_and_arrives_under_its_own(place):
    request = TrainingJobRequest.build(**nested(place, xform_name))

    assert request.to_dict() == nested(place, str), REGENERATE
    assert getattr(request, xform_name(place.names[0])) == nested(place, xform_name)[xform_name(place.names[0])]
    assert TrainingJobRequest.build(**nested(place, str)) == request


@pytest.mark.parametrize("name", ROOT.members)
def test_each_field_of_the_request_has_its_methods(name):
    place = next(place for place in PLACES if place.names == (name,))
    method, value = xform_name(name), value_of(place)
    is_collection = place.shape.type_name in {"list", "map"}
    setter = getattr(TrainingJobRequest({}), f"{'replace' if is_collection else 'with'}_{method}")

    assert setter(value).to_dict() == {name: value}
    assert setter(value).with_fields(Other=1).to_dict() == {name: value, "Other": 1}
    assert getattr(setter(value), f"{'replace' if is_collection else 'with'}_{method}")(None).to_dict() == {}
    assert getattr(TrainingJobRequest({}), method) is None
    assert hasattr(TrainingJobRequest, f"replace_{method}") is is_collection
    assert inspect.getdoc(getattr(TrainingJobRequest, f"with_{method}"))


@pytest.mark.parametrize("name", STRUCTURES)
def test_the_types_are_those_of_the_model(name):
    shape, typed = STRUCTURES[name], getattr(request_types, name)
    hints = typing.get_type_hints(typed)

    assert hints.keys() >= {xform_name(field) for field in shape.members}, REGENERATE
    if name != ROOT.name:
        assert typed.__required_keys__ == {xform_name(field) for field in shape.required_members}
    for field, member in shape.members.items():
        hint = hints[xform_name(field)]
        if member.type_name == "structure":
            assert hint is getattr(request_types, member.name)
        elif inner(member).type_name == "structure":
            assert list[getattr(request_types, inner(member).name)] in {hint, *typing.get_args(hint)}
        elif member.type_name in FRIENDLY_TYPES:
            assert {FRIENDLY_TYPES[member.type_name], str} <= {hint, *typing.get_args(hint)}
