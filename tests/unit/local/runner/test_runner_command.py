from __future__ import annotations

import pytest

from airflow_sm_training.local.runner.command import (
    Script,
    can_run,
    container_command,
    localised_command,
    script_command,
    script_of,
)
from airflow_sm_training.local.runner.directory import JobDirectory
from airflow_sm_training.local.runner.failures import JobFailedError

IMAGES = {"known": ["train", "--fast"]}
SCRIPTED = {"HyperParameters": {"sagemaker_program": '"train.py"', "sagemaker_submit_directory": "s3://b/k"}}


def algorithm(**fields):
    return {"AlgorithmSpecification": fields}


@pytest.mark.parametrize(
    ("request_", "expected"),
    [
        ({}, False),
        (algorithm(TrainingImage="unknown"), False),
        (algorithm(TrainingImage="known"), True),
        (algorithm(ContainerArguments=["x"]), False),
        (algorithm(ContainerEntrypoint=["x"]), True),
        (SCRIPTED, True),
        ({"Environment": {"SAGEMAKER_PROGRAM": "train.py"}}, True),
        ({"HyperParameters": {"sagemaker_program": '""'}}, False),
    ],
)
def test_can_run(request_, expected):
    assert can_run(request_, IMAGES) is expected


@pytest.mark.parametrize(
    ("request_", "expected"),
    [
        (algorithm(TrainingImage="known", ContainerEntrypoint=["a"], ContainerArguments=["b"]), ["a", "b"]),
        (algorithm(TrainingImage="known", ContainerArguments=["b"]), ["train", "--fast", "b"]),
        (algorithm(TrainingImage="known"), ["train", "--fast"]),
        (SCRIPTED, None),
    ],
)
def test_the_entry_point_comes_before_the_image(request_, expected):
    assert container_command(request_, IMAGES) == expected


def test_values_may_be_json_or_plain():
    assert script_of(SCRIPTED) == Script("train.py", "s3://b/k")
    environment = {"SAGEMAKER_PROGRAM": "a.py", "SAGEMAKER_SUBMIT_DIRECTORY": "/opt/ml/code"}
    assert script_of({"Environment": environment}) == Script("a.py", "/opt/ml/code")
    assert script_of({}) is None


def test_paths_and_python_are_this_machines(tmp_path):
    directory = JobDirectory(tmp_path)
    words = localised_command(["python3", "/opt/ml/code/x.py", "python"], directory, "/venv/bin/python")
    assert words == ["/venv/bin/python", f"{tmp_path}/opt/ml/code/x.py", "python"]
    assert localised_command(["/opt/ml/code/run"], directory, "python")[0] == f"{tmp_path}/opt/ml/code/run"


@pytest.mark.parametrize(
    ("program", "expected"),
    [
        ("train.py", ["py", "train.py", "-x"]),
        ("deep/train.py", ["py", "deep/train.py", "-x"]),
        ("run.sh", ["bash", "run.sh", "-x"]),
        ("run", ["./run", "-x"]),
    ],
)
def test_the_program_decides_its_interpreter(tmp_path, program, expected):
    directory = JobDirectory(tmp_path)
    (directory.code / "deep").mkdir(parents=True)
    (directory.code / program).touch()
    assert script_command(Script(program, "s3://b/k"), ["-x"], directory, "py") == expected


def test_a_program_outside_the_code_is_refused(tmp_path):
    with pytest.raises(JobFailedError, match="ClientError: sagemaker_program"):
        script_command(Script("../../etc/passwd", None), [], JobDirectory(tmp_path), "py")
