"""The README is held to what it says: its DAG runs, its tests pass, its tables and messages are the code's own."""

from __future__ import annotations

import ast
import importlib.util
import inspect
import json
import re
import shlex
from pathlib import Path

import pytest

from airflow_sm_training.cli import _parser
from airflow_sm_training.compat import AirflowFailException
from airflow_sm_training.operators.base import SageMakerTrainingJobBaseOperator
from airflow_sm_training.operators.training_job import (
    SageMakerCreateTrainingJobOperator,
    SageMakerStopTrainingJobOperator,
    SageMakerUpdateTrainingJobOperator,
)
from airflow_sm_training.sensors.training_job import SageMakerTrainingJobSensor
from tests.integration.airflow_runs import xcoms
from tests.integration.task_runs import TaskRun, config

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text()
BLOCKS = re.findall(r"```(\w+)\n(.*?)```", README, flags=re.DOTALL)


def blocks(language):
    return [text for found, text in BLOCKS if found == language]


def module_of(source, name, tmp_path):
    file = tmp_path / f"{name}.py"
    file.write_text(source)
    spec = importlib.util.spec_from_file_location(name, file)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def my_dag(tmp_path, airflow_database, monkeypatch):
    from airflow import settings

    try:
        from airflow.dag_processing.dagbag import DagBag
    except ImportError:
        from airflow.models.dagbag import DagBag

    dags = tmp_path / "dags"
    dags.mkdir()
    monkeypatch.setattr(settings, "DAGS_FOLDER", str(dags))
    file = dags / "first_training_job.py"
    # What is pasted is for real jobs; half a minute between polls is long for a test.
    file.write_text(blocks("python")[0].replace("deferrable=True,", "deferrable=True, poll_interval=0.2,"))
    bag = DagBag(file)
    assert bag.import_errors == {}
    return bag.dags["first_training_job"]


def test_the_dag_to_paste_trains(my_dag, local_sagemaker, monkeypatch):
    monkeypatch.setenv("AIRFLOW_CONN_AWS_DEFAULT", local_sagemaker.airflow_connection)

    run = my_dag.test()

    assert run.state == "success"
    (result,) = xcoms(run, "train")
    assert result["derived"]["metrics"] == {"accuracy": 0.97}
    assert result["stopping_condition"] == {"max_runtime_in_seconds": 3600}


def test_the_tests_to_paste_pass(my_dag, local_sagemaker, monkeypatch, tmp_path):
    module = module_of(blocks("python")[1], "pasted_tests", tmp_path)
    monkeypatch.setenv("AIRFLOW_CONN_AWS_DEFAULT", local_sagemaker.airflow_connection)

    module.test_the_pipeline_trains(my_dag, local_sagemaker)
    local_sagemaker.faults.clear()
    module.test_the_pipeline_fails_when_training_does(my_dag, local_sagemaker)


def test_the_xcom_shown_has_the_fields_and_types_of_a_real_one(local_sagemaker, monkeypatch):
    monkeypatch.setenv("AIRFLOW_CONN_AWS_DEFAULT", local_sagemaker.airflow_connection)
    request = config("print('validation:accuracy=0.9 train:loss=0.1')", HyperParameters={"epochs": 25})
    request["AlgorithmSpecification"]["MetricDefinitions"] = [
        {"Name": name, "Regex": f"{name}=([0-9.]+)"} for name in ("validation:accuracy", "train:loss")
    ]
    real = TaskRun(deferrable=True)(request)

    def compare(shown, real, path):
        assert type(shown) is type(real), path
        if isinstance(shown, dict):
            for key, value in shown.items():
                if path != ".hyper_parameters":
                    compare(value, real[key], f"{path}.{key}")
        elif isinstance(shown, list):
            compare(shown[0], next(item for item in real if item["status"] == "Training"), f"{path}[]")

    compare(json.loads(blocks("json")[0]), real, "")


def test_the_table_of_parameters_is_the_signature():
    table = README.split("## Parameters")[1].split("\n## ")[0]
    rows = re.findall(r"^\| (`.+?) \| (.*?) \|", table, flags=re.MULTILINE)
    documented = {name: default.strip("`") for names, default in rows for name in re.findall(r"`(\w+)`", names)}
    accepted = {}
    for cls in SageMakerCreateTrainingJobOperator.__mro__[1::-1]:
        accepted |= inspect.signature(cls.__init__).parameters
    accepted = {name: parameter for name, parameter in accepted.items() if name not in {"self", "kwargs"}}

    assert documented.keys() == accepted.keys()
    for name, default in documented.items():
        if name not in {"config", "deferrable"}:
            assert ast.literal_eval(default) == accepted[name].default, name


COMMON = {"deferrable", "poll_interval", "aws_conn_id", "region_name", "verify", "botocore_config"}


@pytest.mark.parametrize(
    "cls", [SageMakerUpdateTrainingJobOperator, SageMakerStopTrainingJobOperator, SageMakerTrainingJobSensor]
)
def test_the_tables_of_the_other_operators_are_their_signatures(cls):
    table = README.split(f"### `{cls.__name__}`\n")[1].split("\n##")[0]
    documented = dict(re.findall(r"^\| `(\w+)` \| (.*?) ?\|", table, flags=re.MULTILINE))
    accepted = {}
    for parent in (SageMakerTrainingJobBaseOperator, cls):
        accepted |= inspect.signature(parent.__init__).parameters

    assert documented.keys() | COMMON == accepted.keys() - {"self", "kwargs"}
    for name, default in documented.items():
        expected = ast.literal_eval(default.strip("`")) if default else inspect.Parameter.empty
        assert expected == accepted[name].default, name


def test_the_other_operators_to_paste_are_built():
    pasted = {}
    exec(blocks("python")[2], pasted)

    assert [pasted[name].training_job_name for name in ("debug", "wait", "stop")] == ["my-job"] * 3


def test_the_error_shown_is_the_error_raised(local_sagemaker, monkeypatch):
    monkeypatch.setenv("AIRFLOW_CONN_AWS_DEFAULT", local_sagemaker.airflow_connection)
    request = config()
    request["ResourceConfig"]["InstanceTyp"] = request["ResourceConfig"].pop("InstanceType")

    with pytest.raises(AirflowFailException) as raised:
        TaskRun(deferrable=True)(request)
    assert str(raised.value) == blocks("text")[0].strip()


def test_every_command_is_one_that_exists(local_sagemaker):
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), flags=re.MULTILINE))
    for line in "".join(blocks("bash")).splitlines():
        match shlex.split(line, comments=True):
            case ["make", target]:
                assert target in targets
            case ["airflow-sm-training", *arguments]:
                _parser().parse_args(arguments)
            case ["export", assignment]:
                name, _, value = assignment.partition("=")
                shown, real = json.loads(value), json.loads(local_sagemaker.airflow_connection)
                shown["extra"]["endpoint_url"] = real["extra"]["endpoint_url"]
                assert (name, shown) == ("AIRFLOW_CONN_AWS_DEFAULT", real)
            case ["pip", "install", _] | []:
                continue
            case other:
                pytest.fail(f"no check for {other}")


def test_links_to_files_lead_somewhere():
    for target in re.findall(r"\]\((?!http)([^)#]+)\)", README):
        assert (ROOT / target).exists(), target
