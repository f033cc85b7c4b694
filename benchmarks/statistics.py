"""Several runs of the same thing as one: medians, and how far apart the runs were."""

from __future__ import annotations

from statistics import median
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


def summarize(runs: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """
    Return medians by name, and least and greatest values by name.

    :param runs: numbers by name, or counts by name below a name; what is neither is left out.
    """
    names = dict.fromkeys(name for run in runs for name in run)
    medians: dict[str, Any] = {}
    spread: dict[str, tuple[float, float]] = {}
    for name in names:
        values = [run[name] for run in runs if run.get(name) is not None]
        if values and all(isinstance(value, dict) for value in values):
            counted = dict.fromkeys(key for value in values for key in value)
            medians[name] = {key: median([value.get(key, 0) for value in values]) for key in counted}
        elif values and all(isinstance(value, int | float) for value in values):
            medians[name] = median(values)
            spread[name] = (min(values), max(values))
    return {"repetitions": len(runs), "median": medians, "spread": spread}
