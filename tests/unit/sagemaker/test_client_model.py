from __future__ import annotations

import json

import pytest

from airflow_sm_training.sagemaker import client_model, model

SHAPE = {
    "type": "structure",
    "documentation": "long",
    "members": {"documentation": {"shape": "Text"}, "Next": {"shape": "Other"}},
}
SERVICE = {
    "metadata": {"serviceId": "Toy"},
    "documentation": "long",
    "operations": {
        "Keep": {
            "name": "Keep",
            "input": {"shape": "Request"},
            "errors": [{"shape": "Refused"}],
            "documentation": "long",
        },
        "Drop": {"name": "Drop", "input": {"shape": "Unneeded"}},
    },
    "shapes": {
        "Request": SHAPE,
        "Other": {"type": "list", "member": {"shape": "Request"}},
        "Refused": {"type": "structure", "members": {}},
        "Text": {"type": "string", "documentation": "long"},
        "Unneeded": {"type": "structure", "members": {}},
    },
}


def test_what_the_kept_operations_need_is_kept_and_nothing_else():
    small = client_model.cut_down(SERVICE, {"Keep", "NotThere"})

    assert set(small["operations"]) == {"Keep"}
    assert set(small["shapes"]) == {"Request", "Other", "Refused", "Text"}
    assert small["metadata"] == {"serviceId": "Toy"}


def test_documentation_goes_but_not_a_member_of_that_name():
    parsed = json.loads(json.dumps(SERVICE), object_pairs_hook=client_model.without_documentation)

    assert "documentation" not in parsed
    assert parsed["shapes"]["Text"] == {"type": "string"}
    assert parsed["shapes"]["Request"]["members"] == SHAPE["members"]


def described(shape, seen=()):
    """Everything about a shape that serializing, parsing and normalising look at."""
    if shape is None or shape.name in seen:
        return shape and shape.name
    seen = (*seen, shape.name)
    members = {name: described(member, seen) for name, member in getattr(shape, "members", {}).items()}
    parts = [described(getattr(shape, part), seen) for part in ("member", "key", "value") if hasattr(shape, part)]
    return shape.type_name, shape.serialization, shape.metadata, members, parts


@pytest.mark.parametrize("name", sorted(client_model.OPERATIONS["sagemaker"]))
def test_an_operation_is_the_same_in_the_small_model_and_in_the_whole_one(name):
    small, whole = (
        client_model.service_model("sagemaker").operation_model(name),
        model.service_model().operation_model(name),
    )

    assert small.http == whole.http
    assert described(small.input_shape) == described(whole.input_shape)
    assert described(small.output_shape) == described(whole.output_shape)
