"""Each rule refuses what it should, at the right place, and nothing else does."""

from __future__ import annotations

import pytest

from airflow_sm_training.sagemaker import model, rules, shapes
from tests.unit.sagemaker.rules.rule_cases import ACCEPTED, ACCEPTED_UPDATES, REFUSED, REFUSED_UPDATES
from tests.unit.sagemaker.rules.rule_requests import CREATE, UPDATE, edited


def names(cases):
    return [f"{case.rule} {case.base} {number}" for number, case in enumerate(cases)]


def assert_refused(case, found):
    assert [(violation.path, violation.rule) for violation in found] == [(case.path, case.rule)]
    message = next(violation.message for violation in found if violation.rule == case.rule)
    assert [word for word in case.words if word not in message] == []


@pytest.mark.parametrize("case", REFUSED, ids=names(REFUSED))
def test_a_broken_request_is_refused_where_it_is_broken(case):
    assert_refused(case, list(rules.create_violations(edited(CREATE[case.base], case.edits))))


@pytest.mark.parametrize("case", REFUSED_UPDATES, ids=names(REFUSED_UPDATES))
def test_a_broken_update_is_refused_where_it_is_broken(case):
    assert_refused(case, list(rules.update_violations(edited(UPDATE[case.base], case.edits))))


@pytest.mark.parametrize("case", ACCEPTED, ids=names(ACCEPTED))
def test_what_a_rule_allows_passes_them_all(case):
    assert list(rules.create_violations(edited(CREATE[case.base], case.edits))) == []


@pytest.mark.parametrize("case", ACCEPTED_UPDATES, ids=names(ACCEPTED_UPDATES))
def test_an_update_that_a_rule_allows_passes_them_all(case):
    assert list(rules.update_violations(edited(UPDATE[case.base], case.edits))) == []


@pytest.mark.parametrize("name", CREATE)
def test_a_valid_request_breaks_neither_rule_nor_model(name):
    assert list(rules.create_violations(CREATE[name])) == []
    assert list(shapes.violations(model.input_shape("CreateTrainingJob"), CREATE[name])) == []


@pytest.mark.parametrize("name", UPDATE)
def test_a_valid_update_breaks_neither_rule_nor_model(name):
    assert list(rules.update_violations(UPDATE[name])) == []
    assert list(shapes.violations(model.input_shape("UpdateTrainingJob"), UPDATE[name])) == []


def test_every_rule_has_a_case_that_it_refuses_and_one_that_it_accepts():
    ids = {rule.id for rule in rules.RULES}
    assert {case.rule for case in [*REFUSED, *REFUSED_UPDATES]} == ids
    assert {case.rule for case in [*ACCEPTED, *ACCEPTED_UPDATES]} == ids


def test_every_rule_of_updates_refuses_an_update():
    # s3-bucket-name is the other half of s3-uri-form.
    missing = {rule.id for rule in rules.UPDATE_RULES} - {case.rule for case in REFUSED_UPDATES}
    assert missing == {"s3-bucket-name"}


def test_all_faults_of_a_request_are_found_at_once():
    edits = {
        "AlgorithmSpecification.AlgorithmName": "mine",
        "EnableManagedSpotTraining": True,
        "Tags[1].Key": "team",
        "InputDataConfig[1].ChannelName": "train",
    }
    assert [violation.rule for violation in rules.create_violations(edited(CREATE["plain"], edits))] == [
        "image-and-algorithm-exclusive",
        "spot-max-wait-required",
        "channel-names-unique",
        "tag-keys-unique",
    ]
