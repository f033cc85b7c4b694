"""Runs a row that missed its target once more, to see why."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from benchmarks.waiting.matrix import run_once

if TYPE_CHECKING:
    from collections.abc import Iterable

    from benchmarks.targets import Target


def profiles(targets: Iterable[Target]) -> dict[str, Any]:
    """
    Return what the profilers say of ours, by the name of the target.

    :param targets: all of them; those that were met, or not measured, are left out.
    """
    return {
        target.name: {
            "kind": target.profile,
            "profile": run_once(target.cell, "profile", profile=target.profile)["profile"],
        }
        for target in targets
        if target.is_met is False and target.cell is not None
    }
