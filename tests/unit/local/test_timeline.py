from __future__ import annotations

import pytest

from airflow_sm_training.local.jobs.scripts import DEFAULT_TIMELINE
from airflow_sm_training.local.timeline import ENDS, MESSAGES, Step, Timeline, TimelineError
from airflow_sm_training.sagemaker.statuses import TERMINAL_STATUSES, SecondaryStatus


def test_every_secondary_status_has_a_message():
    assert set(MESSAGES) == set(SecondaryStatus)


def test_ends_are_what_sagemaker_calls_terminal():
    assert set(ENDS.values()) == TERMINAL_STATUSES


def test_a_timeline_without_an_end_completes():
    assert Timeline.parse([{"secondary_status": "Training"}]).steps[-1] == Step(SecondaryStatus.COMPLETED)


def test_the_default_takes_about_two_seconds():
    assert 1.5 <= sum(step.seconds for step in DEFAULT_TIMELINE.steps) <= 2.5


def test_a_failure_has_a_reason():
    assert Step("Failed").failure_reason.startswith("AlgorithmError: ")


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("[", "not JSON"),
        ("{}", "a list of steps is needed"),
        ([], "at least one step"),
        ([1], "step 0 is 1: an object is needed"),
        ([{"seconds": 1}], "step 0 has no secondary_status"),
        ([{"secondary_status": "Training"}, {"status": "x"}], "step 1 has unknown field 'status'"),
        ([{"secondary_status": "Running"}], "step 0: secondary_status is 'Running': known are Starting"),
        ([{"secondary_status": "Training", "seconds": -1}], "step 0: seconds is -1"),
        ([{"secondary_status": "Training", "seconds": float("inf")}], "step 0: seconds is inf"),
        ([{"secondary_status": "Training", "seconds": "5"}], "step 0: seconds is '5'"),
        ([{"secondary_status": "Training", "metrics": {"a": "b"}}], "step 0: metrics is"),
        ([{"secondary_status": "Training", "progress": {"CurrentEpoch": -1}}], "step 0: progress is"),
        ([{"secondary_status": "Training", "message": 5}], "step 0: message is 5"),
        (
            [{"secondary_status": "Training", "failure_reason": "x"}],
            "failure_reason belongs to Failed, not to Training",
        ),
        (
            [{"secondary_status": "Completed"}, {"secondary_status": "Training"}],
            "step 0 is Completed: nothing can follow",
        ),
        ([{"secondary_status": "Failed"}, {"secondary_status": "Training"}], "step 0 is Failed: nothing can follow"),
    ],
)
def test_a_timeline_that_cannot_be_followed_names_step_and_field(value, message):
    with pytest.raises(TimelineError) as raised:
        Timeline.parse(value)
    assert message in str(raised.value)
