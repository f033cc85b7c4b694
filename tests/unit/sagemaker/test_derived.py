from __future__ import annotations

import pytest

from airflow_sm_training.sagemaker.derived import derive, instance_count, metrics, phases

ARN = "arn:aws:sagemaker:us-west-2:123456789012:training-job/my-job"


def at(second: int, fraction: str = "") -> str:
    return f"2026-11-21T03:00:{second:02}{fraction}+00:00"


def test_an_empty_response_derives_only_that_it_is_no_success():
    assert derive({}) == {"is_successful": False}


@pytest.mark.parametrize(
    ("status", "is_successful"),
    [("Completed", True), ("Failed", False), ("Stopped", False), ("InProgress", False), ("Unheard", False), (3, False)],
)
def test_success(status, is_successful):
    assert derive({"training_job_status": status})["is_successful"] is is_successful


@pytest.mark.parametrize(
    ("entries", "expected"),
    [
        (None, None),
        ("odd", None),
        ([], {}),
        ([{"metric_name": "a", "value": 1.0, "timestamp": at(1)}], {"a": 1.0}),
        # The newest counts, wherever it stands in the list.
        (
            [
                {"metric_name": "a", "value": 2.0, "timestamp": at(2)},
                {"metric_name": "a", "value": 1.0, "timestamp": at(1)},
                {"metric_name": "b", "value": 9.0, "timestamp": at(1)},
            ],
            {"a": 2.0, "b": 9.0},
        ),
        # A fraction is later than the full second, though its text sorts differently in other zones.
        (
            [
                {"metric_name": "a", "value": 2.0, "timestamp": at(1, ".500000")},
                {"metric_name": "a", "value": 1.0, "timestamp": at(1)},
            ],
            {"a": 2.0},
        ),
        # The same instant: the later entry.
        (
            [
                {"metric_name": "a", "value": 1.0, "timestamp": at(1)},
                {"metric_name": "a", "value": 2.0, "timestamp": at(1)},
            ],
            {"a": 2.0},
        ),
        # No time is older than any time.
        (
            [{"metric_name": "a", "value": 1.0, "timestamp": at(1)}, {"metric_name": "a", "value": 2.0}],
            {"a": 1.0},
        ),
        # A last value that was NaN is shown as such, not hidden behind an older one.
        (
            [
                {"metric_name": "loss", "value": None, "timestamp": at(2)},
                {"metric_name": "loss", "value": 0.5, "timestamp": at(1)},
            ],
            {"loss": None},
        ),
        ([{"metric_name": "a"}, {"value": 1.0}, {"metric_name": None, "value": 1.0}, "odd", None], {}),
        ([{"metric_name": "a", "value": 1.0, "timestamp": ["odd"]}], {"a": 1.0}),
    ],
)
def test_metrics(entries, expected):
    assert metrics({"final_metric_data_list": entries}) == expected


def test_phases():
    transitions = [
        {"status": "Starting", "start_time": at(0), "end_time": at(10, ".250000"), "status_message": "Starting"},
        {"status": "Training", "start_time": at(10, ".250000")},
        "odd",
    ]
    assert phases({"secondary_status_transitions": transitions}) == [
        {
            "status": "Starting",
            "start_time": at(0),
            "end_time": at(10, ".250000"),
            "duration_in_seconds": 10.25,
            "status_message": "Starting",
        },
        {
            "status": "Training",
            "start_time": at(10, ".250000"),
            "end_time": None,
            "duration_in_seconds": None,
            "status_message": None,
        },
    ]


@pytest.mark.parametrize("transitions", [None, "odd", {}])
def test_no_transitions_no_phases(transitions):
    assert phases({"secondary_status_transitions": transitions}) is None


@pytest.mark.parametrize(
    ("times", "expected"),
    [
        ({"creation_time": at(0), "training_end_time": at(50, ".500000")}, 50.5),
        ({"creation_time": at(0)}, None),
        ({"training_end_time": at(0)}, None),
        ({"creation_time": "soon", "training_end_time": at(0)}, None),
        ({"creation_time": "2026-11-21T03:00:00", "training_end_time": at(1)}, 1.0),
    ],
)
def test_duration(times, expected):
    assert derive(times).get("duration_in_seconds") == expected


@pytest.mark.parametrize(
    ("resources", "expected"),
    [
        (None, None),
        ("odd", None),
        ({}, None),
        ({"instance_count": 3}, 3),
        ({"instance_count": True}, None),
        ({"instance_count": "3"}, None),
        ({"instance_count": 0, "instance_groups": [{"instance_count": 2}, {"instance_count": 3}]}, 5),
        ({"instance_count": 3, "instance_groups": []}, 3),
        # A group without a count makes every sum wrong.
        ({"instance_groups": [{"instance_count": 2}, {}]}, None),
        ({"instance_groups": [{"instance_count": 2}, "odd"]}, None),
        ({"instance_preferences": [{"instance_count": 8}], "selected_instance_count": 4}, 4),
    ],
)
def test_instance_count(resources, expected):
    assert instance_count({"resource_config": resources}) == expected


def test_the_bill():
    description = {"billable_time_in_seconds": 100, "resource_config": {"instance_count": 4}}
    assert derive(description)["billable_instance_seconds"] == 400
    assert "billable_instance_seconds" not in derive({"billable_time_in_seconds": 100})
    assert "billable_instance_seconds" not in derive({"resource_config": {"instance_count": 4}})
    # A job stopped before it trained costs nothing, and says so.
    assert derive(description | {"billable_time_in_seconds": 0})["billable_instance_seconds"] == 0


@pytest.mark.parametrize(
    ("is_spot", "training", "billable", "expected"),
    [
        (True, 500, 100, 80.0),  # the example in AWS's documentation
        (True, 500, 500, 0.0),
        (True, 100, 90, 10.0),
        (True, 600, 0, 100.0),
        (True, 0, 0, None),
        (True, None, 100, None),
        (True, 500, None, None),
        (True, "500", 100, None),
        (True, 10**400, 1, None),
        (False, 500, 100, None),
        (None, 500, 100, None),
    ],
)
def test_spot_savings(is_spot, training, billable, expected):
    description = {
        "enable_managed_spot_training": is_spot,
        "training_time_in_seconds": training,
        "billable_time_in_seconds": billable,
    }
    assert derive(description).get("managed_spot_savings_percent") == expected


def test_links_use_the_name_as_it_was_given():
    # SageMaker writes names in lower case into ARNs, but console and log streams know the real one.
    derived = derive({"training_job_arn": ARN, "training_job_name": "My-Job"})
    assert derived["console_url"] == "https://console.aws.amazon.com/sagemaker/home?region=us-west-2#/jobs/My-Job"
    assert derived["logs_url"].endswith("$3FlogStreamNameFilter$3DMy-Job$252F")
    assert derive({"training_job_arn": ARN})["console_url"].endswith("#/jobs/my-job")


@pytest.mark.parametrize("arn", [None, "odd", ARN.replace("arn:aws:", "arn:aws-iso:")])
def test_no_links_where_none_can_be_right(arn):
    assert not {"console_url", "logs_url"} & set(derive({"training_job_arn": arn, "training_job_name": "a"}))
