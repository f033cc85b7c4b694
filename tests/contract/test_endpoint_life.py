"""Start and end of the endpoint, and who is let in."""

from __future__ import annotations

import asyncio
import json
import os
import socket
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from endpoint_requests import SIGNED, create_request, http

from airflow_sm_training.local import EndpointStartError, LocalSageMaker


def listening():
    import psutil

    return {
        connection.laddr.port
        for connection in psutil.Process().net_connections(kind="tcp")
        if connection.status == psutil.CONN_LISTEN
    }


def test_nothing_is_left_of_it():
    threads, ports = set(threading.enumerate()), listening()
    with LocalSageMaker() as endpoint:
        root = endpoint.root
        endpoint.client("s3").list_buckets()
        name = "sleeper"
        sleep = {"TrainingImage": "i", "TrainingInputMode": "File", "ContainerEntrypoint": ["python", "-c", SLEEP]}
        client = endpoint.client("sagemaker")
        client.create_training_job(**create_request(endpoint, name, AlgorithmSpecification=sleep))
        pid = wait_for_pid(endpoint.bucket, endpoint.client("s3"))
        assert root.is_dir()
        assert len(listening() - ports) == 2
        client.close()
    assert not root.exists()
    assert listening() == ports
    assert [thread for thread in set(threading.enumerate()) - threads if thread.is_alive()] == []
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


# The process says who it is through S3: where its files are is the runner's business.
SLEEP = (
    "import os, time, boto3; s3 = boto3.client('s3'); "
    "s3.put_object(Bucket='sagemaker-us-east-1-123456789012', Key='pid', Body=str(os.getpid()).encode()); "
    "time.sleep(600)"
)


def wait_for_pid(bucket, s3):
    import time

    for _ in range(200):
        try:
            return int(s3.get_object(Bucket=bucket, Key="pid")["Body"].read())
        except s3.exceptions.NoSuchKey:
            time.sleep(0.1)
    raise AssertionError("the process did not start")


def test_a_program_that_forgets_to_stop_it_leaves_nothing_either():
    program = (
        "from airflow_sm_training.local import LocalSageMaker\n"
        "endpoint = LocalSageMaker()\n"
        "endpoint.start()\n"
        "print(endpoint.root)\n"
    )
    finished = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True)
    assert finished.stderr == ""
    assert not Path(finished.stdout.strip()).exists()


def test_it_starts_inside_a_running_event_loop_and_serves_while_that_is_busy():
    async def program():
        endpoint = LocalSageMaker()
        endpoint.start()
        try:
            return http("GET", f"{endpoint.endpoint_url}/_local/health")  # blocks this loop, not the endpoint's
        finally:
            endpoint.stop()
            endpoint.stop()

    assert asyncio.run(program()) == (200, b'{"status": "ok"}')


def test_a_port_in_use_is_one_clear_error():
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(EndpointStartError, match=f"cannot listen on 127.0.0.1:{port}: Address already in use"):
            LocalSageMaker(port=port).start()


def test_it_has_no_address_unless_it_runs():
    endpoint = LocalSageMaker()
    with pytest.raises(RuntimeError, match="not running"):
        _ = endpoint.endpoint_url
    with endpoint, pytest.raises(RuntimeError, match="started already"):
        endpoint.start()


def test_a_root_of_ones_own_is_kept(tmp_path):
    root = tmp_path / "jobs"
    with LocalSageMaker(root=root) as endpoint:
        assert endpoint.root == root
    assert root.is_dir()


def test_buckets_of_one_process_are_shared_and_emptied_when_the_first_endpoint_starts():
    with LocalSageMaker() as first, LocalSageMaker() as second:
        first.client("s3").create_bucket(Bucket="shared")
        names = [bucket["Name"] for bucket in second.client("s3").list_buckets()["Buckets"]]
        assert names == ["sagemaker-us-east-1-123456789012", "shared"]
    with LocalSageMaker() as third:
        names = [bucket["Name"] for bucket in third.client("s3").list_buckets()["Buckets"]]
        assert names == ["sagemaker-us-east-1-123456789012"]


def test_it_says_nothing_on_the_console(capfd):
    with LocalSageMaker() as endpoint:
        endpoint.client("s3").list_buckets()
        endpoint.client("sagemaker").list_training_jobs()
    assert capfd.readouterr() == ("", "")


def test_the_airflow_connection(endpoint):
    connection = json.loads(endpoint.airflow_connection)
    assert connection == {
        "conn_type": "aws",
        "login": "test",
        "password": "test",
        "extra": {"region_name": "us-east-1", "endpoint_url": endpoint.endpoint_url},
    }
    from airflow.models.connection import Connection

    read = Connection.from_json(endpoint.airflow_connection)
    assert read.extra_dejson["endpoint_url"] == endpoint.endpoint_url


LIST = {**SIGNED, "X-Amz-Target": "SageMaker.ListTrainingJobs"}


class TestWhoIsLetIn:
    def test_an_unsigned_request_is_not(self, endpoint):
        headers = {"X-Amz-Target": "SageMaker.ListTrainingJobs"}
        status, body = http("POST", endpoint.endpoint_url, b"{}", headers)
        assert (status, json.loads(body)["__type"]) == (403, "MissingAuthenticationToken")

    def test_an_unsigned_form_is_not_either(self, endpoint):
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        status, body = http("POST", endpoint.endpoint_url, b"Action=ListRoles&Version=2010-05-08", headers)
        assert (status, json.loads(body)["__type"]) == (403, "MissingAuthenticationToken")

    @pytest.mark.parametrize("path", ["/", "/_local/faults", "/_local/health"])
    def test_a_name_that_is_not_this_machines_is_not(self, endpoint, path):
        status, body = http("POST", f"{endpoint.endpoint_url}{path}", b"{}", {**LIST, "Host": "evil.example"})
        assert status == 403
        assert "evil.example" in json.loads(body)["message"]

    @pytest.mark.parametrize("host", ["localhost", "bucket.localhost:80"])
    def test_other_names_of_this_machine_are(self, endpoint, host):
        assert http("POST", endpoint.endpoint_url, b"{}", {**LIST, "Host": host})[0] == 200

    @pytest.mark.parametrize("body", [b"{", b"[]", b"\xff"])
    def test_what_cannot_be_read_is_refused(self, endpoint, body):
        status, answer = http("POST", endpoint.endpoint_url, body, LIST)
        assert (status, json.loads(answer)["__type"]) == (400, "SerializationException")

    def test_null_means_missing(self, endpoint):
        assert http("POST", endpoint.endpoint_url, b'{"MaxResults": null}', LIST)[0] == 200

    def test_another_address_has_to_be_asked_for_and_warns(self, caplog):
        with LocalSageMaker(host="0.0.0.0") as endpoint:
            assert "can run programs as this user" in caplog.text
            assert http("POST", endpoint.endpoint_url, b"{}", {**LIST, "Host": "my-machine"})[0] == 200


def test_the_controls(endpoint):
    http("POST", endpoint.endpoint_url, b"{}", LIST)
    assert json.loads(http("GET", f"{endpoint.endpoint_url}/_local/requests")[1]) == {"ListTrainingJobs": 1}
    assert endpoint.requests.total() == 1
    assert endpoint.requests.to_dict() == {"ListTrainingJobs": 1}
    status, body = http("GET", f"{endpoint.endpoint_url}/_local/nothing")
    assert status == 404
    assert "/_local/faults" in json.loads(body)["message"]


def test_the_pytest_fixture(local_sagemaker):
    assert local_sagemaker.client("sagemaker").list_training_jobs()["TrainingJobSummaries"] == []
