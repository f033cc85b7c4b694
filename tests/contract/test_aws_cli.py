"""The AWS CLI, which lives in an environment of its own because it pins another botocore."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest
from endpoint_requests import FOR_EVER, create_request, unique, wait

from airflow_sm_training.cli import main

AWS = Path(os.environ.get("AWS_CLI") or Path(__file__).parents[2] / ".venv-aws" / "bin" / "aws")

pytestmark = pytest.mark.skipif(
    not AWS.is_file(), reason=f"no AWS CLI: AWS_CLI is not set and there is no {AWS} (make test installs it)"
)


@pytest.fixture
def aws(endpoint, tmp_path):
    def run(*arguments, check=True):
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(tmp_path),
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_ENDPOINT_URL": endpoint.endpoint_url,
            "AWS_PAGER": "",
        }
        finished = subprocess.run(
            [str(AWS), *arguments], env=environment, capture_output=True, text=True, timeout=60, check=False
        )
        if not check:
            return finished.returncode, finished.stderr
        assert finished.returncode == 0, finished.stderr
        return json.loads(finished.stdout) if finished.stdout.strip() else None

    return run


def test_a_job_is_created_described_listed_stopped_and_deleted(endpoint, client, aws):
    name = unique("cli")
    request = json.dumps(create_request(endpoint, name, HyperParameters=FOR_EVER))
    arn = aws("sagemaker", "create-training-job", "--cli-input-json", request)["TrainingJobArn"]
    described = aws("sagemaker", "describe-training-job", "--training-job-name", name)
    assert (described["TrainingJobArn"], described["SecondaryStatus"]) == (arn, "Training")
    listed = aws("sagemaker", "list-training-jobs", "--name-contains", name)["TrainingJobSummaries"]
    assert [summary["TrainingJobName"] for summary in listed] == [name]
    aws("sagemaker", "stop-training-job", "--training-job-name", name)
    assert wait(client, name)["TrainingJobStatus"] == "Stopped"
    code, error = aws("sagemaker", "stop-training-job", "--training-job-name", name, check=False)
    assert code != 0
    assert "(ValidationException)" in error
    assert "is in status Stopped." in error
    aws("sagemaker", "delete-training-job", "--training-job-name", name)


def test_a_file_goes_to_s3_and_back(endpoint, aws, tmp_path):
    source, target = tmp_path / "source", tmp_path / "target"
    body = os.urandom(9 << 20)  # above the CLI's threshold for a multipart upload
    source.write_bytes(body)
    address = f"s3://{endpoint.bucket}/{unique()}/file"
    aws("s3", "cp", "--quiet", str(source), address)
    aws("s3", "cp", "--quiet", address, str(target))
    assert target.read_bytes() == body
    assert endpoint.requests["s3:UploadPart"] >= 2


def test_who_am_i(aws):
    assert aws("sts", "get-caller-identity")["Account"] == "123456789012"


@pytest.mark.parametrize(("operation", "arguments"), [("create", ()), ("update", ("--update",))])
def test_the_skeleton_that_it_prints_is_known_as_one(aws, tmp_path, capsys, operation, arguments):
    file = tmp_path / "request.json"
    file.write_text(json.dumps(aws("sagemaker", f"{operation}-training-job", "--generate-cli-skeleton")))

    assert main(["validate", *arguments, str(file)]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) > 2
    assert [line for line in lines if not line.endswith("[placeholder]")] == []
