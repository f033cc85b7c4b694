"""Finds rows in the results."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from benchmarks.subjects import Credentials, Subject

if TYPE_CHECKING:
    from collections.abc import Mapping

Results = dict[str, Any]


def waiting(
    results: Results, subject: Subject, jobs: int, credentials: Credentials = Credentials.STATIC
) -> Mapping[str, Any] | None:
    """Return the medians of a cell that compares ours with the incumbent; ``None`` if it was not measured."""
    return _first(results, "waiting", subject=subject, jobs=jobs, credentials=credentials)


def scale(
    results: Results, jobs: int, changing_share: float, *, is_throttled: bool = False
) -> Mapping[str, Any] | None:
    """Return the medians of a cell at scale; ``None`` if it was not measured."""
    return _first(results, "scale", jobs=jobs, changing_share=changing_share, is_throttled=is_throttled)


def imports(results: Results, subject: Subject) -> Mapping[str, Any] | None:
    """Return the medians of the imports; ``None`` if they were not measured."""
    return _first(results, "imports", subject=subject)


def _first(results: Results, section: str, **wanted: Any) -> Mapping[str, Any] | None:
    rows = results.get(section, {}).get("rows", ())
    found = (row["median"] for row in rows if all(row[name] == value for name, value in wanted.items()))
    return next(found, None)
