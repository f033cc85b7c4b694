"""``python -m benchmarks``: measure, and write down what came out."""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks import machine, plots, profiling, report, tables
from benchmarks.imports import measure as imports
from benchmarks.targets import targets
from benchmarks.triggerer import measure as triggerer
from benchmarks.waiting import matrix

if TYPE_CHECKING:
    from collections.abc import Callable

_ROOT = Path(__file__).parents[1]
_DOCUMENTS = _ROOT / "docs" / "benchmarks"
_SECTIONS = ("imports", "waiting", "scale", "triggerer")
_ALL_SECTIONS = (*_SECTIONS, "soak")  # the last takes a quarter of an hour for one number


def main() -> None:
    arguments = _parse()
    if importlib.util.find_spec("matplotlib") is None:
        sys.exit("The pictures need matplotlib: pip install -e '.[bench]', or run `make bench`, which does.")
    output: Path = arguments.output or (_DOCUMENTS if not arguments.quick else _ROOT / "build/benchmarks")
    output.mkdir(parents=True, exist_ok=True)
    file = output / "results.json"
    results: dict[str, Any] = json.loads(file.read_text()) if file.exists() else {}
    for section in arguments.only:
        began, on = time.monotonic(), machine.describe()
        rows = _measures(arguments)[section]()
        results[section] = {"machine": on, "minutes": round((time.monotonic() - began) / 60, 1), "rows": rows}
        results[section]["machine"]["load_average_after"] = round(os.getloadavg()[0], 1)
        # Written after each section: what took half an hour is not lost when the next one fails.
        _write(file, results)
    reached = targets(results)
    results["targets"] = [target.to_dict() for target in reached]
    if not arguments.no_profiles:
        results["profiles"] = profiling.profiles(reached)
    _write(file, results)
    drawn = plots.draw(results, output)
    (output / "results.md").write_text(report.markdown(results, [path.name for path in drawn]))
    if output == _DOCUMENTS:
        page = _DOCUMENTS.parent / "performance.md"
        page.write_text(report.renew_tables(page.read_text(), results))
    print(tables.target_table(results))
    print(
        f"\nIn {output.relative_to(_ROOT) if output.is_relative_to(_ROOT) else output}: results.md, results.json, plots"
    )


def _measures(arguments: argparse.Namespace) -> dict[str, Callable[[], list[dict[str, Any]]]]:
    quick, repetitions = arguments.quick, arguments.repetitions
    return {
        "imports": lambda: imports.run(3 if quick else 15),
        "waiting": lambda: matrix.run(matrix.side_by_side(quick=quick), repetitions),
        "scale": lambda: matrix.run(matrix.at_scale(quick=quick), 1 if quick else min(2, repetitions)),
        "soak": lambda: matrix.run(matrix.for_long(), 1),
        "triggerer": lambda: triggerer.run(20 if quick else 1000, 3 if quick else 30, 1),
    }


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bench ARGS='…'", description=__doc__)
    parser.add_argument(
        "--quick", action="store_true", help="few and small cells, once each, into build/benchmarks: some minutes"
    )
    parser.add_argument(
        "--only",
        nargs="*",
        choices=_ALL_SECTIONS,
        default=_SECTIONS,
        help="measure these and keep the rest of results.json; nothing after it: only write it all down again",
    )
    parser.add_argument("--repetitions", type=int, help="rounds of the side by side cells (3; quick: 1)")
    parser.add_argument("--no-profiles", action="store_true", help="do not run again what missed its target")
    parser.add_argument("--output", type=Path, help="directory for what is written")
    arguments = parser.parse_args()
    arguments.repetitions = arguments.repetitions or (1 if arguments.quick else 3)
    return arguments


def _write(file: Path, results: dict[str, Any]) -> None:
    file.write_text(json.dumps(results, indent=1) + "\n")


if __name__ == "__main__":
    main()
