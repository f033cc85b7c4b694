from __future__ import annotations

import pytest

from airflow_sm_training.sagemaker.errors import TrainingJobFailed, TrainingJobStopped, TrainingJobUnsuccessful
from airflow_sm_training.sagemaker.outcome import check_outcome
from tests.unit.sagemaker.in_memory import description

SUCCESS = None


@pytest.mark.parametrize(
    ("status", "secondary_status", "accept_stopped", "expected"),
    [
        ("Completed", "Completed", False, SUCCESS),
        ("Failed", "Failed", True, TrainingJobFailed),
        ("Stopped", "Stopped", False, TrainingJobStopped),
        ("Stopped", "MaxRuntimeExceeded", False, TrainingJobStopped),
        ("Stopped", "Stopped", True, SUCCESS),
        ("Stopped", "MaxRuntimeExceeded", {"MaxRuntimeExceeded"}, SUCCESS),
        ("Stopped", "Stopped", {"MaxRuntimeExceeded"}, TrainingJobStopped),
        ("Stopped", "MaxWaitTimeExceeded", ["MaxWaitTimeExceeded"], SUCCESS),
        ("Deleting", "Stopped", True, TrainingJobUnsuccessful),
    ],
)
def test_what_each_end_means(status, secondary_status, accept_stopped, expected):
    job = description(status=status, secondary_status=secondary_status)

    if expected is SUCCESS:
        check_outcome(job, accept_stopped=accept_stopped)
    else:
        with pytest.raises(expected) as raised:
            check_outcome(job, accept_stopped=accept_stopped)
        assert type(raised.value) is expected


def transition(status):
    return {"Status": status, "StartTime": 1.0}


def test_a_failure_says_why_when_and_where_to_look():
    job = description(
        status="Failed",
        FailureReason="AlgorithmError: train.py line 7",
        SecondaryStatusTransitions=[transition("Starting"), transition("Training"), transition("Failed")],
    )

    with pytest.raises(TrainingJobFailed) as raised:
        check_outcome(job, log_lines=["[algo-1] Traceback", "[algo-1] ValueError: bad"])

    error = raised.value
    assert (error.phase, error.failure_reason) == ("Training", "AlgorithmError: train.py line 7")
    assert str(error).splitlines() == [
        "Training job digits failed while Training: AlgorithmError: train.py line 7",
        "Last lines of its log:",
        "  [algo-1] Traceback",
        "  [algo-1] ValueError: bad",
        "Console: https://console.aws.amazon.com/sagemaker/home?region=us-east-1#/jobs/digits",
    ]


def test_a_failure_without_a_reason_does_not_raise_key_error():
    with pytest.raises(TrainingJobFailed, match="SageMaker gave no reason"):
        check_outcome(description(status="Failed"))


@pytest.mark.parametrize(
    ("secondary_status", "why"),
    [
        ("MaxRuntimeExceeded", "MaxRuntimeInSeconds"),
        ("MaxWaitTimeExceeded", "spot capacity"),
        ("Stopped", "somebody asked"),
        ("Evicted", "does not say why"),
    ],
)
def test_the_ways_to_be_stopped_are_told_apart(secondary_status, why):
    with pytest.raises(TrainingJobStopped, match=rf'{why}.*accept_stopped={{"{secondary_status}"}}'):
        check_outcome(description(status="Stopped", secondary_status=secondary_status))
