from __future__ import annotations

import pytest
from local_world import REGION, START, World, create_request, resources, steps

PLAN = "arn:aws:sagemaker:us-east-1:123456789012:training-plan/plan-of-the-team"


@pytest.fixture
def three(world):
    """b (oldest), c, a, ten seconds apart; all still Starting or Training at the end."""
    for name in ("b", "c", "a"):
        world.create(name)
        world.now += 10
    return world


@pytest.mark.parametrize(
    ("order", "names"),
    [
        ({}, ["a", "c", "b"]),
        ({"SortOrder": "Ascending"}, ["b", "c", "a"]),
        ({"SortBy": "CreationTime"}, ["b", "c", "a"]),
        ({"SortBy": "Name"}, ["a", "b", "c"]),
        ({"SortBy": "Name", "SortOrder": "Descending"}, ["c", "b", "a"]),
    ],
)
def test_order(three, order, names):
    assert three.list_names(**order) == names


@pytest.mark.parametrize(
    ("filters", "names"),
    [
        ({"NameContains": "b"}, {"b"}),
        ({"NameContains": "x"}, set()),
        ({"CreationTimeAfter": START + 5}, {"c", "a"}),
        ({"CreationTimeBefore": START + 15}, {"b", "c"}),
        ({"CreationTimeAfter": START, "CreationTimeBefore": START + 20}, {"c"}),
        ({"LastModifiedTimeAfter": START + 19}, {"c", "a"}),
        ({"LastModifiedTimeAfter": START + 20}, {"a"}),
        ({"LastModifiedTimeBefore": START + 15}, {"b"}),
        ({"StatusEquals": "InProgress"}, {"a", "b", "c"}),
        ({"StatusEquals": "Completed"}, set()),
        ({"WarmPoolStatusEquals": "InUse"}, set()),
        ({"TrainingPlanArnEquals": PLAN}, set()),
    ],
)
def test_filters(three, filters, names):
    # b began to train at 10 s, c at 20 s, a at 30 s: which is when they were last modified
    assert set(three.list_names(**filters)) == names


def test_warm_pool_and_training_plan_filters_find(world):
    world.create("pool", ResourceConfig=resources(KeepAlivePeriodInSeconds=60))
    world.create("plan", ResourceConfig=resources(TrainingPlanArn=PLAN))
    assert world.list_names(WarmPoolStatusEquals="InUse") == ["pool"]
    assert world.list_names(TrainingPlanArnEquals=PLAN) == ["plan"]


def test_sort_by_status(world):
    world.create("stopped")
    world.call("StopTrainingJob", TrainingJobName="stopped")
    world.now += 2
    world.create("running")
    assert world.list_names(SortBy="Status") == ["running", "stopped"]


def test_summaries_carry_both_statuses_and_times(world):
    world.create("job")
    world.now += 100
    (summary,) = world.call("ListTrainingJobs")["TrainingJobSummaries"]
    assert summary == {
        "TrainingJobName": "job",
        "TrainingJobArn": "arn:aws:sagemaker:us-east-1:123456789012:training-job/job",
        "CreationTime": START,
        "TrainingEndTime": START + 60,
        "LastModifiedTime": START + 60,
        "TrainingJobStatus": "Completed",
        "SecondaryStatus": "Completed",
    }


def pages(world, operation="ListTrainingJobs", key="TrainingJobSummaries", between=lambda: None, **body):
    token, found = {}, []
    while token is not None:
        answer = world.call(operation, **body, **token)
        found.append([item.get("TrainingJob", item)["TrainingJobName"] for item in answer[key]])
        token = {"NextToken": answer["NextToken"]} if "NextToken" in answer else None
        between()
    return found


def test_a_page_has_ten_jobs_unless_asked(world):
    for number in range(25):
        world.create(f"job-{number}")
    assert [len(page) for page in pages(world)] == [10, 10, 5]
    assert [len(page) for page in pages(world, MaxResults=100)] == [25]


