from __future__ import annotations

import runpy
from pathlib import Path

import botocore
import pytest

ROOT = Path(__file__).parents[3]
PACKAGE = ROOT / "airflow_sm_training" / "sagemaker"
SCRIPT = "scripts/generate_request_builder.py"
FILES = ["request_types.py", "request_names.py", "request_methods.py"]


@pytest.fixture(scope="module")
def generated():
    return runpy.run_path(str(ROOT / SCRIPT))["modules"]()


@pytest.mark.parametrize("file", FILES)
def test_what_is_generated_is_what_the_script_writes(generated, file):
    committed = (PACKAGE / file).read_text("utf-8")

    # Another botocore knows other fields. That none of its is missing here is what test_builder_fields.py sees to.
    if f"Generated from botocore {botocore.__version__} " not in committed:
        pytest.skip(f"{file} is of another botocore than {botocore.__version__}")
    assert committed == generated[file], f"{file} was edited, or {SCRIPT} was and has not been run since: run it"


def test_the_script_writes_these_files_and_each_says_so(generated):
    assert sorted(generated) == sorted(FILES)
    for file in FILES:
        assert SCRIPT in (PACKAGE / file).read_text("utf-8").splitlines()[0]
