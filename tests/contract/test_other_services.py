"""S3, CloudWatch Logs, IAM and STS through the endpoint's port: nothing on the way changes a byte."""

from __future__ import annotations

import gzip
import http.client
import io
import os
import time

import pytest
from endpoint_requests import FOR_EVER, SIGNED, create_request, unique
from endpoint_requests import http as ask


@pytest.fixture
def s3(endpoint):
    client = endpoint.client("s3")
    yield client
    client.close()


def test_an_object_comes_back_as_it_was(endpoint, s3):
    key = f"a b/ü+%25=&?{unique()}"
    body = os.urandom(100_000)
    s3.put_object(Bucket=endpoint.bucket, Key=key, Body=body, Metadata={"owner": "me"})
    answer = s3.get_object(Bucket=endpoint.bucket, Key=key)
    assert answer["Body"].read() == body
    assert answer["Metadata"] == {"owner": "me"}
    head = s3.head_object(Bucket=endpoint.bucket, Key=key)
    assert head["ContentLength"] == len(body)
    assert s3.get_object(Bucket=endpoint.bucket, Key=key, Range="bytes=10-19")["Body"].read() == body[10:20]
    assert endpoint.requests["s3:PutObject"] == 1
    assert endpoint.requests["s3:HeadObject"] == 1


def test_a_compressed_object_stays_compressed(endpoint, s3):
    body = gzip.compress(b"text" * 1000)
    s3.put_object(Bucket=endpoint.bucket, Key="text.gz", Body=body, ContentEncoding="gzip")
    answer = s3.get_object(Bucket=endpoint.bucket, Key="text.gz")
    assert answer["ContentEncoding"] == "gzip"
    assert answer["Body"].read() == body


def test_a_multipart_upload_of_20_mb(endpoint, s3):
    body = os.urandom(1 << 20) * 20
    s3.upload_fileobj(io.BytesIO(body), endpoint.bucket, "large")
    assert endpoint.requests["s3:UploadPart"] >= 2
    target = io.BytesIO()
    s3.download_fileobj(endpoint.bucket, "large", target)
    assert target.getvalue() == body


def test_a_body_of_unknown_length(endpoint, s3):
    class Stream(io.RawIOBase):
        def __init__(self):
            self.parts = [b"one ", b"two"]

        def readable(self):
            return True

        def readinto(self, buffer):
            part = self.parts.pop(0) if self.parts else b""
            buffer[: len(part)] = part
            return len(part)

    s3.upload_fileobj(Stream(), endpoint.bucket, "streamed")
    assert s3.get_object(Bucket=endpoint.bucket, Key="streamed")["Body"].read() == b"one two"


def test_a_chunked_body(endpoint, s3):
    connection = http.client.HTTPConnection(endpoint.endpoint_url.removeprefix("http://"), timeout=30)
    headers = {"Authorization": SIGNED["Authorization"].replace("/sagemaker/", "/s3/"), "Transfer-Encoding": "chunked"}
    body = iter([b"one ", b"two"])
    connection.request("PUT", f"/{endpoint.bucket}/chunked", body=body, headers=headers, encode_chunked=True)
    assert connection.getresponse().status == 200
    connection.close()
    assert s3.get_object(Bucket=endpoint.bucket, Key="chunked")["Body"].read() == b"one two"


def test_an_empty_object_a_missing_one_and_a_deletion(endpoint, s3):
    s3.put_object(Bucket=endpoint.bucket, Key="empty", Body=b"")
    assert s3.head_object(Bucket=endpoint.bucket, Key="empty")["ContentLength"] == 0
    s3.delete_object(Bucket=endpoint.bucket, Key="empty")
    with pytest.raises(s3.exceptions.ClientError, match="404"):
        s3.head_object(Bucket=endpoint.bucket, Key="empty")
    with pytest.raises(s3.exceptions.NoSuchKey):
        s3.get_object(Bucket=endpoint.bucket, Key="empty")


def test_a_presigned_address_needs_no_headers(endpoint, s3):
    s3.put_object(Bucket=endpoint.bucket, Key="shared", Body=b"text")
    url = s3.generate_presigned_url("get_object", Params={"Bucket": endpoint.bucket, "Key": "shared"})
    assert ask("GET", url) == (200, b"text")


def test_logs(endpoint):
    logs = endpoint.client("logs")
    group = f"/aws/sagemaker/{unique()}"
    logs.create_log_group(logGroupName=group)
    logs.create_log_stream(logGroupName=group, logStreamName="algo-1")
    now = int(time.time() * 1000) - 1000
    events = [{"timestamp": now + number, "message": f"line {number}"} for number in range(3)]
    logs.put_log_events(logGroupName=group, logStreamName="algo-1", logEvents=events)
    found = logs.get_log_events(logGroupName=group, logStreamName="algo-1", startFromHead=True)["events"]
    assert [event["message"] for event in found] == ["line 0", "line 1", "line 2"]
    assert endpoint.requests["logs:PutLogEvents"] == 1


def test_iam_and_sts(endpoint):
    role = endpoint.client("iam").get_role(RoleName="SageMakerExecutionRole")["Role"]
    assert role["Arn"] == endpoint.role_arn
    sts = endpoint.client("sts")
    assert sts.get_caller_identity()["Account"] == "123456789012"
    assumed = sts.assume_role(RoleArn=endpoint.role_arn, RoleSessionName="session")
    assert assumed["Credentials"]["AccessKeyId"]
    assert endpoint.requests["sts:AssumeRole"] == 1


async def test_aiobotocore(endpoint):
    from aiobotocore.session import get_session

    settings = {
        "endpoint_url": endpoint.endpoint_url,
        "region_name": "us-east-1",
        "aws_access_key_id": "test",
        "aws_secret_access_key": "test",
    }
    name = unique()
    async with get_session().create_client("sagemaker", **settings) as sagemaker:
        await sagemaker.create_training_job(**create_request(endpoint, name, HyperParameters=FOR_EVER))
        described = await sagemaker.describe_training_job(TrainingJobName=name)
        assert described["TrainingJobStatus"] == "InProgress"
        await sagemaker.stop_training_job(TrainingJobName=name)
    async with get_session().create_client("s3", **settings) as s3:
        await s3.put_object(Bucket=endpoint.bucket, Key="async", Body=b"text")
        answer = await s3.get_object(Bucket=endpoint.bucket, Key="async")
        assert await answer["Body"].read() == b"text"


def test_log_events_of_one_job_are_found_by_prefix(endpoint):
    logs = endpoint.client("logs")
    group = "/by/prefix"
    logs.create_log_group(logGroupName=group)
    for stream in ("one/algo-1", "one/algo-2", "one-more/algo-1"):
        logs.create_log_stream(logGroupName=group, logStreamName=stream)
        event = {"timestamp": int(time.time() * 1000), "message": stream}
        logs.put_log_events(logGroupName=group, logStreamName=stream, logEvents=[event])

    def found(prefix, **arguments):
        events = logs.filter_log_events(logGroupName=group, logStreamNamePrefix=prefix, **arguments)["events"]
        return sorted(event["message"] for event in events)

    assert found("one/") == ["one/algo-1", "one/algo-2"]
    assert found("one") == ["one-more/algo-1", "one/algo-1", "one/algo-2"]
    assert found("none") == []
    with pytest.raises(logs.exceptions.ResourceNotFoundException):
        logs.filter_log_events(logGroupName="/no/group", logStreamNamePrefix="one")
