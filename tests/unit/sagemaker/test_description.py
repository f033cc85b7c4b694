from __future__ import annotations

import json
import re
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from airflow_sm_training.sagemaker.description import TRANSITION_KEYS, TrainingJobDescription
from airflow_sm_training.sagemaker.model import operation, output_shape
from airflow_sm_training.sagemaker.normalise import field_name
from airflow_sm_training.sagemaker.statuses import FailureKind, SecondaryStatus, TrainingJobStatus

TESTS = Path(__file__).parents[2]
DATA = TESTS / "data"
DOCUMENT = TESTS.parent / "docs" / "description.md"
DATADOG = json.loads((DATA / "datadog_training_job_schema.json").read_text())["fields"]

# Where the result is not what Datadog's catalog says, and why.
NOT_AS_DATADOG = {
    "tags": "UNORDERED_LIST_STRING of key:value there; a mapping here, so that a tag is looked up, not searched for",
}
OURS = {"account_id", "region_name", "tags", "derived"}


def recorded(name):
    """The response as boto3 would parse it from the recorded body."""
    from botocore.parsers import create_parser

    body = (DATA / f"{name}.json").read_bytes()
    parser = create_parser("json")
    return parser.parse(
        {"status_code": 200, "headers": {}, "body": body}, operation("DescribeTrainingJob").output_shape
    )


def described(name, **keywords):
    return TrainingJobDescription.from_response(recorded(name), **keywords)


def populated(shape):
    """A value of the shape with every field there is."""
    simple = {
        "integer": 7,
        "long": 2**40,
        "float": 0.5,
        "boolean": True,
        "timestamp": datetime(2026, 11, 21, tzinfo=UTC),
    }
    kind = shape.type_name
    if kind == "structure":
        return {name: populated(member) for name, member in shape.members.items()}
    if kind == "list":
        return [populated(shape.member)]
    if kind == "map":
        return {"UsersOwn_Key": populated(shape.value)}
    return (shape.enum or ["text"])[0] if kind == "string" else simple[kind]


def fully_populated():
    arn = "arn:aws:sagemaker:us-west-2:123456789012:training-job/text"
    response = populated(output_shape("DescribeTrainingJob")) | {"TrainingJobArn": arn}
    return TrainingJobDescription.from_response(response, tags=[{"Key": "team", "Value": "vision"}]).to_dict()


def fields_of(shape, path=()):
    """Every path of names that the model knows, as the normalised description should have it."""
    while shape.type_name == "list":
        shape = shape.member
    if shape.type_name == "structure":
        for name, member in shape.members.items():
            yield (*path, field_name(name))
            yield from fields_of(member, (*path, field_name(name)))


def value_at(data, path):
    for name in path:
        data = data[0] if isinstance(data, list) else data
        data = data[name]
    return data


def is_iso_timestamp(value):
    return isinstance(value, str) and datetime.fromisoformat(value).utcoffset().total_seconds() == 0


def is_whole_number(value):
    return type(value) is int


def is_map_of_strings(value):
    return isinstance(value, dict) and list(value.items()) == [("UsersOwn_Key", "text")]


def is_list_of(kind):
    return lambda value: isinstance(value, list) and len(value) == 1 and isinstance(value[0], kind)


IS_OF_DATADOG_TYPE = {
    "STRING": lambda value: isinstance(value, str),
    "INT32": is_whole_number,
    "INT64": is_whole_number,
    "FLOAT": lambda value: type(value) is float,
    "BOOLEAN": lambda value: type(value) is bool,
    "TIMESTAMP": is_iso_timestamp,
    "STRUCT": lambda value: isinstance(value, dict) and value,
    "MAP_STRING_STRING": is_map_of_strings,
    "UNORDERED_LIST_STRING": is_list_of(str),
    "UNORDERED_LIST_STRUCT": is_list_of(dict),
}


@pytest.fixture(scope="module")
def everything():
    return fully_populated()


@pytest.mark.parametrize("field", sorted(set(DATADOG) - set(NOT_AS_DATADOG)))
def test_name_and_type_are_those_of_datadogs_schema(everything, field):
    value = value_at(everything, field.split("."))
    assert IS_OF_DATADOG_TYPE[DATADOG[field]](value), f"{field} should be {DATADOG[field]}, is {value!r}"


def test_every_exception_to_datadogs_schema_is_one(everything):
    for field in NOT_AS_DATADOG:
        assert not IS_OF_DATADOG_TYPE[DATADOG[field]](value_at(everything, field.split(".")))


