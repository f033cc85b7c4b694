"""
What checking a request costs: while a Dag is parsed, before it is sent, and at import. Also counts the rules and the
mutations that the tests try.

Run it from the repository with ``python -m benchmarks.validation_time [REPETITIONS]``. Fails if a static check of a
request takes 5 ms or more, or if building an operator imports a library of AWS.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from airflow_sm_training.sagemaker import model, rules, table, validation
from tests.unit.sagemaker.mutations import mutations, valid

if TYPE_CHECKING:
    from collections.abc import Callable

REPOSITORY = Path(__file__).resolve().parent.parent
LIMIT_IN_MILLISECONDS = 5.0
IMPORTS = 5
IMPORT = """
import time
import airflow.sdk
start = time.perf_counter()
import airflow_sm_training.operators.training_job as module
imported = time.perf_counter()
module.SageMakerCreateTrainingJobOperator(task_id="train", config={config!r})
built = time.perf_counter()
module.SageMakerCreateTrainingJobOperator(task_id="again", config={config!r})
again = time.perf_counter()
import sys
heavy = {{"boto3", "botocore", "aiobotocore", "moto", "regex", "airflow.providers.amazon.aws.hooks.base_aws"}}
times = [imported - start, built - imported, again - built]
print(*(seconds * 1e3 for seconds in times), sorted(heavy & set(sys.modules)), sep="|")
"""


def milliseconds(function: Callable[[], Any], repetitions: int) -> list[float]:
    times = []
    for _ in range(repetitions):
        start = time.perf_counter()
        function()
        times.append((time.perf_counter() - start) * 1e3)
    return sorted(times)


def show(what: str, times: list[float]) -> None:
    worst = times[int(len(times) * 0.99)]
    print(f"{what:<58} median {statistics.median(times):7.3f} ms   99 % {worst:7.3f} ms   n = {len(times)}")


def show_checks(examples: list[dict[str, Any]], repetitions: int) -> list[float]:
    """Return the times of the static checks."""
    first = milliseconds(lambda: validation.static_violations(validation.CREATE, examples[0]), 1)
    show("first static check (reads the table, compiles patterns)", first)
    static: list[float] = []
    for example in examples:
        static += milliseconds(lambda e=example: validation.static_violations(validation.CREATE, e), repetitions // 10)
    show(f"static check, {len(examples)} example requests", sorted(static))
    largest = valid(table.input_shape("CreateTrainingJob"))
    every_field = milliseconds(lambda: validation.static_violations(validation.CREATE, largest), repetitions)
    show("static check of a request with every field there is", every_field)
    assert "botocore" not in sys.modules, "the static check has loaded botocore"

    show("loading botocore's model", milliseconds(lambda: model.input_shape("CreateTrainingJob"), 1))
    full: list[float] = []
    for example in examples:
        full += milliseconds(lambda e=example: validation.violations(validation.CREATE, e), repetitions // 10)
    show(f"full check, {len(examples)} example requests", sorted(full))
    return [*static, *every_field]


def show_imports(config: dict[str, Any]) -> set[str]:
    """Return the AWS libraries that building an operator has imported."""
    program = IMPORT.format(config=config)
    runs = [
        subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=REPOSITORY)
        for _ in range(IMPORTS)
    ]
    rows = [run.stdout.splitlines()[-1].split("|") for run in runs]
    for column, what in enumerate(("import of the operators after airflow.sdk", "first operator", "second operator")):
        show(what, sorted(float(row[column]) for row in rows))
    heavy = {row[3] for row in rows}
    print(f"AWS libraries imported by building an operator: {', '.join(heavy)}")
    return heavy


def show_counts(files: list[Path]) -> None:
    for operation in (validation.CREATE, validation.UPDATE):
        shape = table.input_shape(operation.name)
        count = sum(1 for _ in mutations(shape, valid(shape)))
        print(f"{operation.name}: {count} mutations (tests/unit/sagemaker/test_mutations.py finds each)")
    print(f"rules across fields: {len(rules.RULES)}; example requests: {len(files)}")


def main() -> None:
    repetitions = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    files = sorted((REPOSITORY / "tests" / "data" / "requests").glob("*.json"))
    examples = [json.loads(file.read_text("utf-8")) for file in files if not file.stem.startswith("update_")]
    times = show_checks(examples, repetitions)
    heavy = show_imports(examples[0])
    show_counts(files)
    assert heavy == {"[]"}, heavy
    # The slowest of a busy machine say nothing of the check.
    assert statistics.median(times) < LIMIT_IN_MILLISECONDS, times


if __name__ == "__main__":
    main()
