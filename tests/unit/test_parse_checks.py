"""A task that is built with a wrong request is an import error that lists every mistake."""

from __future__ import annotations

import pickle
import subprocess
import sys
from types import SimpleNamespace

import pytest

from airflow_sm_training.compat import AirflowFailException, AirflowNotFoundException
from airflow_sm_training.operators import request_sources
from airflow_sm_training.operators.parse_checks import TaskRequestInvalid
from airflow_sm_training.operators.training_job import (
    SageMakerCreateTrainingJobOperator,
    SageMakerUpdateTrainingJobOperator,
)
from airflow_sm_training.sagemaker.errors import RequestInvalid
from airflow_sm_training.sagemaker.request import TrainingJobRequest
from tests.unit.sagemaker.test_shapes import valid_request


@pytest.fixture(autouse=True)
def lookups(monkeypatch):
    """Connections that a DAG finds while it is parsed; returns the ids that were asked for."""
    asked = []

    def get_connection(conn_id):
        asked.append(conn_id)
        if conn_id == "aws_sealed":
            raise RuntimeError("the vault is sealed")
        if conn_id not in {"aws_team", "aws_bare"}:
            raise AirflowNotFoundException(conn_id)
        team = {"RoleArn": "SageMakerRole", "StoppingCondition": {"MaxRuntimeInSeconds": 60}}
        return SimpleNamespace(extra_dejson={"training_job_defaults": team} if conn_id == "aws_team" else {})

    monkeypatch.setattr(request_sources.BaseHook, "get_connection", get_connection)
    return asked


def without(*names):
    return {name: value for name, value in valid_request().items() if name not in names}


def create(config, **parameters):
    return SageMakerCreateTrainingJobOperator(task_id="train", config=config, **parameters)


def update(**parameters):
    return SageMakerUpdateTrainingJobOperator(task_id="change", **{"training_job_name": "digits", **parameters})


def test_one_error_names_the_task_and_every_mistake():
    request = valid_request(RoleArm="x", EnableManagedSpotTraining=True, HyperParameters={"lr": "{{ params.lr }}"})
    del request["OutputDataConfig"]

    with pytest.raises(TaskRequestInvalid, match=r"config of task 'train' is wrong in 3 things:\n") as raised:
        create(request)
    assert {violation.path for violation in raised.value.violations} == {
        "RoleArm",
        "OutputDataConfig",
        "StoppingCondition.MaxWaitTimeInSeconds",
    }
    assert all(str(violation) in str(raised.value) for violation in raised.value.violations)


def test_the_error_is_airflows_own_for_a_hopeless_task_and_survives_pickling():
    with pytest.raises(RequestInvalid) as raised:
        create({})

    assert isinstance(raised.value, AirflowFailException)
    copy = pickle.loads(pickle.dumps(raised.value))
    assert (str(copy), copy.violations) == (str(raised.value), raised.value.violations)


@pytest.mark.parametrize(
    "config",
    [
        "{{ ti.xcom_pull('configure') }}",
        TrainingJobRequest(valid_request(RoleArn="{{ var.value.role }}")),
        valid_request(RoleArn="SageMakerExecutionRole"),
        valid_request(RoleArn="path/of/SageMakerExecutionRole"),
        valid_request(ResourceConfig={"InstanceType": "ml.m5.large", "InstanceCount": "2", "VolumeSizeInGB": "10"}),
        valid_request(EnableNetworkIsolation="True"),
        valid_request(HyperParameters={"epochs": 3, "shuffle": True, "lr": 0.1}),
        valid_request(Tags=None),
        {name: value for name, value in valid_request().items() if name != "TrainingJobName"},
    ],
    ids=str,
)
def test_what_will_be_right_once_it_is_rendered_passes(config):
    assert create(config).task_id == "train"


def test_what_another_task_returns_passes_whole_or_in_parts_and_stays_what_it_is():
    from airflow.providers.common.compat.sdk import DAG

    with DAG("parsed", schedule=None):
        other = create(valid_request())
        whole = SageMakerCreateTrainingJobOperator(task_id="whole", config=other.output)
        config = valid_request(HyperParameters=other.output["hyper_parameters"], RoleArn=other.output["role_arn"])
        part = SageMakerCreateTrainingJobOperator(task_id="part", config=config)

    assert whole.upstream_task_ids == part.upstream_task_ids == {"train"}
    assert part.config["HyperParameters"] is config["HyperParameters"]


@pytest.mark.parametrize("wrong", [None, "request.json", ["a list"], 7])
def test_a_config_that_is_no_dict_and_no_template_is_named(wrong):
    with pytest.raises(TaskRequestInvalid, match=r"of task 'train' is .*is a dict as boto3 takes it"):
        create(wrong)


def test_a_wrong_role_name_is_no_role_arn():
    with pytest.raises(TaskRequestInvalid, match="RoleArn"):
        create(valid_request(RoleArn="Sage Maker"))


def test_secrets_do_not_come_to_the_page_of_import_errors():
    with pytest.raises(TaskRequestInvalid, match="HyperParameters") as raised:
        create(valid_request(HyperParameters={"db_password": "hunter2" * 1000}))
    assert "hunter2" not in str(raised.value)


