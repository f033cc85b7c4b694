"""One job that really runs, from the request to the model in S3."""

from __future__ import annotations

import io
import tarfile
import time

from endpoint_requests import create_request, unique, wait

PROGRAM = (
    "import os, sys; print('hello from', os.environ['TRAINING_JOB_NAME']); "
    "[print(f'epoch={n} acc={n / 4};') for n in range(1, 4)]; "
    "open(os.path.join(os.environ['SM_MODEL_DIR'], 'weights'), 'w').write('weights')"
)


def algorithm(program, **more):
    return {
        "TrainingImage": "image",
        "TrainingInputMode": "File",
        "ContainerEntrypoint": ["python", "-c", program],
        **more,
    }


def test_a_program_runs_its_log_metrics_and_model_are_where_sagemaker_puts_them(endpoint, client):
    name = unique("real")
    metrics = [{"Name": "acc", "Regex": "acc=([0-9.]+);"}]
    client.create_training_job(
        **create_request(endpoint, name, AlgorithmSpecification=algorithm(PROGRAM, MetricDefinitions=metrics))
    )
    described = wait(client, name)
    assert described["TrainingJobStatus"] == "Completed", described.get("FailureReason")
    assert [(item["MetricName"], item["Value"]) for item in described["FinalMetricDataList"]] == [("acc", 0.75)]
    phases = [item["Status"] for item in described["SecondaryStatusTransitions"]]
    assert phases[0] == "Starting"
    assert phases[-3:] == ["Training", "Uploading", "Completed"]

    bucket, _, key = described["ModelArtifacts"]["S3ModelArtifacts"].removeprefix("s3://").partition("/")
    archive = endpoint.client("s3").get_object(Bucket=bucket, Key=key)["Body"].read()
    with tarfile.open(fileobj=io.BytesIO(archive)) as model:
        assert model.extractfile("weights").read() == b"weights"

    logs = endpoint.client("logs")
    group = "/aws/sagemaker/TrainingJobs"
    (stream,) = logs.describe_log_streams(logGroupName=group, logStreamNamePrefix=f"{name}/")["logStreams"]
    events = logs.get_log_events(logGroupName=group, logStreamName=stream["logStreamName"], startFromHead=True)[
        "events"
    ]
    assert [event["message"] for event in events] == [
        f"hello from {name}",
        "epoch=1 acc=0.25;",
        "epoch=2 acc=0.5;",
        "epoch=3 acc=0.75;",
    ]


def test_a_program_that_fails_is_an_algorithm_error(endpoint, client):
    name = unique("fails")
    program = algorithm("import sys; sys.exit(3)")
    client.create_training_job(**create_request(endpoint, name, AlgorithmSpecification=program))
    described = wait(client, name)
    assert described["TrainingJobStatus"] == "Failed"
    assert described["FailureReason"].startswith("AlgorithmError: ")


def test_a_stop_reaches_the_program(endpoint, client):
    name = unique("stopped")
    program = algorithm("import time; print('ready', flush=True); time.sleep(600)")
    client.create_training_job(**create_request(endpoint, name, AlgorithmSpecification=program))
    while client.describe_training_job(TrainingJobName=name)["SecondaryStatus"] != "Training":
        time.sleep(0.05)
    client.stop_training_job(TrainingJobName=name)
    assert client.describe_training_job(TrainingJobName=name)["TrainingJobStatus"] in ("Stopping", "Stopped")
    described = wait(client, name)
    assert (described["TrainingJobStatus"], described["SecondaryStatus"]) == ("Stopped", "Stopped")


def test_max_runtime_ends_the_program(endpoint, client):
    name = unique("long")
    program = algorithm("import time; time.sleep(600)")
    limit = {"MaxRuntimeInSeconds": 1}
    client.create_training_job(
        **create_request(endpoint, name, AlgorithmSpecification=program, StoppingCondition=limit)
    )
    described = wait(client, name)
    assert (described["TrainingJobStatus"], described["SecondaryStatus"]) == ("Stopped", "MaxRuntimeExceeded")


def test_a_spot_interruption_runs_the_program_again(endpoint, client):
    name = unique("spot")
    # The second run finds what the first left in the checkpoint directory, and ends.
    program = algorithm(
        "import os, sys, time; path = '/opt/ml/checkpoints/seen'; "
        "seen = os.path.exists(path); open(path, 'w').close(); "
        "print('second' if seen else 'first', flush=True); time.sleep(0 if seen else 600)"
    )
    client.create_training_job(
        **create_request(
            endpoint,
            name,
            AlgorithmSpecification=program,
            CheckpointConfig={"S3Uri": f"s3://{endpoint.bucket}/checkpoints/{name}"},
            EnableManagedSpotTraining=True,
            StoppingCondition={"MaxRuntimeInSeconds": 60, "MaxWaitTimeInSeconds": 60},
        )
    )
    logs = endpoint.client("logs")
    pattern = {"logGroupName": "/aws/sagemaker/TrainingJobs", "logStreamNamePrefix": name, "filterPattern": "first"}
    deadline = time.monotonic() + 20
    while not logs.filter_log_events(**pattern)["events"]:
        assert time.monotonic() < deadline
        time.sleep(0.1)
    endpoint.interrupt(name)
    described = wait(client, name)
    phases = [item["Status"] for item in described["SecondaryStatusTransitions"]]
    assert described["TrainingJobStatus"] == "Completed", described
    assert phases.count("Training") == 2
    assert "Interrupted" in phases


def test_boto3_in_a_job_finds_the_job_itself(endpoint, client):
    name = unique("asks")
    program = algorithm(
        "import boto3, os; sagemaker = boto3.client('sagemaker'); "
        "job = sagemaker.describe_training_job(TrainingJobName=os.environ['TRAINING_JOB_NAME']); "
        "assert job['TrainingJobStatus'] == 'InProgress', job"
    )
    client.create_training_job(**create_request(endpoint, name, AlgorithmSpecification=program))

    described = wait(client, name)
    assert described["TrainingJobStatus"] == "Completed", described.get("FailureReason")
