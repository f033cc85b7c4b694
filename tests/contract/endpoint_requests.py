"""Requests to the endpoint that contract tests share."""

from __future__ import annotations

import json
import time
import urllib.error
import urllib.request
import uuid
from typing import Any

SIGNED = {
    "Authorization": "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/sagemaker/aws4_request, Signature=0",
    "Content-Type": "application/x-amz-json-1.1",
}


def unique(prefix: str = "job") -> str:
    return f"{prefix}-{uuid.uuid4().hex[:12]}"


def create_request(endpoint, name: str | None = None, **changes: Any) -> dict[str, Any]:
    return {
        "TrainingJobName": name or unique(),
        "RoleArn": endpoint.role_arn,
        "AlgorithmSpecification": {"TrainingImage": "image", "TrainingInputMode": "File"},
        "OutputDataConfig": {"S3OutputPath": f"s3://{endpoint.bucket}/output"},
        "ResourceConfig": {"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 1},
        "StoppingCondition": {"MaxRuntimeInSeconds": 3600},
        **changes,
    }


def timeline(*steps: dict[str, Any]) -> dict[str, str]:
    return {"local_timeline": json.dumps(steps)}


FOR_EVER = timeline({"secondary_status": "Training", "seconds": None})
AT_ONCE = timeline({"secondary_status": "Training", "seconds": 0})


def wait(client, name: str, seconds: float = 30) -> dict[str, Any]:
    """Describe the job until it has ended."""
    deadline = time.monotonic() + seconds
    while (described := client.describe_training_job(TrainingJobName=name))["TrainingJobStatus"] in (
        "InProgress",
        "Stopping",
    ):
        assert time.monotonic() < deadline, f"{name} is still {described['SecondaryStatus']}"
        time.sleep(0.05)
    return described


def http(method: str, url: str, body: bytes | None = None, headers: dict[str, str] | None = None) -> tuple[int, bytes]:
    request = urllib.request.Request(url, data=body, method=method, headers=headers or {})
    try:
        with urllib.request.urlopen(request, timeout=30) as response:
            return response.status, response.read()
    except urllib.error.HTTPError as error:
        return error.code, error.read()
