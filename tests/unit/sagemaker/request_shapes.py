"""The CreateTrainingJob request as the installed botocore knows it: its fields at every depth, and requests of them."""

from __future__ import annotations

from typing import NamedTuple

from hypothesis import strategies as st

from airflow_sm_training.sagemaker.model import input_shape

ROOT = input_shape("CreateTrainingJob")
TEMPLATES = ["{{ params.x }}", "{% if a %}1{% endif %}"]


class Place(NamedTuple):
    """A field and the way to it, from the request down."""

    names: tuple[str, ...]
    shape: object

    def __str__(self):
        return ".".join(self.names)


def inner(shape):
    return shape.member if shape.type_name == "list" else shape


def places(shape=ROOT, above=()):
    """Yield each field of a request, those of structures in lists too."""
    for name, member in shape.members.items():
        yield Place((*above, name), member)
        if inner(member).type_name == "structure":
            yield from places(inner(member), (*above, name))


def structures(shape=ROOT):
    """Yield each structure of a request, those that are used twice more than once."""
    yield shape
    for member in shape.members.values():
        if inner(member).type_name == "structure":
            yield from structures(inner(member))


def values(shape):
    """Return a strategy of what people write into a field: right values, wrong ones, templates, unknown fields."""
    kind = shape.type_name
    if kind == "structure":
        fields = {name: st.deferred(lambda member=member: values(member)) for name, member in shape.members.items()}
        unknown = st.dictionaries(st.sampled_from(["FieldOfTomorrow", "X"]), st.integers() | st.none(), max_size=1)
        known = st.sets(st.sampled_from(sorted(fields)), max_size=4)
        made = known.flatmap(lambda names: st.fixed_dictionaries({name: fields[name] for name in sorted(names)}))
        return st.tuples(made, unknown).map(lambda both: both[0] | both[1])
    if kind == "list":
        return st.lists(values(shape.member), max_size=2) | st.sampled_from(TEMPLATES)
    if kind == "map":
        return st.dictionaries(st.text(max_size=3), st.text(max_size=3), max_size=2) | st.sampled_from(TEMPLATES)
    return st.sampled_from([*TEMPLATES, "", "x", 0, 7, 1.5, True])


requests = values(ROOT)
