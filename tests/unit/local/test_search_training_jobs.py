from __future__ import annotations

import pytest
from local_world import START, World
from test_list_training_jobs import pages


def channel(name, prefix):
    source = {"S3DataType": "S3Prefix", "S3Uri": f"s3://bucket/{prefix}"}
    return {"ChannelName": name, "DataSource": {"S3DataSource": source}}


@pytest.fixture
def jobs():
    world = World()
    accuracies = {"low": 0.5, "high": 0.95}
    from airflow_sm_training.local.timeline import Step, Timeline

    for name, accuracy in accuracies.items():
        world.scripts.add(name, Timeline([Step("Training", 5, metrics={"val:accuracy": accuracy})]))
    world.scripts.add("bare", Timeline([Step("Training", None)]))
    world.create(
        "low",
        HyperParameters={"learning_rate": "0.3", "optimizer": "sgd"},
        InputDataConfig=[channel("train", "cats"), channel("test", "dogs")],
        Tags=[{"Key": "team", "Value": "red"}],
        EnableManagedSpotTraining=True,
        StoppingCondition={"MaxRuntimeInSeconds": 10, "MaxWaitTimeInSeconds": 20},
    )
    world.now += 10
    world.create(
        "high",
        HyperParameters={"learning_rate": "3.7", "optimizer": "adam"},
        InputDataConfig=[channel("train", "dogs"), channel("test", "cats")],
        Tags=[{"Key": "team", "Value": "blue"}, {"Key": "airflow:dag_id", "Value": "dag.one"}],
        ResourceConfig={"InstanceType": "ml.m5.xlarge", "InstanceCount": 4, "VolumeSizeInGB": 1},
    )
    world.now += 10
    world.create("bare")
    return world


@pytest.mark.parametrize(
    ("name", "operator", "value", "names"),
    [
        ("TrainingJobName", None, "low", {"low"}),
        ("TrainingJobName", "Equals", "lo", set()),
        ("TrainingJobName", "NotEquals", "low", {"high", "bare"}),
        ("TrainingJobName", "Contains", "ow", {"low"}),
        ("TrainingJobName", "In", "low, bare,other", {"low", "bare"}),
        ("TrainingJobStatus", "Equals", "InProgress", {"bare"}),
        ("SecondaryStatus", "Equals", "Completed", {"low", "high"}),
        ("Metrics.val:accuracy", "GreaterThan", "0.9", {"high"}),
        ("Metrics.val:accuracy", "GreaterThanOrEqualTo", "0.5", {"low", "high"}),
        ("Metrics.val:accuracy", "Exists", None, {"low", "high"}),
        ("Metrics.val:accuracy", "NotExists", None, {"bare"}),
        ("HyperParameters.learning_rate", "LessThan", "0.5", {"low"}),
        # an integer makes the hyperparameters integers, too: 3.7 counts as 3
        ("HyperParameters.learning_rate", "LessThanOrEqualTo", "3", {"low", "high"}),
        ("HyperParameters.learning_rate", "LessThanOrEqualTo", "3.0", {"low"}),
        ("HyperParameters.optimizer", "GreaterThan", "1", set()),
        ("HyperParameters.optimizer", "Equals", "adam", {"high"}),
        ("Tags.team", "Equals", "red", {"low"}),
        ("Tags.airflow:dag_id", "Equals", "dag.one", {"high"}),
        ("Tags.team", "NotExists", None, {"bare"}),
        ("ResourceConfig.InstanceCount", "GreaterThan", "1", {"high"}),
        ("ResourceConfig.InstanceCount", "Equals", "1", {"low", "bare"}),
        ("EnableManagedSpotTraining", "Equals", "true", {"low"}),
        ("InputDataConfig.DataSource.S3DataSource.S3Uri", "Contains", "cats", {"low", "high"}),
        ("CreationTime", "GreaterThan", str(START + 5), {"high", "bare"}),
        ("CreationTime", "LessThanOrEqualTo", "2027-01-15T08:00:00Z", {"low"}),
        ("CreationTime", "LessThanOrEqualTo", "2027-01-15T09:00:00+01:00", {"low"}),
        ("InputDataConfig", "Exists", None, {"low", "high"}),
    ],
)
def test_filters(jobs, name, operator, value, names):
    jobs.now += 5
    item = {"Name": name, "Operator": operator, "Value": value}
    assert set(jobs.search_names({key: part for key, part in item.items() if part is not None})) == names


