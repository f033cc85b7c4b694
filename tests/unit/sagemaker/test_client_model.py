from __future__ import annotations

import gc
import json

import pytest
from botocore.exceptions import DataNotFoundError
from botocore.loaders import Loader
from botocore.regions import EndpointResolver

from airflow_sm_training.sagemaker import client_model, model, model_loader

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
        model_loader.small_service_model("sagemaker").operation_model(name),
        model.service_model().operation_model(name),
    )

    assert small.http == whole.http
    assert described(small.input_shape) == described(whole.input_shape)
    assert described(small.output_shape) == described(whole.output_shape)


def test_endpoints_of_other_services_go_and_every_region_keeps_its_own():
    whole, small = Loader(), model_loader.loader()
    resolvers = [
        EndpointResolver(it.load_data("endpoints"), uses_builtin_data=it.is_builtin_path(path))
        for it in (whole, small)
        for path in [it.load_data_with_path("endpoints")[1]]
    ]
    assert resolvers[0].uses_builtin_data is resolvers[1].uses_builtin_data is True

    for service in client_model.ENDPOINT_PREFIXES:
        for partition in resolvers[0].get_available_partitions():
            regions = [it.get_available_endpoints(service, partition, allow_non_regional=True) for it in resolvers]
            assert regions[0] == regions[1]
            for region in [*regions[0], "aws-global", "xx-nowhere-1"]:
                assert len({json.dumps(it.construct_endpoint(service, region)) for it in resolvers}) == 1

    services = {name for partition in small.load_data("endpoints")["partitions"] for name in partition["services"]}
    assert {"api.sagemaker", "logs", "sts"} <= services <= client_model.ENDPOINT_PREFIXES
    assert "s3" in whole.load_data("endpoints")["partitions"][0]["services"]


def test_a_model_that_is_loaded_brings_on_no_garbage_collection():
    collections = []

    def count(phase, info):
        collections.append((phase, info["generation"]))

    model_loader.loader.cache_clear()
    loader = model_loader.loader()
    gc.collect()
    gc.callbacks.append(count)
    try:
        loader.load_service_model("sagemaker", "service-2")
        loader.load_data("endpoints")
    finally:
        gc.callbacks.remove(count)
    # One of the youngest may follow each load; tens of thousands of dictionaries would have brought on many of all.
    assert {generation for _, generation in collections} <= {0}


def test_garbage_collection_goes_on_after_a_model_was_loaded_even_if_that_failed():
    model_loader.loader.cache_clear()
    model_loader.loader().load_service_model("sagemaker", "service-2")
    assert gc.isenabled()

    with pytest.raises(DataNotFoundError):
        model_loader.loader().load_service_model("logs", "service-2", "1999-12-31")
    assert gc.isenabled()

    gc.disable()
    try:
        model_loader.loader().load_service_model("logs", "service-2")
        assert not gc.isenabled()
    finally:
        gc.enable()
