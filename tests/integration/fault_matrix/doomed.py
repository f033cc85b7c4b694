"""The create operator, with places at which its process dies of SIGKILL: no handler runs, nothing is flushed."""

from __future__ import annotations

import os
import signal
import threading

from airflow_sm_training.operators.training_job import SageMakerCreateTrainingJobOperator
from tests.integration.fault_matrix.points import ARMED_DIRECTORY, Point, armed_file, pid_file

# Long enough for the request to leave, short enough to die before an endpoint that takes two seconds has answered.
_REQUEST_UNDER_WAY_SECONDS = 1.0


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

    def know_job(self, training_job_name):
        pid_file(os.environ[ARMED_DIRECTORY], self.dag_id).write_text(str(os.getpid()))
        super().know_job(training_job_name)
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