def test_every_field_of_the_installed_model_is_there_and_no_other(everything):
    paths = set(fields_of(output_shape("DescribeTrainingJob")))
    for path in paths:
        assert value_at(everything, path) is not None
    assert set(everything) - {path[0] for path in paths} == OURS
    # The catalog is older than the model, so what it lacks is new at AWS; it must not know what the model does not.
    assert {tuple(field.split(".")) for field in DATADOG} - paths == {("account_id",), ("tags",)}


def test_the_statuses_and_the_end_of_a_completed_job():
    job = described("describe_completed_spot")
    assert (job.status, job.secondary_status) == (TrainingJobStatus.COMPLETED, SecondaryStatus.COMPLETED)
    assert isinstance(job.status, TrainingJobStatus)
    assert isinstance(job.secondary_status, SecondaryStatus)
    assert (job.is_ended, job.is_successful) == (True, True)
    assert (job.failure_reason, job.failure_kind, job.progress) == (None, None, None)
    assert job.name == "digits-Nightly-4f1c"
    assert job.arn == "arn:aws:sagemaker:eu-west-1:123456789012:training-job/digits-nightly-4f1c"
    assert job.model_artifacts == "s3://example-models/digits-Nightly-4f1c/output/model.tar.gz"
    assert job.creation_time == "2026-11-21T03:00:00.123000+00:00"
    assert job.log_stream_prefix == "digits-Nightly-4f1c/"
    assert job.metrics == {"validation:accuracy": pytest.approx(0.9712), "train:loss": pytest.approx(0.0841)}
    assert job.console_url.endswith("#/jobs/digits-Nightly-4f1c")
    assert job.logs_url.endswith("Ddigits-Nightly-4f1c$252F")
    assert "ResponseMetadata" in recorded("describe_completed_spot")
    assert not {"ResponseMetadata", "response_metadata"} & set(job.to_dict())


def test_a_job_that_failed_before_it_started():
    job = described("describe_failed_before_start")
    assert (job.is_ended, job.is_successful, job.failure_kind) == (True, False, FailureKind.CAPACITY)
    assert job.failure_reason.startswith("CapacityError: Unable to provision")
    assert job.model_artifacts is None
    assert job.metrics == {}
    assert job.derived["instance_count"] == 5
    absent = {"training_start_time", "training_end_time", "final_metric_data_list", "tags", "hyper_parameters"}
    assert not absent & set(job.to_dict())
    assert not {"metrics", "duration_in_seconds", "billable_instance_seconds", "managed_spot_savings_percent"} & set(
        job.derived,
    )


def test_a_script_that_failed_shows_its_command_line_but_not_the_secret_in_it():
    job = described("describe_failed_in_script")
    assert job.failure_kind is FailureKind.ALGORITHM
    assert "--epochs 20 --registry_token ***" in job.failure_reason
    assert "tok-51ab77" not in json.dumps(job.to_dict())


def test_a_running_job():
    job = described("describe_in_progress")
    assert (job.is_ended, job.is_successful, job.secondary_status) == (False, False, SecondaryStatus.TRAINING)
    assert job.progress == {"total_step_count_per_epoch": 100, "current_step": 40, "current_epoch": 2, "max_epoch": 5}
    assert [set(transition) for transition in job.transitions] == [set(TRANSITION_KEYS)] * 2
    assert job.transitions[-1]["end_time"] is None
    assert job.derived["phases"][-1]["duration_in_seconds"] is None


def test_a_job_stopped_at_its_maximum_runtime():
    job = described("describe_stopped_max_runtime")
    assert (job.status, job.secondary_status) == (TrainingJobStatus.STOPPED, SecondaryStatus.MAX_RUNTIME_EXCEEDED)
    assert (job.is_ended, job.is_successful) == (True, False)
    assert job.derived["duration_in_seconds"] == 690.0


def test_an_empty_response_has_empty_answers():
    job = TrainingJobDescription.from_response({})
    assert (job.name, job.arn, job.status, job.secondary_status) == ("", "", "", "")
    assert (job.is_ended, job.is_successful) == (False, False)
    assert (job.failure_kind, job.model_artifacts, job.transitions, job.console_url) == (None, None, [], None)
    assert job.to_dict() == {"derived": {"is_successful": False}}
    assert TrainingJobDescription.from_dict({}).derived == {}


def test_words_that_aws_adds_later_come_through_and_mean_still_running():
    job = TrainingJobDescription.from_response({"TrainingJobStatus": "Hibernating", "SecondaryStatus": "Dreaming"})
    assert (job.status, job.secondary_status, job.is_ended) == ("Hibernating", "Dreaming", False)


