"""The properties that a search names: which there are, of which type, and their values in a record."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from airflow_sm_training.local.errors import validation_error
from airflow_sm_training.sagemaker import model

if TYPE_CHECKING:
    from botocore.model import Shape

_NUMBERS = frozenset({"integer", "long", "float", "double"})
METRICS = "Metrics"
TAGS = "Tags"


@dataclass(frozen=True, slots=True)
class Property:
    """
    A property of a training job.

    :param name: as the search names it, such as ``HyperParameters.learning_rate``.
    :param path: the keys that lead to it; lists are looked through.
    :param kind: ``number``, ``text``, ``boolean``, ``timestamp``, or ``other`` for what has only an existence.
    """

    name: str
    path: tuple[str, ...]
    kind: str

    def values(self, record: Any) -> list[Any]:
        """Return all values that the property has in a record; none if it does not exist."""
        if self.path[0] == METRICS:
            metrics = record.get("FinalMetricDataList", ())
            return [metric["Value"] for metric in metrics if metric["MetricName"] == self.path[1]]
        if self.path[0] == TAGS and len(self.path) > 1:
            return [tag["Value"] for tag in record.get("Tags", ()) if tag["Key"] == self.path[1]]
        found = [record]
        for key in self.path:
            found = [item[key] for item in _flat(found) if isinstance(item, dict) and key in item]
        return _flat(found)


@lru_cache(maxsize=1024)
def find_property(name: str) -> Property:
    """
    Return the property of this name.

    :raises ServiceError: ``ValidationException``; training jobs have no such property.
    """
    first, _, rest = name.partition(".")
    if first == METRICS and rest:
        return Property(name, (METRICS, rest), "number")
    if first == TAGS and rest:
        return Property(name, (TAGS, rest), "text")
    shape: Shape = model.service_model().shape_for("TrainingJob")
    path: list[str] = []
    remaining = name
    while remaining:
        shape = _inside_lists(shape)
        if shape.type_name == "map":  # a key of the user's may have dots in it
            path.append(remaining)
            return Property(name, tuple(path), "text")
        key, _, remaining = remaining.partition(".")
        if shape.type_name != "structure" or key not in shape.members:
            raise validation_error(f"Unknown property name: {name}")
        path.append(key)
        shape = shape.members[key]
    return Property(name, tuple(path), _kind(_inside_lists(shape)))


def _inside_lists(shape: Shape) -> Shape:
    while shape.type_name == "list":
        shape = shape.member
    return shape


def _kind(shape: Shape) -> str:
    if shape.type_name in _NUMBERS:
        return "number"
    return {"string": "text", "boolean": "boolean", "timestamp": "timestamp"}.get(shape.type_name, "other")


def _flat(items: list[Any]) -> list[Any]:
    flat: list[Any] = []
    for item in items:
        if isinstance(item, list):
            flat += _flat(item)
        else:
            flat.append(item)
    return flat
