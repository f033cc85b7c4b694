"""No request that the model's own constraints allow is refused by the checks of shapes."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from airflow_sm_training.sagemaker import model, table
from airflow_sm_training.sagemaker.patterns import compiled
from airflow_sm_training.sagemaker.shapes import coerce, violations

# Generating longer ones would test Hypothesis.
_LONGEST_TEXT, _MOST_ENTRIES = 80, 2


def _texts(shape):
    limits = shape.metadata
    if shape.enum:
        return st.sampled_from(shape.enum)
    minimum, maximum = limits.get("min", 0), limits.get("max", _LONGEST_TEXT)
    if limits.get("pattern") in {None, ".*", ".+", r"[\S\s]*"}:
        shortest = max(minimum, 1 if limits.get("pattern") == ".+" else 0)
        return st.text(
            st.characters(codec="utf-8", exclude_characters="\n\r"), min_size=shortest, max_size=min(maximum, 9)
        )
    return st.from_regex(compiled(limits["pattern"]), fullmatch=True).filter(
        lambda text: minimum <= len(text) <= maximum
    )


def _values(shape):
    limits = shape.metadata
    minimum, maximum = limits.get("min"), limits.get("max")
    kind = shape.type_name
    if kind == "string":
        return _texts(shape)
    if kind == "boolean":
        return st.booleans()
    if kind in {"integer", "long"}:
        return st.integers(minimum, maximum)
    sizes = {"min_size": minimum or 0, "max_size": min(_MOST_ENTRIES, maximum or _MOST_ENTRIES)}
    if kind == "list":
        return st.lists(_values(shape.member), **sizes)
    if kind == "map":
        return st.dictionaries(_values(shape.key), _values(shape.value), **sizes)
    members = {name: _values(member) for name, member in shape.members.items()}
    required = set(limits.get("required", ()))
    return st.fixed_dictionaries(
        {name: members[name] for name in members if name in required},
        optional={name: members[name] for name in members if name not in required},
    )


REQUESTS = {name: _values(model.input_shape(name)) for name in ("CreateTrainingJob", "UpdateTrainingJob")}


@pytest.mark.parametrize("operation", REQUESTS)
def test_what_the_model_allows_is_accepted(operation):
    @settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
    @given(REQUESTS[operation])
    def accepted(request):
        for shape in (model.input_shape(operation), table.input_shape(operation)):
            assert coerce(shape, request) == request
            assert [str(found) for found in violations(shape, request)] == []

    accepted()
