"""What a DAG file pays at every parse: the import of the operator, and the whole of an example."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from benchmarks.statistics import summarize
from benchmarks.subjects import Subject

ROOT = Path(__file__).parents[2]
MODULES = {
    Subject.OURS: "airflow_sm_training.operators.training_job",
    Subject.INCUMBENT: "airflow.providers.amazon.aws.operators.sagemaker",
}
# `from airflow.sdk import dag` and not `import airflow.sdk`, which is lazy: a DAG file has paid for it in any case.
_IMPORT = """
import sys, time
from airflow.sdk import dag, task
before, began = set(sys.modules), time.perf_counter()
import {module}
print(time.perf_counter() - began)
print(sum(name.partition(".")[0] in ("boto3", "botocore") for name in set(sys.modules) - before))
"""
_PARSE = """
import runpy, time
from airflow.sdk import dag, task
began = time.perf_counter()
runpy.run_path({path!r})
print(time.perf_counter() - began)
print(0)
"""


def run(repetitions: int) -> list[dict[str, Any]]:
    """
    Measure imports and parses, each in fresh processes.

    :param repetitions: how many processes each.
    :return: for each subject the medians and spreads of ``import_seconds`` and ``parse_seconds``.
    """
    with tempfile.TemporaryDirectory() as home:
        example = ROOT / "example_dags" / "smallest_training_job.py"
        theirs = Path(home, "incumbent_dag.py")
        theirs.write_text(_as_the_incumbent_has_it(example.read_text()))
        files = {Subject.OURS: example, Subject.INCUMBENT: theirs}
        runs: dict[Subject, list[dict[str, Any]]] = {subject: [] for subject in MODULES}
        for _ in range(repetitions):
            for subject, module in MODULES.items():
                seconds, aws_modules = _run_python(_IMPORT.format(module=module), home)
                parse, _ = _run_python(_PARSE.format(path=str(files[subject])), home)
                runs[subject].append({"import_seconds": seconds, "aws_modules": aws_modules, "parse_seconds": parse})
    return [{"subject": subject} | summarize(done) for subject, done in runs.items()]


def _as_the_incumbent_has_it(text: str) -> str:
    """Return the same DAG with the amazon provider's operator."""
    ours = "from airflow_sm_training.operators.training_job import SageMakerCreateTrainingJobOperator"
    theirs = "from airflow.providers.amazon.aws.operators.sagemaker import SageMakerTrainingOperator"
    assert ours in text
    text = text.replace(ours, theirs)
    return text.replace("SageMakerCreateTrainingJobOperator(", "SageMakerTrainingOperator(").replace(
        "poll_interval=", "check_interval="
    )


def _run_python(program: str, home: str) -> tuple[float, float]:
    done = subprocess.run(
        [sys.executable, "-c", program],
        check=True,
        capture_output=True,
        text=True,
        cwd=ROOT,
        env=os.environ | {"AIRFLOW_HOME": home},
    )
    seconds, count = done.stdout.split()[-2:]
    return float(seconds), float(count)
