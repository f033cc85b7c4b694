from __future__ import annotations

import json
import os

from airflow_sm_training.cli import main
from airflow_sm_training.local.timeline import Step
from airflow_sm_training.sagemaker.statuses import SecondaryStatus as Phase
from tests.integration.task_runs import config


def test_describe_prints_the_normalised_description(local_sagemaker, monkeypatch, capsys):
    local_sagemaker.script("*", [Step(Phase.COMPLETED)])
    local_sagemaker.client("sagemaker").create_training_job(
        **config(TrainingJobName="digits", Tags=[{"Key": "team", "Value": "vision"}])
    )
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    capsys.readouterr()

    assert main(["describe", "digits", "--endpoint-url", local_sagemaker.endpoint_url, "--region", "us-east-1"]) == 0
    out = capsys.readouterr().out
    printed = json.loads(out[out.index("{\n") :])  # Airflow 2, loaded by other tests, logs to standard output
    assert printed["derived"]["is_successful"] is True
    assert printed["tags"] == {"team": "vision"}

    assert main(["describe", "digit", "--endpoint-url", local_sagemaker.endpoint_url, "--region", "us-east-1"]) == 2
    assert "Could not describe training job digit:" in capsys.readouterr().err


def test_describe_without_credentials_says_what_to_do(capsys):
    assert "AWS_ACCESS_KEY_ID" not in os.environ
    assert main(["describe", "digits", "--region", "us-east-1"]) == 2
    assert "Unable to locate credentials" in capsys.readouterr().err
