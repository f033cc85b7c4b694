"""What holds for every request: rules never raise, and never speak of what is not known yet."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from airflow_sm_training.sagemaker import model, rules
from airflow_sm_training.sagemaker.shapes import Violation
from tests.unit.sagemaker.rules.rule_cases import REFUSED, REFUSED_UPDATES
from tests.unit.sagemaker.rules.rule_requests import CREATE, REMOVED, UPDATE, edited

FIELDS = sorted(
    {name for shape in ("CreateTrainingJob", "UpdateTrainingJob") for name in model.input_shape(shape).members}
    | set(model.input_shape("CreateTrainingJob").members["ResourceConfig"].members)
    | set(model.input_shape("CreateTrainingJob").members["InputDataConfig"].member.members),
)
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=12),
    st.sampled_from(["{{ x }}", "", "Pipe", "s3://", "arn:aws:iam", "(", "3600"]),
)
JSON = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.one_of(st.sampled_from(FIELDS), st.text(max_size=4)), inner, max_size=4),
    ),
    max_leaves=12,
)


def places(value, path=""):
    """Yield the path of every part of a request."""
    if path:
        yield path
    entries = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, item in entries:
        step = f"[{name}]" if isinstance(name, int) else f".{name}" if path else name
        yield from places(item, f"{path}{step}")


PLACES = [(name, path) for name, request in CREATE.items() for path in places(request)]
UPDATE_PLACES = [
    (name, path) for name, request in UPDATE.items() for path in places(request) if path != "TrainingJobName"
]


def value_at(request, path):
    for name in path.replace("[", ".").replace("]", "").split("."):
        request = request[int(name) if isinstance(request, list) else name]
    return request


def check_all(request):
    for violation in [*rules.create_violations(request), *rules.update_violations(request)]:
        assert isinstance(violation, Violation)
        assert isinstance(violation.path, str)
        assert violation.message


@given(request=JSON)
def test_no_request_makes_a_rule_raise(request):
    check_all(request)


@given(place=st.sampled_from(PLACES), value=JSON)
def test_nothing_malformed_in_a_request_makes_a_rule_raise(place, value):
    name, path = place
    check_all(edited(CREATE[name], {path: value}))


@given(case=st.sampled_from(REFUSED), value=JSON, data=st.data())
def test_nothing_malformed_in_a_broken_request_makes_a_rule_raise(case, value, data):
    request = edited(CREATE[case.base], case.edits)
    path = data.draw(st.sampled_from(list(places(request))))
    check_all(edited(request, {path: value}))


@pytest.mark.parametrize("template", ["{{ params.x }}", object()], ids=["template", "XComArg"])
def test_a_template_anywhere_in_a_valid_request_breaks_no_rule(template):
    broken = [
        (place, list(rules.create_violations(edited(CREATE[place[0]], {place[1]: template})))) for place in PLACES
    ]
    assert [case for case in broken if case[1]] == []


def test_a_template_anywhere_in_a_valid_update_breaks_no_rule():
    for name, path in UPDATE_PLACES:
        assert list(rules.update_violations(edited(UPDATE[name], {path: "{{ params.x }}"}))) == [], path


def test_a_wrong_type_anywhere_in_a_valid_request_breaks_no_rule():
    """It is the model that refuses it, and one fault is one line."""
    for name, path in PLACES:
        wrong = 7 if isinstance(value_at(CREATE[name], path), (dict, list, str)) else ["wrong"]
        assert list(rules.create_violations(edited(CREATE[name], {path: wrong}))) == [], (name, path)


@pytest.mark.parametrize("case", REFUSED, ids=lambda case: f"{case.rule} {case.base}")
def test_a_template_in_place_of_a_broken_field_silences_its_rule(case):
    request = edited(CREATE[case.base], case.edits)
    path = case.path.replace('["', ".").replace('"]', "")
    found = [violation.rule for violation in rules.create_violations(edited(request, {path: "{{ params.x }}"}))]
    assert case.rule not in found


@pytest.mark.parametrize(
    ("base", "parent", "name"),
    [
        ("plain", "", "StoppingCondition"),
        ("plain", "AlgorithmSpecification", "TrainingImage"),
        ("plain", "ResourceConfig", "InstanceCount"),
        ("plain", "ResourceConfig", "VolumeSizeInGB"),
        ("spot", "StoppingCondition", "MaxWaitTimeInSeconds"),
        ("evaluation", "ServerlessJobConfig", "EvaluationType"),
        ("private registry", "", "VpcConfig"),
        ("streams", "InputDataConfig[0].DataSource.S3DataSource", "AttributeNames"),
    ],
)
def test_a_templated_key_may_be_the_missing_one(base, parent, name):
    dot = "." if parent else ""
    without = edited(CREATE[base], {f"{parent}{dot}{name}": REMOVED})
    assert list(rules.create_violations(without)) != []
    with_template = edited(without, {f"{parent}{dot}{{{{ key }}}}": "value"})
    assert list(rules.create_violations(with_template)) == []


def test_a_wholly_templated_request_is_not_judged():
    assert list(rules.create_violations(dict.fromkeys(FIELDS, "{{ params.x }}"))) == []
    assert list(rules.create_violations({"{{ key }}": "{{ value }}"})) == []
    assert list(rules.update_violations({"{{ key }}": "{{ value }}"})) == []


def test_rules_do_not_change_a_request():
    for case in REFUSED:
        request = edited(CREATE[case.base], case.edits)
        before = json.dumps(request)
        list(rules.create_violations(request))
        assert json.dumps(request) == before


def test_ids_are_unique_and_in_kebab_case():
    ids = [rule.id for rule in rules.RULES]
    assert len(set(ids)) == len(ids)
    assert all(part.isalnum() and part.islower() for rule_id in ids for part in rule_id.split("-"))


def test_every_rule_of_a_module_is_registered():
    modules = [value for name, value in vars(rules).items() if hasattr(value, "RULES") and name != "rules"]
    defined = {value.id for module in modules for value in vars(module).values() if isinstance(value, rules.Rule)}
    assert defined == {rule.id for rule in rules.RULES}
    assert {rule.id for rule in rules.UPDATE_RULES} <= defined


def test_every_rule_has_its_sentence_and_its_source():
    for rule in rules.RULES:
        assert rule.sentence.endswith("."), rule.id
        assert rule.source.startswith("https://"), rule.id


def test_rules_import_nothing_heavy():
    program = (
        "import sys; import airflow_sm_training.sagemaker.rules; "
        "print(sorted({'boto3', 'botocore', 'regex', 'airflow'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_updates_are_refused_by_their_own_rules_only():
    assert {case.rule for case in REFUSED_UPDATES} <= {rule.id for rule in rules.UPDATE_RULES}
