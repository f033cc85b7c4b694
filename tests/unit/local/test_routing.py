from __future__ import annotations

import pytest

from airflow_sm_training.local.http.gateway import is_loopback_name
from airflow_sm_training.local.http.routing import identify, with_form, without_signature


def signed(service, region="eu-west-1"):
    scope = f"AKIA/20260101/{region}/{service}/aws4_request"
    return {"Authorization": f"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=0"}


@pytest.mark.parametrize(
    ("method", "path", "service", "extra", "name"),
    [
        ("POST", "/", "sagemaker", {"X-Amz-Target": "SageMaker.StopTrainingJob"}, "StopTrainingJob"),
        ("POST", "/", "logs", {"X-Amz-Target": "Logs_20140328.GetLogEvents"}, "logs:GetLogEvents"),
        ("POST", "/service/Monitoring/operation/PutMetricData", "monitoring", {}, "monitoring:PutMetricData"),
        ("GET", "/?Action=GetCallerIdentity", "sts", {}, "sts:GetCallerIdentity"),
        ("GET", "/", "s3", {}, "s3:ListBuckets"),
        ("PUT", "/bucket", "s3", {}, "s3:CreateBucket"),
        ("GET", "/bucket?list-type=2&prefix=a%2Fb", "s3", {}, "s3:ListObjectsV2"),
        ("PUT", "/bucket/a/b", "s3", {}, "s3:PutObject"),
        ("HEAD", "/bucket/a", "s3", {}, "s3:HeadObject"),
        ("POST", "/bucket/a?uploads", "s3", {}, "s3:CreateMultipartUpload"),
        ("PUT", "/bucket/a?uploadId=x&partNumber=1", "s3", {}, "s3:UploadPart"),
        ("POST", "/bucket/a?uploadId=x", "s3", {}, "s3:CompleteMultipartUpload"),
    ],
)
def test_operations_are_read_from_the_head(method, path, service, extra, name):
    route = identify(method, path, signed(service) | extra)
    assert (route.name, route.region_name) == (name, "eu-west-1")


def test_an_operation_in_a_form():
    route = identify("POST", "/", signed("sts"))
    assert route.is_form
    assert with_form(route, b"Action=AssumeRole&Version=2011").full_name == "sts:AssumeRole"
    assert with_form(route, b"\xff\xfe").full_name == "sts:POST"


def test_a_presigned_address_is_signed():
    query = "X-Amz-Credential=AKIA%2F20260101%2Fus-west-2%2Fs3%2Faws4_request&X-Amz-Signature=0"
    route = identify("GET", f"/bucket/key?{query}", {})
    assert (route.full_name, route.region_name) == ("s3:GetObject", "us-west-2")
    assert identify("GET", "/bucket/key?AWSAccessKeyId=a&Signature=b&Expires=1", {}).full_name == "s3:GetObject"


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer token"}, {"Authorization": "Basic abc"}])
def test_a_request_that_no_aws_client_signed(headers):
    assert identify("POST", "/", headers | {"X-Amz-Target": "SageMaker.ListTrainingJobs"}) is None


@pytest.mark.parametrize(
    ("body", "name"),
    [
        (b"Action=AssumeRoleWithWebIdentity&Version=2011-06-15", "sts:AssumeRoleWithWebIdentity"),
        (b"Action=AssumeRoleWithSAML", "sts:AssumeRoleWithSAML"),
        (b"Action=AssumeRole", None),
        (b"Action=CreateRole", None),
        (b"", None),
        (b"\xff", None),
    ],
)
def test_only_who_asks_for_first_credentials_needs_no_signature(body, name):
    route = without_signature(body)
    assert (route and route.name) == name


@pytest.mark.parametrize(
    ("host", "ours"),
    [
        ("127.0.0.1:80", True),
        ("127.8.8.8", True),
        ("localhost", True),
        ("LOCALHOST.:5000", True),
        ("bucket.localhost:5000", True),
        ("[::1]:80", True),
        ("::1", True),
        ("evil.example:80", False),
        ("localhost.evil.example", False),
        ("evillocalhost", False),
        ("127.0.0.1.evil.example", False),
        ("192.168.0.1:80", False),
        ("", False),
    ],
)
def test_names_of_the_loopback_interface(host, ours):
    assert is_loopback_name(host) is ours
