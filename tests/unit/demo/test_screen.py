from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta

import pytest
from rich.console import Console

from airflow_sm_training.demo.failures import DemoFailed
from airflow_sm_training.demo.report import Report, seconds_in
from airflow_sm_training.demo.screen import Screen
from airflow_sm_training.demo.training_run import Snapshot
from airflow_sm_training.sagemaker.description import TrainingJobDescription

START = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)
LONG_URI = f"s3://bucket/{'directory/' * 20}model.tar.gz"


def phase(status, second, seconds=None):
    transition = {"Status": status, "StartTime": START + timedelta(seconds=second), "StatusMessage": f"[{status}] now"}
    return transition | ({"EndTime": START + timedelta(seconds=second + seconds)} if seconds is not None else {})


JOB = TrainingJobDescription.from_response(
    {
        "TrainingJobName": "digits",
        "TrainingJobArn": "arn:aws:sagemaker:us-east-1:123456789012:training-job/digits",
        "TrainingJobStatus": "InProgress",
        "SecondaryStatus": "Training",
        "SecondaryStatusTransitions": [phase("Starting", 0, 2), phase("Training", 2)],
        "FinalMetricDataList": [{"MetricName": "validation:accuracy", "Value": 0.97, "Timestamp": START}],
        "ModelArtifacts": {"S3ModelArtifacts": LONG_URI},
    }
)


def snapshot(seconds=12.0, job=JOB, train="deferred"):
    return Snapshot(
        seconds=seconds,
        run_state="running",
        task_states={"train": train, "check_model": None},
        running_slots=0,
        deferred_slots=1,
        training_job=job,
    )


@pytest.fixture(params=[True, False], ids=["terminal", "pipe"])
def shown(request):
    """Return a screen and a function that returns what it has shown so far."""
    out = io.StringIO()
    console = Console(file=out, force_terminal=request.param, width=80, color_system=None, highlight=False)
    return Screen(console), out.getvalue


def test_watching_shows_both_sides(shown):
    screen, text = shown
    with screen.working("Airflow starts"):
        pass
    with screen.watching() as show:
        show(snapshot(job=None, train=None))
        show(snapshot())

    for words in ("deferred", "Training", "validation:accuracy", "0.9700"):
        assert words in text()


def test_a_pipe_gets_a_line_only_when_something_changed():
    out = io.StringIO()
    with Screen(Console(file=out)).watching() as show:
        for seconds in (1.0, 2.0, 3.0):
            show(snapshot(seconds))

    assert out.getvalue() == ("   1.0 s  train deferred · workers busy 0 · job Training · validation:accuracy 0.9700\n")


def test_result_can_be_copied(shown):
    screen, text = shown
    events = [
        {"event": "running", "when": "2026-11-21T03:00:00Z"},
        {"event": "deferred", "when": "2026-11-21T03:00:01.250000Z"},
        {"event": "running", "when": "2026-11-21T03:00:21.250000Z"},
        {"event": "success", "when": "2026-11-21T03:00:22Z"},
    ]
    screen.result(
        Report(
            dag_run_id="manual",
            xcom=JOB.to_dict(),
            model_bytes=2048,
            task_events=events,
            task_tries=[],
            observations=[],
            task_log=["[algo-1] [/bold] not markup"],
        )
    )

    assert LONG_URI in text()
    assert "[algo-1] [/bold] not markup" in text()
    assert "0.9700" in text()
    assert (seconds_in("running", events), seconds_in("deferred", events)) == (2.0, 20.0)
    assert " 20.0 s, holding no worker" in text()


def test_failure_ends_with_the_reason(shown):
    screen, text = shown
    screen.failure(DemoFailed("Airflow ended by itself with exit code 1", ["[error] database is locked"]))

    *_, line, reason = text().splitlines()
    assert line == "[error] database is locked"
    assert reason == "The demo failed. Airflow ended by itself with exit code 1"
