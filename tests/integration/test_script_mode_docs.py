"""docs/script-mode.md and docs/defaults.md are held to what they say."""

from __future__ import annotations

import dataclasses
import json
import re
from pathlib import Path

import pytest

from airflow_sm_training.sagemaker.defaults import EXCLUSIONS, check_defaults, merged, of_connection
from airflow_sm_training.sagemaker.request import TrainingJobRequest
from airflow_sm_training.sagemaker.script_mode import ScriptMode
from airflow_sm_training.sagemaker.source_files import list_source_files

DOCS = Path(__file__).parents[2] / "docs"
SCRIPT_MODE, DEFAULTS = ((DOCS / name).read_text() for name in ("script-mode.md", "defaults.md"))


def blocks(text, language):
    return re.findall(rf"```{language}\n(.*?)```", text, flags=re.DOTALL)


@pytest.fixture
def pasted():
    def run(text):
        names = {}
        exec(blocks(text, "python")[0], names)
        return names["train"]

    return run


def test_the_script_to_paste_is_a_request_that_sagemaker_takes(pasted):
    task = pasted(SCRIPT_MODE)
    request = ScriptMode.from_dict(task.script_mode).applied_to(
        TrainingJobRequest(task.config), "0" * 32, region_name="us-east-1"
    )

    assert request.validate() == []
    named = set(re.findall(r"`(sagemaker_\w+)`", SCRIPT_MODE))
    assert named == {name for name in request.request["HyperParameters"] if name.startswith("sagemaker_")}


def test_the_table_of_fields_is_the_description():
    documented = dict(re.findall(r"^\| `(\w+)` \| (.*?) ?\|", SCRIPT_MODE, flags=re.MULTILINE))
    expected = {
        field.name: "" if field.default is dataclasses.MISSING else f"`{field.default}`"
        for field in dataclasses.fields(ScriptMode)
    }

    assert documented == expected


@pytest.mark.parametrize(
    ("said", "file"),
    [
        ("__pycache__", "__pycache__/x"),
        (".git", ".git/HEAD"),
        (".venv", ".venv/x"),
        ("node_modules", "node_modules/x"),
        (".env", ".env"),
        ("*.pem", "x.pem"),
        ("*.key", "x.key"),
        ("id_rsa", "id_rsa"),
        (".aws/", ".aws/credentials"),
        (".ssh/", ".ssh/config"),
        (".netrc", ".netrc"),
    ],
)
def test_what_is_said_to_be_left_out_is(tmp_path, said, file):
    (tmp_path / file).parent.mkdir(exist_ok=True)
    (tmp_path / file).touch()

    assert f"`{said}`" in SCRIPT_MODE
    assert list_source_files(tmp_path, size_limit=1).files == ()


def test_the_defaults_to_paste_make_a_whole_request(pasted, monkeypatch):
    extra = json.loads(blocks(DEFAULTS, "json")[0])
    # What the task lacks is looked for in the connection when the DAG is parsed.
    monkeypatch.setenv("AIRFLOW_CONN_AWS_DEFAULT", json.dumps({"conn_type": "aws", "extra": extra}))
    task = pasted(DEFAULTS)
    team = of_connection(extra, "aws_default")
    request = merged(task.config, check_defaults(task.defaults, "task"), check_defaults(team, "connection"))

    rendered = json.loads(json.dumps(request).replace("{{ dag.dag_id }}", "nightly"))

    assert TrainingJobRequest(rendered).validate() == []
    assert request["OutputDataConfig"] == {"S3OutputPath": "s3://team-models/net", "KmsKeyId": "alias/team"}
    assert [tag["Key"] for tag in request["Tags"]] == ["project", "team"]


def test_every_exclusion_is_in_the_table():
    rows = DEFAULTS.split("| chosen | not added |")[1].split("\n\n")[0].splitlines()
    named = [set(re.findall(r"(\w+)`", row)) for row in rows]

    for chosen, excluded in EXCLUSIONS:
        for path in excluded:
            if ("ServerlessJobConfig",) not in (chosen, path):
                assert any({chosen[-1], path[-1]} <= names for names in named), (chosen, path)
