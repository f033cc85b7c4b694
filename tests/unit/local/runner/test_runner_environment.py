from __future__ import annotations

import json
from pathlib import Path

import pytest

from airflow_sm_training.local.runner import environment, hyperparameters
from airflow_sm_training.local.runner.command import Script
from airflow_sm_training.local.runner.configuration import input_data_config, requested_instances, resource_config
from airflow_sm_training.local.runner.directory import JobDirectory

ARN = "arn:aws:sagemaker:eu-west-1:123456789012:training-job/a-job"
REQUEST = {
    "TrainingJobName": "a-job",
    "AlgorithmSpecification": {"TrainingInputMode": "FastFile"},
    "HyperParameters": {"lr": "0.1", "layers": "[8, 4]", "sagemaker_program": "train.py", "bad=name": "1"},
    "Environment": {"OWN": "/opt/ml/model", "PYTHONPATH": "/opt/ml/code/lib"},
    "ResourceConfig": {"InstanceType": "ml.m5.large", "InstanceCount": 2},
    "InputDataConfig": [
        {"ChannelName": "train", "ContentType": "text/csv", "DataSource": {"S3DataSource": {"S3Uri": "s3://b/k"}}},
        {
            "ChannelName": "test",
            "InputMode": "File",
            "DataSource": {"S3DataSource": {"S3DataDistributionType": "ShardedByS3Key"}},
        },
    ],
}


@pytest.fixture
def directory():
    return JobDirectory(Path("/jobs/a-job"))


@pytest.fixture
def variables(directory):
    decoded = hyperparameters.decode(REQUEST["HyperParameters"])
    script = Script("train.py", "s3://b/sourcedir.tar.gz")
    return environment.toolkit(REQUEST, decoded=decoded, directory=directory, script=script)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SM_MODEL_DIR", "/jobs/a-job/opt/ml/model"),
        ("SM_OUTPUT_DIR", "/jobs/a-job/opt/ml/output"),
        ("SM_OUTPUT_DATA_DIR", "/jobs/a-job/opt/ml/output/data"),
        ("SM_INPUT_DIR", "/jobs/a-job/opt/ml/input"),
        ("SM_INPUT_CONFIG_DIR", "/jobs/a-job/opt/ml/input/config"),
        ("SM_CHANNELS", '["test","train"]'),
        ("SM_CHANNEL_TRAIN", "/jobs/a-job/opt/ml/input/data/train"),
        ("SM_CHANNEL_TEST", "/jobs/a-job/opt/ml/input/data/test"),
        ("SM_HPS", '{"bad=name":1,"layers":[8,4],"lr":0.1}'),
        ("SM_HP_LR", "0.1"),
        ("SM_HP_LAYERS", "[8,4]"),
        ("SM_USER_ARGS", '["--bad=name","1","--layers","[8, 4]","--lr","0.1"]'),
        ("SM_USER_ENTRY_POINT", "train.py"),
        ("SM_MODULE_NAME", "train"),
        ("SM_MODULE_DIR", "s3://b/sourcedir.tar.gz"),
        ("SM_CURRENT_HOST", "algo-1"),
        ("SM_HOSTS", '["algo-1"]'),
        ("SM_NETWORK_INTERFACE_NAME", "eth0"),
        ("SM_NUM_GPUS", "0"),
        ("SM_CURRENT_INSTANCE_TYPE", "ml.m5.large"),
        ("SM_CURRENT_INSTANCE_GROUP", "homogeneousCluster"),
        ("SM_LOG_LEVEL", "20"),
        ("SM_FRAMEWORK_PARAMS", '{"sagemaker_program":"train.py"}'),
    ],
)
def test_variables_of_the_toolkit(variables, name, value):
    assert variables[name] == value


def test_json_variables(variables):
    assert int(variables["SM_NUM_CPUS"]) >= 1
    assert json.loads(variables["SM_INPUT_DATA_CONFIG"]) == input_data_config(REQUEST)
    assert json.loads(variables["SM_RESOURCE_CONFIG"]) == resource_config(REQUEST)
    assert json.loads(variables["SM_TRAINING_ENV"])["hyperparameters"] == {"lr": 0.1, "layers": [8, 4], "bad=name": 1}


def test_a_name_that_no_variable_can_have_is_left_out(variables):
    assert not [name for name in variables if "=" in name]


def test_the_requests_own_variables_and_the_jobs(directory):
    assert environment.job(REQUEST, ARN, directory) == {
        "PYTHONUNBUFFERED": "1",
        "OWN": "/jobs/a-job/opt/ml/model",
        "PYTHONPATH": "/jobs/a-job/opt/ml/code-packages:/jobs/a-job/opt/ml/code:/jobs/a-job/opt/ml/code/lib",
        "TRAINING_JOB_NAME": "a-job",
        "TRAINING_JOB_ARN": ARN,
    }


def test_nothing_of_the_endpoint_is_inherited_but_what_a_process_needs():
    needed = {"HOME": "/home/me", "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8"}
    environ = {
        **dict.fromkeys(["AWS_SECRET_ACCESS_KEY", "AWS_PROFILE", "AIRFLOW_HOME", "GITHUB_TOKEN", "PYTHONPATH"], "x"),
        **needed,
        "PATH": "/bin",
        "PIP_INDEX_URL": "https://me:password@example.com",
    }
    assert environment.inherited(environ, "/venv/bin/python") == {**needed, "PATH": "/venv/bin:/bin"}
    assert environment.for_pip(environ) == {"PIP_INDEX_URL": "https://me:password@example.com"}
    assert environment.inherited({"PATH": "/bin"}, "python3")["PATH"] == "/bin"


@pytest.mark.parametrize(
    ("variables", "expected"),
    [({}, "127.0.0.1"), ({"NO_PROXY": "a,b"}, "a,b,127.0.0.1"), ({"NO_PROXY": "a", "no_proxy": "b"}, "b,127.0.0.1")],
)
def test_a_proxy_is_not_asked_for_the_endpoint(variables, expected):
    found = environment.without_proxy(variables, "http://127.0.0.1:5000")
    assert found == {"NO_PROXY": expected, "no_proxy": expected}


def test_aws_calls_go_to_the_endpoint_whatever_the_home_directory_says():
    variables = environment.aws("http://127.0.0.1:1", "eu-west-1")
    assert variables["AWS_ENDPOINT_URL"] == "http://127.0.0.1:1"
    assert variables["AWS_REGION"] == variables["AWS_DEFAULT_REGION"] == "eu-west-1"
    assert variables["AWS_SHARED_CREDENTIALS_FILE"] == variables["AWS_CONFIG_FILE"] == "/dev/null"


def test_input_data_config():
    assert input_data_config(REQUEST) == {
        "train": {
            "ContentType": "text/csv",
            "TrainingInputMode": "FastFile",
            "S3DistributionType": "FullyReplicated",
            "RecordWrapperType": "None",
        },
        "test": {
            "TrainingInputMode": "File",
            "S3DistributionType": "ShardedByS3Key",
            "RecordWrapperType": "None",
        },
    }


def test_instance_groups():
    groups = [
        {"InstanceGroupName": "big", "InstanceType": "ml.p4d.24xlarge", "InstanceCount": 2},
        {"InstanceGroupName": "small", "InstanceType": "ml.m5.large", "InstanceCount": 1},
    ]
    request = {"ResourceConfig": {"InstanceGroups": groups}}
    assert requested_instances(request) == 3
    config = resource_config(request)
    assert config["current_group_name"] == "big"
    assert config["current_instance_type"] == "ml.p4d.24xlarge"
    assert requested_instances({}) == 1
