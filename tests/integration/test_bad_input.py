"""A mistake ends in one clear error that names the thing and the remedy, and spends neither a job nor a retry."""

from __future__ import annotations

import io
import json
import re
import tarfile

import pytest

from airflow_sm_training.compat import AirflowFailException
from airflow_sm_training.sagemaker import errors
from tests.integration.task_runs import BUCKET, TaskRun, config


@pytest.fixture
def run(request, local_sagemaker, monkeypatch):
    monkeypatch.setenv("AIRFLOW_CONN_AWS_DEFAULT", local_sagemaker.airflow_connection)
    return TaskRun(deferrable=True)


def test_a_misspelt_config_key(run, local_sagemaker):
    request = config()
    request["ResourceConfig"]["InstanceTyp"] = request["ResourceConfig"].pop("InstanceType")

    with pytest.raises(AirflowFailException, match=r"ResourceConfig\.InstanceTyp: .*did you mean 'InstanceType'\?"):
        run(request)
    assert local_sagemaker.requests["CreateTrainingJob"] == 0


def test_every_mistake_at_once(run):
    request = config(RoleArm="x", OutputDataConfig={})

    with pytest.raises(AirflowFailException, match=r"(?s)wrong in 2 things.*S3OutputPath.*RoleArm"):
        run(request)


def test_a_missing_role(run):
    request = config()
    del request["RoleArn"]

    with pytest.raises(AirflowFailException, match="RoleArn: is required"):
        run(request)


def test_a_role_that_does_not_exist(run, local_sagemaker):
    with pytest.raises(AirflowFailException, match="IAM knows no role 'SageMakerExecutionRol'"):
        run(config(RoleArn="SageMakerExecutionRol"))
    assert local_sagemaker.requests["CreateTrainingJob"] == 0


def test_a_role_by_its_name(run):
    assert run(config(RoleArn="SageMakerExecutionRole"))["role_arn"].startswith("arn:aws:iam::123456789012:role/")


def test_an_unknown_connection(run):
    with pytest.raises(AirflowFailException, match=r"connection 'aws_prod' does not exist.*Create it"):
        run(config(), aws_conn_id="aws_prod")


def test_an_endpoint_that_is_down(run, monkeypatch):
    address = "http://127.0.0.1:9"
    extra = {"region_name": "us-east-1", "endpoint_url": address}
    connection = json.dumps({"conn_type": "aws", "login": "a", "password": "b", "extra": extra})
    monkeypatch.setenv("AIRFLOW_CONN_AWS_DEFAULT", connection)

    with pytest.raises(errors.ServiceUnavailable, match=f"{address}.*endpoint_url") as raised:
        run(config(), botocore_config={"retries": {"max_attempts": 0}})
    assert raised.value.retryable


def test_no_region(run, monkeypatch):
    monkeypatch.setenv("AIRFLOW_CONN_AWS_DEFAULT", '{"conn_type": "aws", "login": "a", "password": "b"}')

    with pytest.raises(AirflowFailException, match="region_name"):
        run(config())


def test_no_credentials(run, monkeypatch):
    monkeypatch.setenv("AIRFLOW_CONN_AWS_DEFAULT", '{"conn_type": "aws", "extra": {"region_name": "us-east-1"}}')

    with pytest.raises(AirflowFailException, match=r"Unable to locate credentials.*Fill in the Airflow connection"):
        run(config())


SCRIPT = b"""import csv


def load(path):
    return list(csv.reader(open(path)))


load("digits.csv")
"""


def test_a_training_script_that_raises(run, local_sagemaker):
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w:gz") as tar:
        member = tarfile.TarInfo("train.py")
        member.size = len(SCRIPT)
        tar.addfile(member, io.BytesIO(SCRIPT))
    local_sagemaker.client("s3").put_object(Bucket=BUCKET, Key="sourcedir.tar.gz", Body=archive.getvalue())
    source = f"s3://{BUCKET}/sourcedir.tar.gz"
    request = config(HyperParameters={"sagemaker_program": "train.py", "sagemaker_submit_directory": source})
    del request["AlgorithmSpecification"]["ContainerEntrypoint"]

    with pytest.raises(errors.TrainingJobFailed, match=r"FileNotFoundError: .*digits\.csv") as raised:
        run(request)
    assert re.search(r'train\.py", line 5, in load', str(raised.value))
    assert raised.value.phase == "Training"


@pytest.mark.parametrize("wrong", [None, "a text", ["a list"]])
def test_a_config_that_is_no_dict(run, wrong):
    with pytest.raises(AirflowFailException, match="is a dict as boto3 takes it"):
        run(wrong)
