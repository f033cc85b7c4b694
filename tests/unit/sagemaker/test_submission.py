from __future__ import annotations

import pytest

from airflow_sm_training.sagemaker.errors import TrainingJobForeign
from airflow_sm_training.sagemaker.naming import TaskInstanceIdentity
from airflow_sm_training.sagemaker.request import TrainingJobRequest
from airflow_sm_training.sagemaker.statuses import TrainingJobStatus as Status
from airflow_sm_training.sagemaker.submission import Decision, decide, submit_once
from tests.unit.sagemaker.in_memory import InMemorySageMaker

MINE = TaskInstanceIdentity("dag", "task", "run", epoch=4)
OLDER = TaskInstanceIdentity("dag", "task", "run", epoch=1)
FOREIGN = {"team": "other", "airflow:dag_id": "dag"}
REQUEST = TrainingJobRequest({"TrainingJobName": "nightly", "Tags": [{"Key": "team", "Value": "vision"}]})


@pytest.mark.parametrize(
    ("status", "tags", "decision"),
    [
        (None, {}, Decision.SUBMIT),
        (Status.IN_PROGRESS, MINE.tags(), Decision.ADOPT),
        (Status.COMPLETED, MINE.tags(), Decision.FINISHED),
        (Status.FAILED, MINE.tags(), Decision.NEXT_GENERATION),
        (Status.STOPPED, MINE.tags(), Decision.NEXT_GENERATION),
        (Status.STOPPING, MINE.tags(), Decision.WAIT),
        (Status.DELETING, MINE.tags(), Decision.WAIT),
        ("Hibernating", MINE.tags(), Decision.ADOPT),  # an unknown status is still running
        (Status.COMPLETED, OLDER.tags(), Decision.NEXT_GENERATION),
        (Status.IN_PROGRESS, OLDER.tags(), Decision.NEXT_GENERATION),
        *[(status, FOREIGN, Decision.FOREIGN) for status in Status],
        *[(status, {}, Decision.FOREIGN) for status in Status],
    ],
)
def test_decision_table(status, tags, decision):
    assert decide(status, tags, MINE) is decision


@pytest.mark.parametrize("status", list(Status))
def test_fail_adopts_nothing(status):
    assert decide(status, MINE.tags(), MINE, adopt=False) is Decision.FOREIGN


@pytest.fixture
def sagemaker():
    return InMemorySageMaker()


def test_a_fresh_task_makes_one_call(sagemaker):
    submission = submit_once(sagemaker, REQUEST, MINE)

    assert sagemaker.calls == [("create", "nightly-e4")]
    assert submission.decision is Decision.SUBMIT
    assert submission.training_job_arn.endswith("/nightly-e4")


def test_the_job_carries_the_users_tags_and_the_owners(sagemaker):
    submit_once(sagemaker, REQUEST, MINE)

    assert sagemaker.jobs["nightly-e4"][1] == {"team": "vision", **MINE.tags()}


@pytest.mark.parametrize("lost", [True, False])
def test_a_retry_takes_up_the_running_job(sagemaker, lost):
    sagemaker.lose_next_response = lost
    first = submit_once(sagemaker, REQUEST, MINE)
    second = submit_once(sagemaker, REQUEST, MINE)

    assert first.decision is (Decision.ADOPT if lost else Decision.SUBMIT)
    assert second.decision is Decision.ADOPT
    assert list(sagemaker.jobs) == ["nightly-e4"]
    assert second.training_job_arn == first.training_job_arn


def test_a_retry_after_a_lost_result_submits_nothing(sagemaker):
    submit_once(sagemaker, REQUEST, MINE)
    sagemaker.jobs["nightly-e4"][0] = Status.COMPLETED

    assert submit_once(sagemaker, REQUEST, MINE).decision is Decision.FINISHED
    assert list(sagemaker.jobs) == ["nightly-e4"]


def test_each_failed_try_makes_a_generation(sagemaker):
    for name in ("nightly-e4", "nightly-e4-g2", "nightly-e4-g3"):
        assert submit_once(sagemaker, REQUEST, MINE).training_job_name == name
        sagemaker.jobs[name][0] = Status.FAILED


def test_a_stopping_job_is_waited_for(sagemaker):
    submit_once(sagemaker, REQUEST, MINE)
    sagemaker.jobs["nightly-e4"][0] = Status.STOPPING

    assert submit_once(sagemaker, REQUEST, MINE).training_job_name == "nightly-e4-g2"
    assert ("wait", "nightly-e4") in sagemaker.calls


def test_a_job_being_deleted_is_waited_for_and_its_name_used_again(sagemaker):
    submit_once(sagemaker, REQUEST, MINE)
    sagemaker.jobs["nightly-e4"][0] = Status.DELETING

    assert submit_once(sagemaker, REQUEST, MINE).decision is Decision.SUBMIT
    assert list(sagemaker.jobs) == ["nightly-e4"]


def test_a_job_that_vanishes_between_create_and_describe_is_created_again(sagemaker):
    submit_once(sagemaker, REQUEST, MINE)
    describe = sagemaker.describe_training_job

    def vanish(name, **keywords):
        sagemaker.jobs.clear()
        return describe(name, **keywords)

    sagemaker.describe_training_job = vanish

    assert submit_once(sagemaker, REQUEST, MINE).decision is Decision.SUBMIT


def test_a_foreign_job_is_an_error_that_names_its_owner(sagemaker):
    sagemaker.jobs["nightly-e4"] = [Status.IN_PROGRESS, FOREIGN]

    with pytest.raises(TrainingJobForeign, match=r"nightly-e4 .* team=other.*TrainingJobName") as raised:
        submit_once(sagemaker, REQUEST, MINE)
    assert not raised.value.retryable


def test_fail_says_that_adopting_is_possible(sagemaker):
    submit_once(sagemaker, REQUEST, MINE)

    with pytest.raises(TrainingJobForeign, match="action_if_job_exists='adopt'"):
        submit_once(sagemaker, REQUEST, MINE, adopt=False)
