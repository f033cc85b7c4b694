"""``python -m airflow_sm_training.local`` in a terminal."""

from __future__ import annotations

import json
import re
import shlex
import signal
import socket
import subprocess
import sys
from contextlib import contextmanager

import pytest
from endpoint_requests import AT_ONCE, create_request

COMMAND = [sys.executable, "-m", "airflow_sm_training.local"]


@contextmanager
def running(*arguments):
    process = subprocess.Popen(
        [*COMMAND, "--port", "0", *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    try:
        introduction = ""
        while "Ctrl-C ends it." not in introduction:
            line = process.stdout.readline()
            assert line, process.stderr.read()
            introduction += line
        yield process, introduction
    finally:
        if process.poll() is None:
            process.terminate()  # not kill: it has files to remove
        process.communicate(timeout=30)


def run(*arguments):
    return subprocess.run([*COMMAND, *arguments], capture_output=True, text=True, timeout=60, check=False)


def boto3_client(introduction, service):
    import boto3

    exported = re.search(r"export AIRFLOW_CONN_AWS_DEFAULT=(.*)", introduction)[1]
    connection = json.loads(shlex.split(exported)[0])
    return boto3.session.Session(connection["login"], connection["password"]).client(service, **connection["extra"])


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_says_what_it_is_tells_of_jobs_and_ends_cleanly(tmp_path, number):
    root = tmp_path / "jobs"
    with running("--root", str(root)) as (process, introduction):
        assert "It runs what it is sent" in introduction
        assert f"Job files:  {root}" in introduction
        assert re.search(r"aws --endpoint-url http://127\.0\.0\.1:\d+ sagemaker list-training-jobs", introduction)
        client = boto3_client(introduction, "sagemaker")
        endpoint = type("Names", (), {"role_arn": "arn:aws:iam::123456789012:role/r", "bucket": "b"})
        client.create_training_job(**create_request(endpoint, "watched", HyperParameters=AT_ONCE))
        client.close()
        assert "watched: Training - Training image download completed" in process.stdout.readline()
        assert "watched: Completed - Training job completed" in process.stdout.readline()
        process.send_signal(number)
        output, errors = process.communicate(timeout=30)
    assert process.returncode == 0
    assert "Ending" in output
    assert errors == ""


def test_faults_and_images_from_the_command_line(tmp_path):
    faults = tmp_path / "faults.json"
    faults.write_text('[{"kind": "deny", "operations": ["Search"]}]')
    image = f"hello={sys.executable} -c \"print('hello')\""
    with running("--faults", str(faults), "--image", image) as (process, introduction):
        client = boto3_client(introduction, "sagemaker")
        with pytest.raises(client.exceptions.ClientError, match="AccessDeniedException"):
            client.search(Resource="TrainingJob")
        endpoint = type("Names", (), {
            "role_arn": "arn:aws:iam::123456789012:role/r",
            "bucket": "sagemaker-us-east-1-123456789012",
        })  # fmt: skip
        algorithm = {"TrainingImage": "hello", "TrainingInputMode": "File"}
        client.create_training_job(**create_request(endpoint, "image-job", AlgorithmSpecification=algorithm))
        for line in process.stdout:
            if "image-job: Completed" in line or "image-job: Failed" in line:
                break
        assert "Completed" in line
        names = [stream["logStreamName"] for stream in boto3_client(introduction, "logs").describe_log_streams(
            logGroupName="/aws/sagemaker/TrainingJobs")["logStreams"]]  # fmt: skip
        assert names[0].startswith("image-job/")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--faults", "[{}]"], "--faults: fault 0 has no kind"),
        (["--faults", "no-such-file"], "No such file or directory: 'no-such-file'"),
        (["--image", "image"], "--image 'image': IMAGE=COMMAND is needed"),
    ],
)
def test_a_wrong_argument_is_one_line(arguments, message):
    finished = run("--port", "0", *arguments)
    assert finished.returncode == 2
    assert message in finished.stderr
    assert finished.stderr.count("\n") == 1


def test_a_port_in_use_is_one_line():
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = str(other.getsockname()[1])
        finished = run("--port", port)
    assert finished.returncode == 2
    assert f"cannot listen on 127.0.0.1:{port}: Address already in use" in finished.stderr
    assert finished.stderr.count("\n") == 1
