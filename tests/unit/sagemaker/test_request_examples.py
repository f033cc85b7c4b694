"""Requests after AWS's public samples are accepted, at both times; and whatever becomes a template is passed over."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from airflow_sm_training.sagemaker import validation
from airflow_sm_training.sagemaker.request import GIVEN_LATER
from tests.unit.sagemaker.botocore_versions import knows_all_fields

EXAMPLES = {
    file.stem: json.loads(file.read_text("utf-8"))
    for file in sorted((Path(__file__).parents[2] / "data" / "requests").glob("*.json"))
}
TEMPLATES = ("{{ params.it }}", "{% if a %}1{% endif %}", object())


def _operation(name):
    return validation.UPDATE if name.startswith("update_") else validation.CREATE


def _static(name, request):
    found = validation.static_violations(_operation(name), request, given_later=GIVEN_LATER)
    return [str(violation) for violation in found]


def _replaced(value, replacement):
    """Yield a copy for each part, at every depth, in which that part is replaced."""
    entries = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in entries:
        for changed in (replacement, *_replaced(item, replacement)):
            copy = value.copy()
            copy[key] = changed
            yield copy


def test_there_are_examples():
    assert len(EXAMPLES) >= 25


@knows_all_fields
@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_is_accepted_when_a_dag_is_parsed_and_before_it_is_sent(name):
    found = validation.violations(_operation(name), EXAMPLES[name], given_later=GIVEN_LATER)

    assert [str(violation) for violation in found] == []
    assert _static(name, EXAMPLES[name]) == []


@pytest.mark.parametrize("template", TEMPLATES, ids=["expression", "statement", "XComArg"])
def test_whatever_part_is_a_template_nothing_is_said_of_it(template):
    refused = [
        (name, found, request)
        for name, example in EXAMPLES.items()
        for request in _replaced(example, template)
        if (found := _static(name, request))
    ]
    assert refused == []


def test_numbers_and_booleans_that_jinja_will_make_are_accepted_as_text():
    def as_text(value):
        if isinstance(value, dict):
            return {key: as_text(item) for key, item in value.items()}
        if isinstance(value, list):
            return [as_text(item) for item in value]
        return value if isinstance(value, str) else str(value)

    assert {name: found for name, example in EXAMPLES.items() if (found := _static(name, as_text(example)))} == {}


def test_what_is_missing_is_found_beside_templates():
    request = {
        "TrainingJobName": "{{ name }}",
        "RoleArn": "{{ role }}",
        "AlgorithmSpecification": {"TrainingImage": "{{ image }}"},
        "ResourceConfig": "{{ resources }}",
        "InputDataConfig": [{"ChannelName": "{{ channel }}"}, "{{ another }}"],
        "StoppingCondition": {"MaxRuntimeInSeconds": "{{ seconds }}"},
    }

    found = validation.static_violations(validation.CREATE, request)

    assert {(violation.path, violation.rule) for violation in found} == {
        ("AlgorithmSpecification.TrainingInputMode", "required"),
        ("InputDataConfig[0].DataSource", "required"),
        ("OutputDataConfig", "required"),
    }


def test_of_a_partial_request_nothing_is_said_that_a_merge_can_mend():
    request = {"RoleArm": "x", "EnableManagedSpotTraining": True, "VpcConfig": {"Subnets": 7}}

    found = validation.static_violations(validation.CREATE, request, partial=True)

    assert [(violation.path, violation.rule) for violation in found] == [
        ("RoleArm", "unknown"),
        ("VpcConfig.Subnets", "type"),
    ]
