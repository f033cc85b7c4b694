"""Which modules the time goes to when the operator is imported."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from typing import NamedTuple

from benchmarks.imports.measure import MODULES, ROOT
from benchmarks.subjects import Subject

_MARK = "-- what every DAG file has paid for is above --"
_LINES = 25


class _Import(NamedTuple):
    own: int
    cumulative: int
    name: str


def profile() -> str:
    """Return what takes the most time of itself in the import of our operator, in microseconds."""
    program = f"import sys\nfrom airflow.sdk import dag, task\nprint({_MARK!r}, file=sys.stderr)\nimport {{module}}"
    with tempfile.TemporaryDirectory() as home:
        done = subprocess.run(
            [sys.executable, "-X", "importtime", "-c", program.format(module=MODULES[Subject.OURS])],
            check=True,
            capture_output=True,
            text=True,
            cwd=ROOT,
            env=os.environ | {"AIRFLOW_HOME": home},
        )
    imports = [_read(line) for line in done.stderr.partition(_MARK)[2].splitlines() if line.startswith("import time:")]
    imports.sort(reverse=True)
    head = f"{len(imports)} modules in {sum(entry.own for entry in imports)} us; of themselves, with what they import:"
    return "\n".join([head, *(f"{own:8d} {cumulative:8d} {name}" for own, cumulative, name in imports[:_LINES])])


def _read(line: str) -> _Import:
    own, cumulative, name = line.removeprefix("import time:").split("|")
    return _Import(int(own), int(cumulative), name.strip())