@pytest.mark.parametrize(
    ("reason", "kind"),
    [
        ("ClientError: Data download failed: no such key", FailureKind.CLIENT),
        (" AlgorithmError : exit code: 1", FailureKind.ALGORITHM),
        ("InternalServerError", FailureKind.INTERNAL),
        ("NovelError: something", None),
        ("we saw a ClientError: no", None),
        ("", None),
        (None, None),
        (5, None),
    ],
)
def test_failure_kind(reason, kind):
    assert TrainingJobDescription.from_response({"FailureReason": reason}).failure_kind is kind


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        ([{"Key": "team", "Value": "vision"}, {"Key": "empty", "Value": ""}], {"team": "vision", "empty": ""}),
        ({"airflow:dag_id": "Train"}, {"airflow:dag_id": "Train"}),
        ([], {}),
        ({}, {}),
        ([{"Key": "no value"}, {"Value": "no key"}, "odd"], {"no value": None}),
        ("odd", {}),
        (5, {}),
    ],
)
def test_tags_become_a_mapping(tags, expected):
    job = TrainingJobDescription.from_response({}, tags=tags)
    assert job.to_dict()["tags"] == job.tags == expected


def test_tags_that_a_response_carries_itself_are_used_until_others_are_given():
    response = {"Tags": [{"Key": "KeptAsIs", "Value": "1"}]}
    assert TrainingJobDescription.from_response(response).to_dict()["tags"] == {"KeptAsIs": "1"}
    assert TrainingJobDescription.from_response(response, tags={"a": "b"}).to_dict()["tags"] == {"a": "b"}


def test_account_and_region_come_from_the_arn():
    data = described("describe_in_progress").to_dict()
    assert (data["account_id"], data["region_name"]) == ("123456789012", "eu-west-1")
    assert not {"account_id", "region_name"} & set(TrainingJobDescription.from_response({"TrainingJobArn": "odd"}).data)


def test_the_rule_for_secrets_is_handed_through():
    job = described("describe_completed_spot", is_secret=lambda key: key == "TZ")
    assert job.to_dict()["environment"] == {"TZ": "***", "DB_PASSWORD": "correct horse"}


RECORDED = [
    "describe_completed_spot",
    "describe_failed_before_start",
    "describe_failed_in_script",
    "describe_in_progress",
    "describe_stopped_max_runtime",
]


@pytest.mark.parametrize("name", RECORDED)
def test_the_other_side_of_a_deferral_reads_the_same(name):
    job = described(name, tags={"team": "vision"})
    event = json.loads(json.dumps(job.to_dict(), allow_nan=False))
    resumed = TrainingJobDescription.from_dict(event)
    assert resumed == job
    assert resumed.to_dict() == event
    for attribute in ("name", "status", "failure_kind", "transitions", "metrics", "console_url"):
        assert getattr(resumed, attribute) == getattr(job, attribute)


def test_nobody_changes_a_description_through_what_it_gave_or_got():
    response = recorded("describe_completed_spot")
    job = TrainingJobDescription.from_response(response)
    before = job.to_dict()
    job.to_dict()["derived"]["phases"].clear()
    job.to_dict()["tags"] = {}
    resumed = TrainingJobDescription.from_dict(before)
    before["derived"]["phases"].clear()
    assert resumed == job == TrainingJobDescription.from_response(response)
    assert len(job.derived["phases"]) == 5
    assert response == recorded("describe_completed_spot")


def test_repr_names_the_job_and_its_state():
    assert (
        repr(described("describe_in_progress")) == "TrainingJobDescription('digits-running', 'InProgress', 'Training')"
    )


def test_importing_needs_neither_botocore_nor_airflow():
    code = (
        "import sys, airflow_sm_training.sagemaker.description;"
        "assert not {'boto3', 'botocore', 'airflow'} & set(sys.modules), sorted(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_the_document_shows_what_a_real_description_is():
    text = DOCUMENT.read_text()
    shown = json.loads(re.search(r"```json\n(.*?)```", text, re.DOTALL)[1])
    assert shown == described("describe_completed_spot", tags={"airflow:dag_id": "nightly_digits"}).to_dict()


def test_the_document_explains_every_derived_field():
    rows = re.findall(r"^\| `(\w+)` \|", DOCUMENT.read_text(), re.MULTILINE)
    assert sorted(rows) == sorted(described("describe_completed_spot").derived)
