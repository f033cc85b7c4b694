"""Every operation, asked by a real boto3 client over HTTP."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from endpoint_requests import AT_ONCE, FOR_EVER, create_request, timeline, unique, wait

from airflow_sm_training.local import LocalSageMaker


def refusal(call, **parameters):
    from botocore.exceptions import ClientError

    with pytest.raises(ClientError) as raised:
        call(**parameters)
    response = raised.value.response
    assert response["ResponseMetadata"]["RequestId"]
    return response["ResponseMetadata"]["HTTPStatusCode"], response["Error"]["Code"], response["Error"]["Message"]


def test_a_job_from_creation_to_completion(endpoint, client):
    before = datetime.now(UTC) - timedelta(seconds=1)
    request = create_request(
        endpoint,
        HyperParameters=timeline(
            {"secondary_status": "Starting", "seconds": 0.2},
            {"secondary_status": "Training", "seconds": 0.3, "metrics": {"acc": 0.5}, "progress": {"CurrentStep": 3}},
        ),
    )
    name = request["TrainingJobName"]
    assert client.create_training_job(**request)["TrainingJobArn"].endswith(f":training-job/{name}")
    assert client.describe_training_job(TrainingJobName=name)["SecondaryStatus"] == "Starting"
    described = wait(client, name)
    assert described["TrainingJobStatus"] == "Completed"
    assert before < described["CreationTime"] < described["TrainingStartTime"] < described["TrainingEndTime"]
    assert described["FinalMetricDataList"][0]["Value"] == 0.5
    assert described["TrainingTimeInSeconds"] == 1
    assert endpoint.requests["CreateTrainingJob"] == 1
    assert endpoint.requests["DescribeTrainingJob"] >= 2


def test_boto3s_own_waiter(endpoint, client):
    request = create_request(endpoint, HyperParameters=AT_ONCE)
    client.create_training_job(**request)
    waiter = client.get_waiter("training_job_completed_or_stopped")
    waiter.wait(TrainingJobName=request["TrainingJobName"], WaiterConfig={"Delay": 1, "MaxAttempts": 5})


def test_stop(endpoint, client):
    name = unique()
    client.create_training_job(**create_request(endpoint, name, HyperParameters=FOR_EVER))
    client.stop_training_job(TrainingJobName=name)
    assert client.describe_training_job(TrainingJobName=name)["TrainingJobStatus"] == "Stopping"
    assert wait(client, name)["SecondaryStatus"] == "Stopped"
    assert refusal(client.stop_training_job, TrainingJobName=name) == (
        400,
        "ValidationException",
        "The request was rejected because the training job is in status Stopped.",
    )


def test_errors_have_sagemakers_codes(endpoint, client):
    name = unique()
    not_found = (400, "ValidationException", "Requested resource not found.")
    assert refusal(client.describe_training_job, TrainingJobName=name) == not_found
    assert refusal(client.stop_training_job, TrainingJobName=name) == not_found
    assert refusal(client.delete_training_job, TrainingJobName=name)[:2] == (400, "ResourceNotFound")
    update = {"TrainingJobName": name, "ProfilerConfig": {"DisableProfiler": True}}
    assert refusal(client.update_training_job, **update)[:2] == (400, "ResourceNotFound")
    client.create_training_job(**create_request(endpoint, name, HyperParameters=FOR_EVER))
    status, code, message = refusal(client.create_training_job, **create_request(endpoint, name))
    assert (status, code) == (400, "ResourceInUse")
    assert message.startswith("Training job names must be unique within an AWS account and region")
    with pytest.raises(client.exceptions.ResourceInUse):
        client.delete_training_job(TrainingJobName=name)
    wrong = create_request(endpoint, "no_underscores")
    assert refusal(client.create_training_job, **wrong)[2].startswith(
        "1 validation error detected: Value 'no_underscores' at 'trainingJobName' failed to satisfy constraint"
    )


def test_update_delete_and_the_name_again(endpoint, client):
    name = unique()
    client.create_training_job(**create_request(endpoint, name, HyperParameters=FOR_EVER))
    client.update_training_job(TrainingJobName=name, RemoteDebugConfig={"EnableRemoteDebug": True})
    assert client.describe_training_job(TrainingJobName=name)["RemoteDebugConfig"] == {"EnableRemoteDebug": True}
    client.stop_training_job(TrainingJobName=name)
    wait(client, name)
    client.delete_training_job(TrainingJobName=name)
    described = client.describe_training_job(TrainingJobName=name)
    assert described["TrainingJobStatus"] == "Deleting"
    deadline = datetime.now(UTC) + timedelta(seconds=5)
    while datetime.now(UTC) < deadline:
        try:
            client.create_training_job(**create_request(endpoint, name, HyperParameters=AT_ONCE))
            break
        except client.exceptions.ResourceInUse:
            continue
    assert wait(client, name)["TrainingJobStatus"] == "Completed"


def test_paging_while_jobs_come(endpoint, client):
    prefix = unique("page")
    names = [f"{prefix}-{number}" for number in range(25)]
    for name in names:
        client.create_training_job(**create_request(endpoint, name, HyperParameters=FOR_EVER))
    found = []
    pages = client.get_paginator("list_training_jobs").paginate(NameContains=prefix, PaginationConfig={"PageSize": 4})
    for page in pages:
        found += [summary["TrainingJobName"] for summary in page["TrainingJobSummaries"]]
        client.create_training_job(**create_request(endpoint, unique(prefix), HyperParameters=FOR_EVER))
    assert found == names[::-1]


def test_list_by_time_of_last_change(endpoint, client):
    name = unique()
    client.create_training_job(**create_request(endpoint, name, HyperParameters=FOR_EVER))
    created = client.describe_training_job(TrainingJobName=name)["CreationTime"]
    recent = client.list_training_jobs(LastModifiedTimeAfter=created - timedelta(seconds=2), NameContains=name)
    assert [summary["SecondaryStatus"] for summary in recent["TrainingJobSummaries"]] == ["Training"]
    later = client.list_training_jobs(LastModifiedTimeAfter=created + timedelta(seconds=2), NameContains=name)
    assert later["TrainingJobSummaries"] == []


def test_tags(endpoint, client):
    request = create_request(endpoint, HyperParameters=FOR_EVER, Tags=[{"Key": "airflow:dag_id", "Value": "nightly"}])
    arn = client.create_training_job(**request)["TrainingJobArn"]
    client.add_tags(ResourceArn=arn, Tags=[{"Key": "team", "Value": "red"}])
    tags = [tag for page in client.get_paginator("list_tags").paginate(ResourceArn=arn) for tag in page["Tags"]]
    assert tags == [{"Key": "airflow:dag_id", "Value": "nightly"}, {"Key": "team", "Value": "red"}]
    client.delete_tags(ResourceArn=arn, TagKeys=["team"])
    assert [tag["Key"] for tag in client.list_tags(ResourceArn=arn)["Tags"]] == ["airflow:dag_id"]


def test_search(endpoint, client):
    tag = {"Key": "search", "Value": unique()}
    for accuracy in (0.8, 0.9, 0.7):
        steps = timeline({"secondary_status": "Training", "seconds": None, "metrics": {"acc": accuracy}})
        client.create_training_job(**create_request(endpoint, HyperParameters=steps, Tags=[tag]))
    found = []
    pages = client.get_paginator("search").paginate(
        Resource="TrainingJob",
        SearchExpression={
            "Filters": [
                {"Name": "Tags.search", "Operator": "Equals", "Value": tag["Value"]},
                {"Name": "Metrics.acc", "Operator": "GreaterThan", "Value": "0.75"},
            ]
        },
        SortBy="Metrics.acc",
        SortOrder="Descending",
        PaginationConfig={"PageSize": 1},
    )
    for page in pages:
        found += [result["TrainingJob"] for result in page["Results"]]
    assert [job["FinalMetricDataList"][0]["Value"] for job in found] == [0.9, 0.8]
    assert found[0]["Tags"] == [tag]


def test_regions_are_apart(endpoint, client):
    elsewhere = endpoint.client("sagemaker", region_name="eu-central-1")
    name = unique()
    arn = elsewhere.create_training_job(**create_request(endpoint, name, HyperParameters=FOR_EVER))["TrainingJobArn"]
    assert arn.startswith("arn:aws:sagemaker:eu-central-1:123456789012:")
    assert refusal(client.describe_training_job, TrainingJobName=name)[1] == "ValidationException"


def test_what_is_not_about_training_jobs_is_answered_by_moto(endpoint, client):
    image = {"PrimaryContainer": {"Image": "image"}, "ExecutionRoleArn": endpoint.role_arn}
    name = unique("model")
    arn = client.create_model(ModelName=name, **image)["ModelArn"]
    client.add_tags(ResourceArn=arn, Tags=[{"Key": "a", "Value": "b"}])
    assert client.list_tags(ResourceArn=arn)["Tags"] == [{"Key": "a", "Value": "b"}]
    assert name in [model["ModelName"] for model in client.list_models()["Models"]]


def test_script_interrupt_quota_and_a_timeline_for_all():
    steps = [{"secondary_status": "Training", "seconds": None}]
    with LocalSageMaker(timeline=steps, quotas={"ml.p4d.24xlarge": 0}) as endpoint:
        client = endpoint.client("sagemaker")
        resources = {"InstanceType": "ml.p4d.24xlarge", "InstanceCount": 1, "VolumeSizeInGB": 1}
        status, code, message = refusal(
            client.create_training_job, **create_request(endpoint, ResourceConfig=resources)
        )
        assert (status, code) == (400, "ResourceLimitExceeded")
        assert "'ml.p4d.24xlarge for training job usage' is 0 Instances" in message
        endpoint.script("quick-*", '[{"secondary_status": "Completed"}]')
        client.create_training_job(**create_request(endpoint, "quick-one"))
        assert client.describe_training_job(TrainingJobName="quick-one")["TrainingJobStatus"] == "Completed"
        client.create_training_job(
            **create_request(
                endpoint,
                "spot",
                EnableManagedSpotTraining=True,
                StoppingCondition={"MaxRuntimeInSeconds": 60, "MaxWaitTimeInSeconds": 60},
            )
        )
        endpoint.interrupt("spot")
        assert client.describe_training_job(TrainingJobName="spot")["SecondaryStatus"] == "Interrupted"
        client.close()
