"""The long version: ``make chaos``."""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path

from tests.integration.fault_matrix.cases import all_cases
from tests.integration.fault_matrix.matrix import run_matrix
from tests.integration.fault_matrix.report import table


def main():
    parser = argparse.ArgumentParser(description="Kill a real Airflow at named points and count what SageMaker saw.")
    parser.add_argument("--only", default="", help="cases whose name has this in it")
    parser.add_argument("--short", action="store_true", help="the cases of make test")
    parser.add_argument("--home", type=Path, help="directory to leave Airflow's logs in; default is a temporary one")
    options = parser.parse_args()
    cases = [case for case in all_cases() if options.only in case.name and (case.short or not options.short)]
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="airflow-sm-training-chaos-") as temporary:
        home = options.home or Path(temporary)
        home.mkdir(parents=True, exist_ok=True)
        outcomes = run_matrix(cases, home, tell=lambda line: print(line, flush=True))
    print(table(outcomes))
    print(f"{time.monotonic() - started:.0f} s")
    return 0 if all(outcome.is_right for outcome in outcomes) else 1


if __name__ == "__main__":
    sys.exit(main())