@pytest.mark.parametrize("sort_by", ["Name", "CreationTime", "Status"])
def test_pages_stay_right_while_jobs_come_change_and_go(world, sort_by):
    for number in range(9):
        world.create(f"job-{number}")
    world.now += 60  # all completed
    world.call("DeleteTrainingJob", TrainingJobName="job-4")
    fresh = iter(range(100))

    def change():
        world.now += 1
        world.create(f"fresh-{next(fresh)}")

    found = [name for page in pages(world, between=change, MaxResults=2, SortBy=sort_by) for name in page]
    assert len(found) == len(set(found))
    assert {f"job-{number}" for number in range(9) if number != 4} <= set(found)
    assert not any(name.startswith("fresh") for name in found)


def test_a_job_that_went_between_two_pages_is_not_on_the_second(world):
    for name in ("a", "b", "c"):
        world.create(name)
    world.now += 60
    token = world.call("ListTrainingJobs", MaxResults=1, SortBy="Name")["NextToken"]
    world.call("DeleteTrainingJob", TrainingJobName="b")
    world.now += 1
    assert world.list_names(NextToken=token, MaxResults=5, SortBy="Name") == ["c"]


def test_status_and_page_size_together_filter_the_page_after_it_was_cut(world):
    for number in range(6):
        world.create(f"job-{number}")
    world.call("StopTrainingJob", TrainingJobName="job-0")
    world.now += 2
    assert pages(world, MaxResults=2, StatusEquals="Stopped") == [[], [], ["job-0"]]
    assert pages(world, StatusEquals="Stopped") == [["job-0"]]


@pytest.mark.parametrize("token", ["nonsense", "bm9uc2Vuc2U=", "YWFhOjM="])
def test_a_token_that_is_not_ours_is_refused(world, token):
    assert world.error("ListTrainingJobs", NextToken=token).code == "ValidationException"


def test_a_token_belongs_to_its_question(world):
    for number in range(3):
        world.create(f"job-{number}")
    token = world.call("ListTrainingJobs", MaxResults=1)["NextToken"]
    assert world.error("ListTrainingJobs", NextToken=token, NameContains="job").code == "ValidationException"
    # the page size may change, and a page may be asked for twice
    assert len(world.call("ListTrainingJobs", NextToken=token, MaxResults=2)["TrainingJobSummaries"]) == 2
    assert len(world.call("ListTrainingJobs", NextToken=token)["TrainingJobSummaries"]) == 2


def test_a_poll_for_changes_looks_only_at_what_changed(monkeypatch):
    world = World(timeline=steps(("Training", None)))
    for number in range(2000):
        world.create(f"job-{number}")
    world.now += 10
    world.call("StopTrainingJob", TrainingJobName="job-7")
    looked_at = []
    index = world.store._index(REGION)
    is_current = index._is_current
    monkeypatch.setattr(index, "_is_current", lambda entry: looked_at.append(entry) or is_current(entry))
    monkeypatch.setattr(world.store, "jobs", None)
    assert world.list_names(LastModifiedTimeAfter=START + 5) == ["job-7"]
    assert len(looked_at) == 1


def test_the_index_forgets_what_is_void(world):
    for number in range(50):
        world.create(f"job-{number}")
    for _ in range(100):
        world.now += 1
        for number in range(50):
            world.store.touch(world.store.get(REGION, f"job-{number}"), world.now)
    assert len(world.store._index(REGION)._entries) <= 2 * 50 + 65
    assert len(world.list_names(LastModifiedTimeAfter=world.now - 1, MaxResults=100)) == 50


def test_regions_do_not_see_one_another(world):
    world.create("job")
    arn = world.create("job", region_name="eu-west-1")
    assert arn == "arn:aws:sagemaker:eu-west-1:123456789012:training-job/job"
    assert world.create("job", region_name="cn-north-1").startswith("arn:aws-cn:")
    assert world.create("job", region_name="us-gov-west-1").startswith("arn:aws-us-gov:")
    assert world.list_names() == ["job"]
    assert world.call("ListTrainingJobs", "ap-south-1")["TrainingJobSummaries"] == []
    assert world.error("CreateTrainingJob", **create_request("job")).code == "ResourceInUse"
