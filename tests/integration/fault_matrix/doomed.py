"""
The create operator, with places at which its process dies.

A point is armed by a file. The process that comes to it takes the file away, so that it dies there once, and is killed
with SIGKILL: no handler runs, nothing is flushed.
"""

from __future__ import annotations

import os
import signal
import threading
from enum import StrEnum
from pathlib import Path

from airflow_sm_training.operators.training_job import SageMakerCreateTrainingJobOperator

ARMED_DIRECTORY = "FAULT_MATRIX_ARMED"
# Long enough for the request to leave, short enough to die before an endpoint that takes two seconds has answered.
_REQUEST_UNDER_WAY_SECONDS = 1.0


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


class DoomedOperator(SageMakerCreateTrainingJobOperator):
    """Dies where it is told to."""

    def _take(self, point):
        """Return what the file of an armed point says, None if it is not armed (any more)."""
        file = armed_file(os.environ[ARMED_DIRECTORY], self.dag_id, point)
        taken = file.with_suffix(".taken")
        try:
            file.rename(taken)
        except FileNotFoundError:
            return None
        return taken.read_text()

    def _die_at(self, point):
        whom = self._take(point)
        if whom is not None:
            self._die(whom)

    def _die(self, whom):
        if whom == "with supervisor":
            os.kill(os.getppid(), signal.SIGKILL)
        os.kill(os.getpid(), signal.SIGKILL)

    def _know_job(self, training_job_name):
        pid_file(os.environ[ARMED_DIRECTORY], self.dag_id).write_text(str(os.getpid()))
        super()._know_job(training_job_name)
        self._die_at(Point.BEFORE_CREATE)
        whom = self._take(Point.CREATE_UNDER_WAY)
        if whom is not None:
            threading.Timer(_REQUEST_UNDER_WAY_SECONDS, self._die, [whom]).start()

    def _submit(self, context):
        submission = super()._submit(context)
        self._die_at(Point.CREATED)
        return submission

    def publish_link(self, context, training_job_name, training_job_arn):
        self._die_at(Point.NAMED)
        super().publish_link(context, training_job_name, training_job_arn)

    def _publish(self, context, submission):
        super()._publish(context, submission)
        self._die_at(Point.PUBLISHED)

    def execute_complete(self, context, event):
        self._die_at(Point.RESUMED)
        result = super().execute_complete(context, event)
        self._die_at(Point.RESULT_IN_HAND)
        return result

    def post_execute(self, context, result=None):
        super().post_execute(context, result)
        self._die_at(Point.RESULT_RETURNED)
