from __future__ import annotations

import re

import pytest

from airflow_sm_training.sagemaker.goals import GOALS, SENSOR_GOALS, Goal, Verdict, assess
from airflow_sm_training.sagemaker.statuses import SecondaryStatus, TrainingJobStatus, WarmPoolStatus
from tests.unit.sagemaker.in_memory import description

YES, MAYBE, NEVER = Verdict.REACHED, Verdict.POSSIBLE, Verdict.IMPOSSIBLE
STATUSES = [*TrainingJobStatus, "Hibernating"]


def verdicts(goal, **fields):
    return {status: assess(goal, description(status=status, **fields)).verdict for status in STATUSES}


@pytest.mark.parametrize(
    ("goal", "in_progress", "completed", "failed", "stopping", "stopped", "deleting", "unknown"),
    [
        ("ended", MAYBE, YES, YES, MAYBE, YES, NEVER, MAYBE),
        ("InProgress", YES, YES, YES, YES, YES, YES, MAYBE),
        ("Completed", MAYBE, YES, NEVER, MAYBE, NEVER, NEVER, MAYBE),
        ("Failed", MAYBE, NEVER, YES, MAYBE, NEVER, NEVER, MAYBE),
        ("Stopping", MAYBE, NEVER, NEVER, YES, NEVER, NEVER, MAYBE),
        ("Stopped", MAYBE, NEVER, NEVER, MAYBE, YES, NEVER, MAYBE),
        ("Deleting", MAYBE, MAYBE, MAYBE, MAYBE, MAYBE, YES, MAYBE),
        ("Training", YES, NEVER, NEVER, NEVER, NEVER, NEVER, MAYBE),
        ("Downloading", MAYBE, NEVER, NEVER, NEVER, NEVER, NEVER, MAYBE),
        ("Uploading", MAYBE, NEVER, NEVER, MAYBE, NEVER, NEVER, MAYBE),
        ("MaxRuntimeExceeded", MAYBE, NEVER, NEVER, MAYBE, NEVER, NEVER, MAYBE),
        ("WarmPoolAvailable", NEVER, NEVER, NEVER, NEVER, NEVER, NEVER, NEVER),
        ("ProfilerUpdatable", YES, NEVER, NEVER, NEVER, NEVER, NEVER, MAYBE),
        ("RemoteDebugUpdatable", YES, NEVER, NEVER, NEVER, NEVER, NEVER, MAYBE),
        ("KeepAliveUpdatable", NEVER, NEVER, NEVER, NEVER, NEVER, NEVER, NEVER),
    ],
)
def test_every_goal_in_every_status(goal, in_progress, completed, failed, stopping, stopped, deleting, unknown):  # noqa: PLR0917
    expected = [in_progress, completed, failed, stopping, stopped, deleting, unknown]
    order = ["InProgress", "Completed", "Failed", "Stopping", "Stopped", "Deleting", "Hibernating"]

    assert verdicts(goal) == dict(zip(order, expected, strict=True))


@pytest.mark.parametrize("phase", [*SecondaryStatus, "Daydreaming"])
def test_remote_debugging_in_every_phase(phase):
    expected = YES if phase in {"Downloading", "Training"} else MAYBE

    assert assess("RemoteDebugUpdatable", description(secondary_status=phase)).verdict is expected
    assert assess("ProfilerUpdatable", description(secondary_status=phase)).verdict is YES


@pytest.mark.parametrize("phase", SecondaryStatus)
@pytest.mark.parametrize("status", [*TrainingJobStatus, "Hibernating"])
def test_a_phase_counts_while_it_lasts_and_after_it_was_passed(phase, status):
    if phase in {"Completed", "Failed", "Stopped"}:
        # These words are statuses, and mean the status.
        assert (assess(phase, description(status=status)).verdict is YES) == (status == phase)
        return
    passed = [{"Status": phase, "StartTime": 1.0}, {"Status": "Uploading", "StartTime": 2.0}]

    assert assess(phase, description(status=status, secondary_status=phase)).verdict is YES
    assert assess(phase, description(status=status, SecondaryStatusTransitions=passed)).verdict is YES


@pytest.mark.parametrize(
    ("status", "pool", "available", "updatable"),
    [
        ("InProgress", None, MAYBE, MAYBE),
        ("InProgress", "InUse", MAYBE, MAYBE),
        ("Stopping", "InUse", MAYBE, MAYBE),
        ("Completed", None, MAYBE, MAYBE),
        ("Completed", "Available", YES, YES),
        ("Completed", "InUse", MAYBE, YES),
        ("Completed", "Reused", NEVER, NEVER),
        ("Completed", "Terminated", NEVER, NEVER),
        ("Completed", "Lukewarm", MAYBE, MAYBE),
        ("Failed", None, NEVER, NEVER),
        ("Stopped", "Terminated", NEVER, NEVER),
        ("Deleting", None, NEVER, NEVER),
        ("Hibernating", None, MAYBE, MAYBE),
    ],
)
def test_warm_pools(status, pool, available, updatable):
    fields = {"ResourceConfig": {"KeepAlivePeriodInSeconds": 600}}
    if pool:
        fields["WarmPoolStatus"] = {"Status": pool, "ReusedByJob": "next"}
    job = description(status=status, **fields)

    assert assess("WarmPoolAvailable", job).verdict is available
    assert assess("KeepAliveUpdatable", job).verdict is updatable


def test_every_warm_pool_status_is_in_the_table():
    assert {"InUse", "Available", "Reused", "Terminated"} == set(WarmPoolStatus)


@pytest.mark.parametrize(
    ("goal", "fields", "says"),
    [
        (
            "Completed",
            {"status": "Failed", "FailureReason": "AlgorithmError: out of cheese."},
            "digits is Failed and can no longer be Completed: AlgorithmError: out of cheese. Console: https",
        ),
        (
            "Completed",
            {"status": "Stopped", "secondary_status": "MaxRuntimeExceeded"},
            r"Stopped \(MaxRuntimeExceeded\)",
        ),
        ("Training", {"status": "Stopping"}, "is being stopped and can no longer be Training"),
        ("ended", {"status": "Deleting"}, "is being deleted"),
        ("WarmPoolAvailable", {}, "KeepAlivePeriodInSeconds was not set when it was created"),
        (
            "WarmPoolAvailable",
            {"status": "Completed", "WarmPoolStatus": {"Status": "Reused", "ReusedByJob": "next"}},
            "has given its warm pool to next",
        ),
        ("WarmPoolAvailable", {"status": "Completed", "WarmPoolStatus": {"Status": "Terminated"}}, "has passed"),
        ("RemoteDebugUpdatable", {"status": "Completed"}, "is Completed; .* InProgress, in Downloading or Training"),
    ],
)
def test_what_is_impossible_says_why(goal, fields, says):
    assessment = assess(goal, description(**fields))

    assert assessment.verdict is NEVER
    assert re.search(says, assessment.why)


def test_an_empty_description_is_a_running_job():
    empty = description().from_response({})

    assert {assess(goal, empty).verdict for goal in GOALS - {Goal.WARM_POOL_AVAILABLE, Goal.KEEP_ALIVE_UPDATABLE}} == {
        MAYBE
    }


def test_a_word_that_is_no_goal():
    with pytest.raises(ValueError, match=r"'Done' is nothing to wait for; it can be .*Completed"):
        assess("Done", description())


def test_a_sensor_waits_for_what_issue_and_api_name_and_not_for_windows():
    assert {*TrainingJobStatus, *SecondaryStatus, "ended", "WarmPoolAvailable"} == SENSOR_GOALS