@pytest.mark.parametrize(
    ("expression", "names"),
    [
        ({}, {"low", "high", "bare"}),
        (
            {"Filters": [{"Name": "Tags.team", "Operator": "Exists"}, {"Name": "TrainingJobName", "Value": "low"}]},
            {"low"},
        ),
        (
            {
                "Operator": "Or",
                "Filters": [{"Name": "TrainingJobName", "Value": "low"}, {"Name": "TrainingJobName", "Value": "bare"}],
            },
            {"low", "bare"},
        ),
        (
            {
                "SubExpressions": [
                    {"Operator": "Or", "Filters": [{"Name": "Tags.team", "Value": t} for t in ("red", "blue")]},
                    {"Filters": [{"Name": "HyperParameters.optimizer", "Value": "adam"}]},
                ]
            },
            {"high"},
        ),
        (
            {
                "NestedFilters": [
                    {
                        "NestedPropertyName": "InputDataConfig",
                        "Filters": [
                            {"Name": "InputDataConfig.ChannelName", "Value": "train"},
                            {
                                "Name": "InputDataConfig.DataSource.S3DataSource.S3Uri",
                                "Operator": "Contains",
                                "Value": "cats",
                            },
                        ],
                    }
                ]
            },
            {"low"},
        ),
    ],
)
def test_expressions(jobs, expression, names):
    assert set(jobs.search_names(SearchExpression=expression)) == names


@pytest.mark.parametrize(
    ("item", "message"),
    [
        ({"Name": "Colour", "Value": "red"}, "Unknown property name: Colour"),
        ({"Name": "ResourceConfig.Colour", "Value": "red"}, "Unknown property name: ResourceConfig.Colour"),
        ({"Name": "TrainingJobName", "Operator": "GreaterThan", "Value": "a"}, "not supported for text property"),
        ({"Name": "ResourceConfig.InstanceCount", "Operator": "Contains", "Value": "1"}, "only supported for text"),
        ({"Name": "ResourceConfig.InstanceCount", "Value": "many"}, "is not a number"),
        ({"Name": "HyperParameters.lr", "Operator": "LessThan", "Value": "small"}, "is not a number"),
        ({"Name": "CreationTime", "Operator": "LessThan", "Value": "yesterday"}, "is not a valid timestamp"),
        ({"Name": "TrainingJobName", "Operator": "Equals"}, "Value is required"),
    ],
)
def test_an_expression_that_means_nothing_is_refused(jobs, item, message):
    error = jobs.error("Search", Resource="TrainingJob", SearchExpression={"Filters": [item]})
    assert error.code == "ValidationException"
    assert message in error.message


def test_contains_may_be_used_once(jobs):
    filters = [{"Name": "TrainingJobName", "Operator": "Contains", "Value": value} for value in "lo"]
    error = jobs.error("Search", Resource="TrainingJob", SearchExpression={"Filters": filters})
    assert error.message == "'CONTAINS' operator usage limit of 1 exceeded."


@pytest.mark.parametrize(
    ("order", "names"),
    [
        ({}, ["bare", "high", "low"]),  # the latest change first
        ({"SortBy": "CreationTime", "SortOrder": "Ascending"}, ["low", "high", "bare"]),
        ({"SortBy": "Metrics.val:accuracy"}, ["high", "low", "bare"]),
        ({"SortBy": "Metrics.val:accuracy", "SortOrder": "Ascending"}, ["low", "high", "bare"]),
        ({"SortBy": "TrainingJobName", "SortOrder": "Ascending"}, ["bare", "high", "low"]),
    ],
)
def test_order(jobs, order, names):
    assert jobs.search_names(**order) == names


def test_results_are_whole_jobs_with_tags_and_a_total(jobs):
    answer = jobs.call("Search", Resource="TrainingJob", MaxResults=1, SortBy="TrainingJobName")
    assert answer["TotalHits"] == {"Value": 3, "Relation": "EqualTo"}
    record = answer["Results"][0]["TrainingJob"]
    assert record["Tags"] == [{"Key": "team", "Value": "red"}]
    assert record["HyperParameters"]["optimizer"] == "sgd"
    assert record["SecondaryStatusTransitions"][0]["Status"] == "Training"


def test_pages(jobs):
    found = pages(jobs, "Search", "Results", Resource="TrainingJob", MaxResults=2, SortBy="TrainingJobName")
    assert found == [["low", "high"], ["bare"]]
