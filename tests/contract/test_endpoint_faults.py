"""What a client sees of each fault."""

from __future__ import annotations

import json
import time

import pytest
from endpoint_requests import FOR_EVER, create_request, http, unique

from airflow_sm_training.local import Fault, LocalSageMaker


@pytest.fixture
def impatient(endpoint):
    """A client that does not retry: it shows what the endpoint really did."""
    import boto3
    from botocore.config import Config

    def make(service):
        return boto3.session.Session("test", "test", region_name="us-east-1").client(
            service, endpoint_url=endpoint.endpoint_url, config=Config(retries={"total_max_attempts": 1})
        )

    return make


def code(call, **parameters):
    from botocore.exceptions import ClientError

    with pytest.raises(ClientError) as raised:
        call(**parameters)
    response = raised.value.response
    return response["ResponseMetadata"]["HTTPStatusCode"], response["Error"]["Code"]


@pytest.mark.parametrize(
    ("fault", "status", "error_code"),
    [
        (Fault("throttle"), 400, "ThrottlingException"),
        (Fault("server_error"), 500, "InternalFailure"),
        (Fault("server_error", status=503), 503, "ServiceUnavailable"),
        (Fault("deny"), 400, "AccessDeniedException"),
    ],
)
def test_refusals(endpoint, impatient, fault, status, error_code):
    endpoint.faults.add(fault)
    assert code(impatient("sagemaker").list_training_jobs) == (status, error_code)


@pytest.mark.parametrize(
    ("service", "operation", "fault", "expected"),
    [
        ("s3", "ListBuckets", Fault("throttle", operations=["s3:*"]), (503, "SlowDown")),
        ("s3", "ListBuckets", Fault("deny", operations=["s3:ListBuckets"]), (403, "AccessDenied")),
        ("sts", "GetCallerIdentity", Fault("throttle", operations=["sts:Get*"]), (400, "Throttling")),
        ("logs", "DescribeLogGroups", Fault("throttle", operations=["logs:*"]), (400, "ThrottlingException")),
    ],
)
def test_what_moto_answers_obeys_in_the_services_own_words(endpoint, impatient, *, service, operation, fault, expected):
    from botocore import xform_name

    endpoint.faults.add(fault)
    assert code(getattr(impatient(service), xform_name(operation))) == expected
    assert endpoint.requests[f"{service}:{operation}"] == 1
    assert impatient("sagemaker").list_training_jobs()["TrainingJobSummaries"] is not None


def test_boto3_retries_a_throttled_request_by_itself(endpoint, client):
    endpoint.faults.add(Fault("throttle", operations=["ListTrainingJobs"], times=2))
    client.list_training_jobs()
    assert endpoint.requests["ListTrainingJobs"] == 3


def test_a_reset_connection_was_not_handled(endpoint, impatient):
    from botocore.exceptions import ConnectionClosedError

    name = unique()
    endpoint.faults.add(Fault("reset", operations=["CreateTrainingJob"], times=1))
    client = impatient("sagemaker")
    with pytest.raises(ConnectionClosedError):
        client.create_training_job(**create_request(endpoint, name, HyperParameters=FOR_EVER))
    assert code(client.describe_training_job, TrainingJobName=name) == (400, "ValidationException")


def test_a_lost_response_was_handled(endpoint, impatient):
    from botocore.exceptions import ConnectionClosedError

    name = unique()
    endpoint.faults.add(Fault("lose_response", operations=["CreateTrainingJob"], times=1))
    client = impatient("sagemaker")
    with pytest.raises(ConnectionClosedError):
        client.create_training_job(**create_request(endpoint, name, HyperParameters=FOR_EVER))
    assert client.describe_training_job(TrainingJobName=name)["TrainingJobStatus"] == "InProgress"


def test_a_lost_response_of_moto_was_handled(endpoint, impatient):
    from botocore.exceptions import ConnectionClosedError

    key = unique()
    endpoint.faults.add(Fault("lose_response", operations=["s3:PutObject"], times=1))
    s3 = impatient("s3")
    with pytest.raises(ConnectionClosedError):
        s3.put_object(Bucket=endpoint.bucket, Key=key, Body=b"here")
    assert s3.get_object(Bucket=endpoint.bucket, Key=key)["Body"].read() == b"here"


def test_latency(endpoint, impatient):
    endpoint.faults.add(Fault("latency", seconds=0.5, times=1))
    client = impatient("sagemaker")
    started = time.monotonic()
    client.list_training_jobs()
    assert 0.5 <= time.monotonic() - started < 3
    started = time.monotonic()
    client.list_training_jobs()
    assert time.monotonic() - started < 0.5


def test_faults_given_at_the_start():
    with LocalSageMaker(faults=[Fault("deny", operations=["Search"], times=1)]) as endpoint:
        client = endpoint.client("sagemaker")
        assert code(client.search, Resource="TrainingJob") == (400, "AccessDeniedException")
        assert client.search(Resource="TrainingJob")["Results"] == []
        client.close()


class TestOverHttp:
    @pytest.fixture
    def url(self, endpoint):
        return f"{endpoint.endpoint_url}/_local/faults"

    def test_put_get_and_delete(self, endpoint, impatient, url):
        fault = {"kind": "throttle", "operations": ["ListTrainingJobs"], "times": 1}
        status, body = http("PUT", url, json.dumps([fault]).encode())
        assert status == 200
        assert json.loads(body)[0].items() >= fault.items()
        assert json.loads(http("GET", url)[1]) == json.loads(body)
        assert code(impatient("sagemaker").list_training_jobs)[1] == "ThrottlingException"
        assert json.loads(http("GET", url)[1]) == []
        http("PUT", url, json.dumps(fault).encode())
        assert http("DELETE", url) == (200, b"[]")
        impatient("sagemaker").list_training_jobs()

    def test_what_is_wrong_is_named_and_nothing_changes(self, endpoint, url):
        endpoint.faults.add(Fault("latency", seconds=0))
        status, body = http("PUT", url, b'[{"kind": "throttle", "rate": 7}]')
        assert status == 400
        assert json.loads(body)["message"] == "fault 0: rate is 7: a number from 0 to 1 is needed"
        assert len(endpoint.faults.in_force()) == 1

    def test_other_methods(self, url):
        assert http("POST", url, b"")[0] == 405
