"""The matrix as people read it."""

from __future__ import annotations

_HEADINGS = ("what happens", "path", "tries", "jobs", "stops", "left", "task", "seconds", "verdict")


def table(outcomes):
    """Return the matrix as a Markdown table."""
    rows = [_HEADINGS, tuple("-" * len(heading) for heading in _HEADINGS), *map(_row, outcomes)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(_HEADINGS))]
    lines = [
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |" for row in rows
    ]
    right = sum(outcome.is_right for outcome in outcomes)
    jobs = sum(outcome.jobs for outcome in outcomes)
    return "\n".join([*lines, "", f"{right} of {len(outcomes)} right; {jobs} jobs created"])


def _row(outcome):
    case = outcome.case
    right = "right" if outcome.stops == case.stops else "right: Airflow ended a try, the next generation trained"
    verdict = right if outcome.is_right else f"WRONG: {outcome.trouble or 'not as expected'}"
    return (
        case.name,
        case.path,
        str(outcome.tries),
        _against(outcome.jobs, outcome.jobs_expected),
        _against(outcome.stops, outcome.stops_expected),
        _against(outcome.left_running, 0),
        outcome.state if outcome.state == case.ends else f"{outcome.state}, not {case.ends}",
        f"{outcome.seconds:.0f}",
        verdict,
    )


def _against(found, expected):
    return str(found) if found == expected else f"{found}, not {expected}"
