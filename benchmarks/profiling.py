"""Runs a row that missed its target once more, to see why."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from benchmarks.imports.profile import profile as profile_imports
from benchmarks.waiting.matrix import run_once

if TYPE_CHECKING:
    from collections.abc import Iterable

    from benchmarks.targets import Target


def profiles(targets: Iterable[Target]) -> dict[str, Any]:
    """
    Return what the profilers say of ours, by the name of the target.

    :param targets: all of them; those that were met, or not measured, are left out.
    """
    return {target.name: _profile(target) for target in targets if target.is_met is False}


def _profile(target: Target) -> dict[str, Any]:
    if target.cell is None:
        return {"kind": "imports", "profile": profile_imports()}
    numbers = run_once(target.cell, "profile", profile=target.profile)
    return {"kind": target.profile, "profile": numbers["profile"]}
