"""
The places at which a worker's process dies, and how they are armed.

A point is armed by a file. The process that comes to it takes the file away, so that it dies there once.
"""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path

ARMED_DIRECTORY = "FAULT_MATRIX_ARMED"


class Point(StrEnum):
    """Where a worker's process dies."""

    BEFORE_CREATE = "before create"
    CREATE_UNDER_WAY = "create under way"
    CREATED = "created, nothing recorded"
    NAMED = "name recorded"
    PUBLISHED = "recorded, not yet waiting"
    RESUMED = "job ended, result not looked at"
    RESULT_IN_HAND = "result in hand"
    RESULT_RETURNED = "result returned, state not reported"

    @property
    def is_before_the_wait(self):
        return self not in {Point.RESUMED, Point.RESULT_IN_HAND, Point.RESULT_RETURNED}


def armed_file(directory, dag_id, point):
    return Path(directory) / dag_id / point.name


def pid_file(directory, dag_id):
    return Path(directory) / dag_id / "pid"
