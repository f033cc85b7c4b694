"""
The part of botocore's models that waiting for a job needs: half a dozen of some five hundred operations.

The whole SageMaker model is 8 MB of dictionaries and a client class with 400 methods, and the endpoints of all services
are 4 MB more, in every triggerer. Cut down to what is asked, a client costs a fraction of the memory and of the time
that it takes to build.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator, Mapping

OPERATIONS: Mapping[str, frozenset[str]] = {
    "sagemaker": frozenset({"DescribeTrainingJob", "ListTrainingJobs", "StopTrainingJob"}),
    "logs": frozenset({"DescribeLogStreams", "FilterLogEvents", "GetLogEvents"}),
}
# What these services, and those that credentials come from, are called among the endpoints.
ENDPOINT_PREFIXES = frozenset({"api.sagemaker", "logs", "oidc", "portal.sso", "signin", "sts"})


def cut_down(model: Mapping[str, Any], operations: Iterable[str]) -> dict[str, Any]:
    """
    Return a service model without the other operations and the shapes that only those need.

    :param model: what botocore's loader gives for ``service-2``; it is not changed.
    :param operations: names of the operations to keep. Those that the model does not have are left out.
    """
    kept = {name: model["operations"][name] for name in sorted(operations) if name in model["operations"]}
    shapes: dict[str, Any] = {}
    waiting = [name for operation in kept.values() for name in _references(operation)]
    while waiting:
        name = waiting.pop()
        if name not in shapes:
            shapes[name] = model["shapes"][name]
            waiting += _references(shapes[name])
    return {**model, "operations": kept, "shapes": shapes}


def endpoints_of(endpoints: Mapping[str, Any], prefixes: Container[str]) -> dict[str, Any]:
    """
    Return the endpoints of some services only, in all partitions.

    :param endpoints: what botocore's loader gives for ``endpoints``; it is not changed.
    :param prefixes: of the endpoints of the services to keep.
    """
    partitions = [
        {**partition, "services": {name: it for name, it in partition["services"].items() if name in prefixes}}
        for partition in endpoints["partitions"]
    ]
    return {**endpoints, "partitions": partitions}


def without_documentation(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """
    Return an object of a model without its documentation, which is most of the text.

    :param pairs: names and values, as a JSON parser gives them.
    """
    # A member of a shape can have that name, too; then it is no text.
    return {name: value for name, value in pairs if name != "documentation" or not isinstance(value, str)}


def _references(value: Any) -> Iterator[str]:
    """Yield the names of the shapes that an operation or a shape refers to."""
    if isinstance(value, dict):
        if isinstance(value.get("shape"), str):
            yield value["shape"]
        for item in value.values():
            yield from _references(item)
    elif isinstance(value, list):
        for item in value:
            yield from _references(item)
