"""The results as Markdown tables."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from benchmarks.subjects import Credentials

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from benchmarks.find import Results

_SUMMARIES_ON_A_PAGE = 100


def target_table(results: Results) -> str:
    """Return what was to be reached and whether it was."""
    rows = []
    for row in results.get("targets", ()):
        bound = f"{'≥' if row['at_least'] else '≤'} {number(row['target'])}"
        met = {True: "met", False: "**missed**", None: "not measured"}[row["is_met"]]
        of = "" if not row["at_least"] else f"{number(row['theirs'])} / {number(row['ours'])}"
        rows.append((row["name"], f"{number(row['measured'])} {row['unit']}", of, bound, met))
    return table(("", "measured", "incumbent / ours", "target", ""), rows)


def waiting_table(rows: Iterable[dict[str, Any]]) -> str:
    """Return the comparison, by N."""
    cells = [
        (
            row["jobs"],
            row["credentials"],
            row["subject"],
            _spread(row, "memory_mib_per_trigger"),
            _spread(row, "start_cpu_per_trigger", 1000),
            _spread(row, "steady_cpu_per_trigger_and_poll", 1000),
            _spread(row, "longest_stall", 1000),
            _spread(row, "idle_longest_stall", 1000),
            _spread(row, "start_seconds"),
            _requests(row["median"]["requests_per_interval"]),
            number(row["median"]["sts_calls"]),
            row["repetitions"],
        )
        for row in sorted(rows, key=lambda row: (row["jobs"], row["credentials"] != Credentials.STATIC, row["subject"]))
    ]
    head = (
        "N",
        "credentials",
        "",
        "memory per trigger, MiB",
        "CPU to start one, ms",
        "CPU per poll of one, ms",
        "longest stall, ms",
        "of an idle loop, ms",
        "all polled once after, s",
        "requests per interval",
        "STS calls",
        "runs",
    )
    return table(head, cells)


def scale_table(rows: Iterable[dict[str, Any]]) -> str:
    """Return what only ours was measured for."""
    cells = []
    for row in rows:
        found = row["median"]
        cells.append(
            (
                row["jobs"],
                f"{row['changing_share'] * 100:g} %" + (", 20 % throttled" if row["is_throttled"] else ""),
                _spread(row, "memory_mib_per_trigger"),
                _spread(row, "start_cpu_per_trigger", 1000),
                _spread(row, "steady_cpu_per_interval"),
                _spread(row, "longest_stall", 1000),
                _spread(row, "start_seconds"),
                _requests(found["requests_per_interval"]),
                _floor(row),
                *(number(found.get(f"latency_{which}")) for which in ("p50", "p99", "max")),
                f"{number(found.get('missed_jobs'))} / {number(found.get('early_events'))}",
            )
        )
    head = (
        "N",
        "ending per interval",
        "memory per trigger, MiB",
        "CPU to start one, ms",
        "CPU per interval in all, s",
        "longest stall, ms",
        "all polled once after, s",
        "requests per interval",
        "floor",
        "latency p50, s",
        "p99, s",
        "max, s",
        "missed / early",
    )
    return table(head, cells)


def floor_table(rows: Iterable[dict[str, Any]]) -> str:
    """Return how many requests there were, and how many there would be at the very least."""
    cells = []
    for row in rows:
        counts = row["median"]["requests_per_interval"]
        cells.append(
            (
                row["jobs"],
                f"{row['changing_share'] * 100:g} %" + (", 20 % refused" if row["is_throttled"] else ""),
                _floor(row),
                number(counts.get("ListTrainingJobs", 0)),
                round(row["jobs"] * row["changing_share"]),
                number(counts.get("DescribeTrainingJob", 0)),
            )
        )
    head = ("N", "ending per interval", "floor", "ListTrainingJobs", "jobs that ended", "DescribeTrainingJob")
    return table(head, cells)


def _floor(row: dict[str, Any]) -> int:
    return math.ceil(int(row["jobs"]) * float(row["changing_share"]) / _SUMMARIES_ON_A_PAGE)


def triggerer_table(rows: Iterable[dict[str, Any]]) -> str:
    """Return what the triggerer's processes took."""
    head = (
        "",
        "tasks",
        "memory of both processes, MiB",
        "of the one with the loop, MiB",
        "until all were polled, s",
        "CPU until then, s",
        "CPU per poll interval, s",
        "requests per interval",
    )
    names = ("memory_mib", "memory_of_largest_process_mib", "start_seconds", "start_cpu", "cpu_per_interval")
    cells = [
        (
            row["case"],
            row["tasks"],
            *(_spread(row, name) for name in names),
            _requests(row["median"]["requests_per_interval"]),
        )
        for row in rows
    ]
    return table(head, cells)


def imports_table(rows: Iterable[dict[str, Any]]) -> str:
    """Return what imports cost."""
    cells = [
        (
            row["subject"],
            _spread(row, "import_seconds", 1000),
            number(row["median"]["aws_modules"]),
            _spread(row, "parse_seconds", 1000),
            row["repetitions"],
        )
        for row in rows
    ]
    head = ("", "import, ms", "modules of boto3 and botocore", "parse of the smallest example, ms", "runs")
    return table(head, cells)


def table(head: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    """Return a Markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(str(cell) for cell in line) + " |" for line in lines)


def number(value: float | None) -> str:
    """Return a number as people read it: three digits that count, all of those before the point."""
    if value is None:
        return "-"
    if value == 0 or abs(value) >= 100 or value == int(value):  # noqa: PLR2004
        return f"{value:.0f}"
    return f"{value:.{max(0, 2 - math.floor(math.log10(abs(value))))}f}"


def _spread(row: dict[str, Any], name: str, factor: float = 1) -> str:
    if name not in row["median"]:
        return "-"
    least, greatest = (number(value * factor) for value in row["spread"][name])
    middle = number(row["median"][name] * factor)
    return middle if least == greatest else f"{middle} ({least} to {greatest})"


def _requests(counts: dict[str, float]) -> str:
    return ", ".join(f"{number(count)} {name}" for name, count in counts.items() if count) or "0"
