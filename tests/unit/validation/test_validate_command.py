from __future__ import annotations

import io
import json
import sys
from pathlib import Path

import pytest

from airflow_sm_training.cli import main
from tests.unit.sagemaker.test_shapes import valid_request

HOOKS = Path(__file__).parents[3] / ".pre-commit-hooks.yaml"
EXAMPLES = Path(__file__).parents[2] / "data" / "requests"
MISSPELT = "RoleArm: unknown field; did you mean 'RoleArn'? [unknown]"


@pytest.fixture
def validate(tmp_path, capsys):
    def run(content, *arguments, name="request.json"):
        file = tmp_path / name
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
        capsys.readouterr()
        exit_code = main(["validate", *arguments, str(file)])
        printed = capsys.readouterr()
        return exit_code, printed.out.replace(f"{file}: ", ""), printed.err.replace(f"{file}: ", "")

    return run


YAML = """
TrainingJobName: digits
RoleArn: arn:aws:iam::123456789012:role/sagemaker
AlgorithmSpecification: {TrainingImage: image, TrainingInputMode: File}
OutputDataConfig:
  S3OutputPath: s3://bucket/output
ResourceConfig: {InstanceType: ml.m5.large, InstanceCount: 1, VolumeSizeInGB: 10}
StoppingCondition: {MaxRuntimeInSeconds: 3600}
"""


@pytest.mark.parametrize(
    ("content", "name", "exit_code", "says"),
    [
        (json.dumps(valid_request()), "request.json", 0, ""),
        ("\N{BOM}" + json.dumps(valid_request()), "request.json", 0, ""),
        (YAML, "request.yaml", 0, ""),
        (YAML, "request.yml", 0, ""),
        (json.dumps(valid_request(RoleArm="x")), "request.json", 1, MISSPELT),
        (YAML + "RoleArm: x\n", "request.yaml", 1, MISSPELT),
        ('{"a": 1,\n "b" 2}', "request.json", 2, "line 2, column 6: Expecting ':' delimiter"),
        ("{", "request.json", 2, "line 1, column 2: Expecting property name"),
        ("[]", "request.json", 2, "holds a list; a request is an object"),
        ("", "request.yaml", 2, "holds nothing; a request is an object"),
        ("a: [1\nb: 2", "request.yaml", 2, "line 2, column 2: while parsing a flow sequence, expected ',' or ']'"),
        ("a: 1\n---\nb: 2", "request.yaml", 2, "line 2, column 1: expected a single document"),
        ("a: \x00", "request.yaml", 2, "special characters are not allowed"),
        ("a: !!python/object:os.system x", "request.yaml", 2, "could not determine a constructor"),
        ("? [a]\n: 1", "request.yaml", 2, "a key is no text"),
        ('{"a": 1, "a": 2}', "request.json", 2, "the key 'a' is there twice"),
        ("a: 1\na: 2", "request.yaml", 2, "line 2, column 1: the key 'a' is there twice"),
        ('{"a": NaN}', "request.json", 2, "NaN is no JSON value"),
        (b"\xff\xfe", "request.json", 2, "is not UTF-8 text"),
        ("[" * 200_000, "request.json", 2, "nested too deeply"),
    ],
    ids=lambda value: repr(value)[:30],
)
def test_a_file_is_good_wrong_or_no_request(validate, content, name, exit_code, says):
    code, out, err = validate(content, name=name)

    assert code == exit_code
    assert says in (err if code == 2 else out)
    assert (out, err)[code != 2] == ""


def test_the_next_file_is_checked_after_one_that_is_missing(tmp_path, capsys):
    file = tmp_path / "request.json"
    file.write_text(json.dumps(valid_request(RoleArm="x")))

    assert main(["validate", str(tmp_path / "missing.json"), str(file)]) == 2
    printed = capsys.readouterr()
    assert printed.err == f"{tmp_path / 'missing.json'}: No such file or directory\n"
    assert printed.out == f"{file}: {MISSPELT}\n"


@pytest.mark.parametrize("content", [json.dumps(valid_request(RoleArm="x")), YAML + "RoleArm: x"], ids=["JSON", "YAML"])
def test_standard_input_is_json_or_yaml(content, capsys, monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content.encode())))

    assert main(["validate", "-"]) == 1
    assert capsys.readouterr().out == f"-: {MISSPELT}\n"


def test_json_output_says_the_same_for_programs(validate):
    code, out, _ = validate(json.dumps(valid_request(RoleArm="x")), "--json")
    broken, printed, err = validate("{", "--json")

    (finding,) = json.loads(out)
    assert code == 1
    assert finding["error"] is None
    assert finding["violations"] == [
        {"path": "RoleArm", "message": "unknown field; did you mean 'RoleArn'?", "rule": "unknown"}
    ]
    assert broken == 2
    assert json.loads(printed)[0]["error"].startswith("line 1, column 2: ")
    assert err == ""


@pytest.mark.parametrize("arguments", [(), ("--json",)])
def test_no_secret_is_printed(validate, arguments):
    secrets = {"db_password": "hunter2" * 1000, "api_token": 77777777}
    _, out, _ = validate(json.dumps(valid_request(HyperParameters=secrets, Environment=secrets)), *arguments)

    assert "db_password" in out
    assert "hunter2" not in out
    assert "77777777" not in out


def test_the_config_of_an_operator_has_templates_and_a_role_by_name(validate):
    resources = {"InstanceType": "{{ params.type }}", "InstanceCount": "2", "VolumeSizeInGB": 10}
    config = json.dumps(valid_request(RoleArn="SageMakerRole", ResourceConfig=resources))

    assert validate(config, "--operator") == (0, "", "")
    code, out, _ = validate(config)
    assert code == 1
    assert [line.split(": ")[0] for line in out.splitlines()] == [
        "RoleArn",
        "ResourceConfig.InstanceType",
        "ResourceConfig.InstanceCount",
    ]


def test_an_update_is_another_request(validate):
    update = {"TrainingJobName": "digits", "ResourceConfig": {"KeepAlivePeriodInSeconds": 60}}

    assert validate(json.dumps(update), "--update") == (0, "", "")
    code, out, _ = validate(json.dumps(update))
    assert code == 1
    assert out.startswith(
        "has no field but those of UpdateTrainingJob; if it is such a request, check it with --update"
    )
    del update["TrainingJobName"]
    assert validate(json.dumps(update), "--update")[1] == "TrainingJobName: is required [required]\n"


def test_a_key_with_half_a_character_is_printed_all_the_same(validate):
    code, out, _ = validate('{"\\ud800": 1}')

    assert code == 1
    assert "\\ud800: unknown field" in out


def test_the_pre_commit_hooks_run_the_command(capsys):
    import yaml

    hooks = {hook["id"]: hook["entry"].split() for hook in yaml.safe_load(HOOKS.read_text())}
    assert set(hooks) == {"validate-training-jobs", "validate-training-job-updates"}
    for hook, entry in hooks.items():
        is_update = hook.endswith("updates")
        files = [str(file) for file in EXAMPLES.glob("*.json") if file.stem.startswith("update_") == is_update]
        assert entry[0] == "airflow-sm-training"
        assert main([*entry[1:], *files]) == 0
    assert capsys.readouterr().out == ""
