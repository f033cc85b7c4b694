from __future__ import annotations

import pytest

from airflow_sm_training.sagemaker.errors import TrainingJobForeign
from airflow_sm_training.sagemaker.naming import TaskInstanceIdentity
from airflow_sm_training.sagemaker.request import TrainingJobRequest
from airflow_sm_training.sagemaker.statuses import TrainingJobStatus as Status
from airflow_sm_training.sagemaker.submission import Decision, SubmissionProtocol, decide
from tests.unit.sagemaker.in_memory import InMemorySageMaker

MINE = TaskInstanceIdentity("dag", "task", "run", epoch=2)
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


def submit_once(sagemaker, request, identity, **options):
    return SubmissionProtocol(sagemaker, identity, **options).submit(request)


@pytest.fixture
def sagemaker():
    return InMemorySageMaker()


def test_a_fresh_task_makes_one_call(sagemaker):
    submission = submit_once(sagemaker, REQUEST, OLDER)

    assert sagemaker.calls == [("create", "nightly")]
    assert submission.decision is Decision.SUBMIT
    assert submission.training_job_arn.endswith("/nightly")


def test_the_job_carries_the_users_tags_and_the_owners(sagemaker):
    submit_once(sagemaker, REQUEST, MINE)

    assert sagemaker.jobs["nightly-e2"][1] == {"team": "vision", **MINE.tags()}


@pytest.mark.parametrize("lost", [True, False])
def test_a_retry_takes_up_the_running_job(sagemaker, lost):
    sagemaker.lose_next_response = lost
    first = submit_once(sagemaker, REQUEST, MINE)
    second = submit_once(sagemaker, REQUEST, MINE)

    assert first.decision is (Decision.ADOPT if lost else Decision.SUBMIT)
    assert second.decision is Decision.ADOPT
    assert list(sagemaker.jobs) == ["nightly-e2"]
    assert second.training_job_arn == first.training_job_arn


def test_a_retry_after_a_lost_result_submits_nothing(sagemaker):
    submit_once(sagemaker, REQUEST, MINE)
    sagemaker.jobs["nightly-e2"][0] = Status.COMPLETED

    assert submit_once(sagemaker, REQUEST, MINE).decision is Decision.FINISHED
    assert list(sagemaker.jobs) == ["nightly-e2"]


def test_each_failed_try_makes_a_generation(sagemaker):
    for name in ("nightly-e2", "nightly-e2-g2", "nightly-e2-g3"):
        assert submit_once(sagemaker, REQUEST, MINE).training_job_name == name
        sagemaker.jobs[name][0] = Status.FAILED


def test_a_stopping_job_is_waited_for(sagemaker):
    submit_once(sagemaker, REQUEST, MINE)
    sagemaker.jobs["nightly-e2"][0] = Status.STOPPING

    assert submit_once(sagemaker, REQUEST, MINE).training_job_name == "nightly-e2-g2"
    assert ("wait", "nightly-e2") in sagemaker.calls


def test_a_job_being_deleted_is_waited_for_and_its_name_used_again(sagemaker):
    submit_once(sagemaker, REQUEST, MINE)
    sagemaker.jobs["nightly-e2"][0] = Status.DELETING

    assert submit_once(sagemaker, REQUEST, MINE).decision is Decision.SUBMIT
    assert list(sagemaker.jobs) == ["nightly-e2"]


def test_a_job_that_vanishes_between_create_and_describe_is_created_again(sagemaker):
    submit_once(sagemaker, REQUEST, OLDER)
    describe = sagemaker.describe_training_job

    def vanish(name, **keywords):
        sagemaker.jobs.clear()
        return describe(name, **keywords)

    sagemaker.describe_training_job = vanish

    assert submit_once(sagemaker, REQUEST, OLDER).decision is Decision.SUBMIT


def test_a_foreign_job_is_an_error_that_names_its_owner(sagemaker):
    sagemaker.jobs["nightly-e2"] = [Status.IN_PROGRESS, FOREIGN]

    with pytest.raises(TrainingJobForeign, match=r"nightly-e2 .* team=other.*TrainingJobName") as raised:
        submit_once(sagemaker, REQUEST, MINE)
    assert not raised.value.retryable


def test_fail_says_that_adopting_is_possible(sagemaker):
    submit_once(sagemaker, REQUEST, MINE)

    with pytest.raises(TrainingJobForeign, match="action_if_job_exists='adopt'"):
        submit_once(sagemaker, REQUEST, MINE, adopt=False)


UNNAMED = TrainingJobRequest({"Tags": [{"Key": "team", "Value": "vision"}]})


@pytest.mark.parametrize("request_", [REQUEST, UNNAMED], ids=["own name", "derived name"])
@pytest.mark.parametrize("generations", [1, 3])
def test_a_job_of_an_older_epoch_is_stopped_before_the_new_one_is_submitted(sagemaker, request_, generations):
    warnings = []
    for _ in range(generations):
        old = submit_once(sagemaker, request_, OLDER).training_job_name
        if _ < generations - 1:
            sagemaker.jobs[old][0] = Status.FAILED
    sagemaker.calls.clear()

    new = submit_once(sagemaker, request_, MINE, warn=warnings.append).training_job_name

    assert sagemaker.jobs[old][0] == Status.STOPPED
    assert sagemaker.jobs[new][0] == Status.IN_PROGRESS
    assert sagemaker.calls.index(("stop", old)) < sagemaker.calls.index(("create", new))
    assert [call for call in sagemaker.calls if call[0] == "stop"] == [("stop", old)]
    assert old in warnings[0]


def test_a_foreign_job_is_never_stopped(sagemaker):
    sagemaker.jobs["nightly"] = [Status.IN_PROGRESS, FOREIGN]

    submit_once(sagemaker, REQUEST, MINE)

    assert sagemaker.jobs["nightly"][0] == Status.IN_PROGRESS


def test_without_permission_to_tag_the_job_is_bought_once_and_said_so_once(sagemaker):
    sagemaker.may_tag, warnings = False, []
    untagged = TrainingJobRequest({})

    first = submit_once(sagemaker, untagged, OLDER, warn=warnings.append)
    second = submit_once(sagemaker, untagged, OLDER, warn=warnings.append)

    assert (first.training_job_name, first.decision) == (second.training_job_name, Decision.SUBMIT)
    assert second.decision is Decision.ADOPT
    assert len(sagemaker.jobs) == 1
    assert len(warnings) == 1
    assert "sagemaker:AddTags" in warnings[0]


def test_without_permission_to_read_tags_a_derived_name_says_whose_the_job_is(sagemaker):
    sagemaker.may_read_tags = False
    submit_once(sagemaker, UNNAMED, OLDER)

    assert submit_once(sagemaker, UNNAMED, OLDER).decision is Decision.ADOPT


def test_without_tags_a_name_of_the_users_own_is_neither_adopted_nor_bought_again(sagemaker):
    sagemaker.may_read_tags = False
    submit_once(sagemaker, REQUEST, OLDER)

    with pytest.raises(TrainingJobForeign, match="no tags that can be read"):
        submit_once(sagemaker, REQUEST, OLDER)
    assert len(sagemaker.jobs) == 1


def test_whoever_kills_the_task_knows_the_name_before_it_is_tried(sagemaker):
    names = []

    def about_to_create(name):
        assert name not in sagemaker.jobs
        names.append(name)

    submit_once(sagemaker, REQUEST, OLDER, about_to_create=about_to_create)
    assert names == ["nightly"]