@pytest.mark.parametrize(
    ("parameters", "path"),
    [
        ({"profiler_config": {"ProfilingInterval": 500}}, "ProfilerConfig.ProfilingInterval"),
        (
            {"profiler_config": {"ProfilingIntervalInMilliseconds": 300}},
            "ProfilerConfig.ProfilingIntervalInMilliseconds",
        ),
        ({"keep_alive_period_in_seconds": "21601"}, "ResourceConfig.KeepAlivePeriodInSeconds"),
        ({"enable_remote_debug": "perhaps"}, "RemoteDebugConfig.EnableRemoteDebug"),
        ({"training_job_name": "under_score", "enable_remote_debug": True}, "TrainingJobName"),
        (
            {"profiler_rule_configurations": [{"RuleConfigurationName": "{{ a }}"}]},
            "ProfilerRuleConfigurations[0].RuleEvaluatorImage",
        ),
    ],
)
def test_an_update_is_refused_in_terms_of_its_request(parameters, path):
    with pytest.raises(TaskRequestInvalid, match="The UpdateTrainingJob request of task 'change' is wrong") as raised:
        update(**parameters)
    assert [violation.path for violation in raised.value.violations] == [path]


@pytest.mark.parametrize(
    "parameters",
    [
        {"profiler_config": "{{ params.profiler }}"},
        {"keep_alive_period_in_seconds": "{{ params.seconds }}"},
        {"keep_alive_period_in_seconds": "600"},
        {"enable_remote_debug": "False"},
        {"enable_remote_debug": True, "training_job_name": "{{ ti.xcom_pull('train', key='training_job_name') }}"},
        {"profiler_rule_configurations": []},
    ],
    ids=str,
)
def test_an_update_that_can_be_right_passes(parameters):
    assert update(**parameters).task_id == "change"


@pytest.mark.parametrize(
    ("config", "parameters", "missing"),
    [
        (without("RoleArn", "StoppingCondition"), {"aws_conn_id": "aws_team"}, []),
        (without("RoleArn", "OutputDataConfig"), {"aws_conn_id": "aws_team"}, ["OutputDataConfig"]),
        (without("RoleArn"), {"aws_conn_id": "aws_bare"}, ["RoleArn"]),
        (without("RoleArn"), {"aws_conn_id": "aws_default"}, ["RoleArn"]),
        (without("RoleArn"), {"aws_conn_id": None}, ["RoleArn"]),
        (without("RoleArn"), {"aws_conn_id": "aws_unknown_here"}, []),
        (without("RoleArn"), {"aws_conn_id": "aws_sealed"}, []),
        (without("RoleArn"), {"aws_conn_id": "{{ var.value.connection }}"}, []),
        (without("RoleArn"), {"defaults": {"RoleArn": "{{ var.value.role }}"}}, []),
        (without("RoleArn"), {"defaults": "{{ var.json.defaults }}"}, []),
        (without("RoleArn"), {"defaults": {"Tags": []}}, ["RoleArn"]),
    ],
    ids=str,
)
def test_what_is_missing_may_come_from_defaults(config, parameters, missing):
    if not missing:
        assert create(config, **parameters).task_id == "train"
        return
    with pytest.raises(TaskRequestInvalid) as raised:
        create(config, **parameters)
    assert [violation.path for violation in raised.value.violations] == missing


def test_a_connection_is_looked_up_only_for_what_is_missing(lookups):
    create(valid_request(), aws_conn_id="aws_team")
    with pytest.raises(TaskRequestInvalid):
        create(valid_request(RoleArn=7, RoleArm="x"), aws_conn_id="aws_team")
    assert lookups == []

    create(without("RoleArn"), aws_conn_id="aws_team")
    assert lookups == ["aws_team"]


def test_wrong_defaults_are_told_from_a_wrong_config():
    with pytest.raises(
        TaskRequestInvalid, match=r"defaults of task 'train' are wrong in 1 thing:\n  - VpcConfig\.Subnet: "
    ):
        create(valid_request(), defaults={"VpcConfig": {"Subnet": []}})


def test_a_request_that_a_function_completes_is_checked_for_what_it_has():
    request = TrainingJobRequest(without("RoleArn", "OutputDataConfig")).customize(lambda it: it)

    assert create(request).task_id == "train"
    with pytest.raises(TaskRequestInvalid, match="wrong in 1 thing:\n  - RoleArm: unknown"):
        create(TrainingJobRequest({**without("RoleArn"), "RoleArm": "x"}).customize(lambda it: it))


def test_a_mapped_task_is_checked_when_it_is_built_for_its_index():
    from airflow.providers.common.compat.sdk import DAG

    with DAG("mapped_configs", schedule=None):
        mapped = SageMakerCreateTrainingJobOperator.partial(task_id="train").expand(
            config=[valid_request(), valid_request(RoleArm="x")]
        )
    kwargs = {"task_id": "train"}

    assert mapped.operator_class(**kwargs, config=valid_request()).config == valid_request()
    with pytest.raises(AirflowFailException, match="RoleArm"):
        mapped.operator_class(**kwargs, config=valid_request(RoleArm="x"))


def test_importing_the_operators_and_building_them_costs_no_aws_library():
    program = (
        "import sys, airflow_sm_training.operators.training_job as module\n"
        "from airflow_sm_training.sensors.training_job import SageMakerTrainingJobSensor\n"
        f"module.SageMakerCreateTrainingJobOperator(task_id='train', config={valid_request()!r})\n"
        "module.SageMakerStopTrainingJobOperator(task_id='stop', training_job_name='x')\n"
        "module.SageMakerUpdateTrainingJobOperator(task_id='u', training_job_name='x', enable_remote_debug=True)\n"
        "SageMakerTrainingJobSensor(task_id='wait', training_job_name='x')\n"
        "try:\n"
        "    module.SageMakerCreateTrainingJobOperator(task_id='wrong', config={'RoleArm': 'x', 'Tags': 7})\n"
        "except module.errors.RequestInvalid:\n"
        "    pass\n"
        "heavy = {'boto3', 'botocore', 'aiobotocore', 'aiohttp', 'moto', 'regex',"
        " 'airflow.providers.amazon.aws.hooks.base_aws'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert result.stdout.splitlines()[-1] == "[]"
