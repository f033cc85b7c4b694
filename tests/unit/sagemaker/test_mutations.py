"""Each single thing that the model forbids, in each field there is, is found: at its path, by its rule, alone."""

from __future__ import annotations

from itertools import islice

import pytest

from airflow_sm_training.sagemaker import model, table, validation
from airflow_sm_training.sagemaker.shapes import coerce, violations
from tests.unit.sagemaker.botocore_versions import same_as_table
from tests.unit.sagemaker.mutations import mutations, valid

OPERATIONS = [validation.CREATE, validation.UPDATE]
SHAPES = {"table": table.input_shape, "botocore": model.input_shape}
# Fewer would mean that the walk over the shapes has lost some of them.
LEAST = {"CreateTrainingJob": 1100, "UpdateTrainingJob": 130}


@pytest.mark.parametrize("source", SHAPES)
@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.name)
def test_each_break_is_found_at_its_path_by_its_rule_and_nothing_else_is(operation, source, record_property):
    shape = SHAPES[source](operation.name)
    whole = valid(shape)
    assert list(violations(shape, whole)) == []

    tried, missed = 0, []
    for broken, path, rule in mutations(shape, whole):
        tried += 1
        found = [(violation.path, violation.rule) for violation in violations(shape, broken)]
        if found != [(path, rule)]:
            missed.append((path, rule, found))
    record_property("mutations", tried)

    assert missed == []
    assert tried >= LEAST[operation.name]


@same_as_table
@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.name)
def test_what_the_check_of_a_dag_refuses_is_refused_before_sending_too(operation):
    shape = table.input_shape(operation.name)
    # The others differ in nothing but what the test above has gone through.
    for broken, path, rule in islice(mutations(shape, valid(shape)), 3, None, 10):
        typed = coerce(shape, broken)
        static = {(found.path, found.rule) for found in validation.static_violations(operation, broken)}
        whole = {(found.path, found.rule) for found in validation.violations(operation, typed)}
        assert static <= whole, path
        # While a Dag is parsed, what Jinja will make of a number or a boolean is one.
        assert (path, rule) in static or typed != broken, path
