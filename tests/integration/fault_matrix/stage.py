"""The stage of one case: an endpoint of its own, whose time can be moved, and its task as Airflow's database has it."""

from __future__ import annotations

import os
import signal
import time

from airflow_sm_training.local import LocalSageMaker, Step
from airflow_sm_training.sagemaker.statuses import SecondaryStatus as Phase
from tests.integration.fault_matrix.points import armed_file, pid_file

_TRAINING_SECONDS = 50_000
# A poll is seen at the endpoint before the process has read it: three of them mean that it waits.
_POLLS_OF_A_WAIT = 3
_ENDED = {"success", "failed"}


class Stage:
    """
    What a case needs to be played.

    :param case: the case. Its endpoint has to be started before ``cluster`` is, and ``cluster`` to be set.
    """

    def __init__(self, case):
        self.case = case
        self.cluster = None
        self._ahead = 0.0
        self._connection = self._sagemaker = None
        self.endpoint = LocalSageMaker(
            timeline=[Step(Phase.TRAINING, _TRAINING_SECONDS)],
            run_processes=False,
            faults=case.faults,
            clock=lambda: time.time() + self._ahead,
        )

    def let_the_job_end(self):
        self._ahead += _TRAINING_SECONDS

    def arm(self):
        (self.cluster.armed / self.case.dag_id).mkdir()
        for point in self.case.points:
            whom = "with supervisor" if self.case.with_supervisor else "process"
            armed_file(self.cluster.armed, self.case.dag_id, point).write_text(whom)

    def points_left(self):
        return [point for point in self.case.points if armed_file(self.cluster.armed, self.case.dag_id, point).exists()]

    def polls(self):
        return self.endpoint.requests["DescribeTrainingJob"] + self.endpoint.requests["ListTrainingJobs"]

    def task(self):
        """Return state, try number and host of the triggerer, as the database has them now; None if there is none."""
        return self._row(
            "SELECT task_instance.state, task_instance.try_number, job.hostname FROM task_instance "
            "LEFT JOIN trigger ON trigger.id = task_instance.trigger_id LEFT JOIN job ON job.id = trigger.triggerer_id "
            "WHERE task_instance.dag_id = %s"
        )

    def _states(self):
        """Return the states of the task and of its DAG run, at one moment."""
        return set(
            self._row(
                "SELECT task_instance.state, dag_run.state FROM task_instance "
                "JOIN dag_run USING (dag_id, run_id) WHERE task_instance.dag_id = %s"
            )
            or {None}
        )

    def run_id(self):
        return self._row("SELECT run_id FROM dag_run WHERE dag_id = %s")[0]

    def result(self):
        """Return what the task handed on, as the text that the database has; empty if nothing."""
        (value,) = self._row("SELECT value FROM xcom WHERE dag_id = %s AND key = 'return_value'") or ("",)
        return bytes(value).decode() if isinstance(value, memoryview) else str(value)

    def _row(self, query):
        import psycopg2

        if self._connection is None or self._connection.closed:
            self._connection = self.cluster.database.connect()
            self._connection.autocommit = True
        try:
            with self._connection.cursor() as cursor:
                cursor.execute(query, [self.case.dag_id])
                return cursor.fetchone()
        except psycopg2.OperationalError:
            self._connection.close()  # the database was killed, and is there again
            return self._row(query)

    def wait_until_it_waits(self, seconds):
        """Return when the task waits for a job that runs, and nothing that should kill it before then is left."""
        state = "deferred" if self.case.deferrable else "running"
        before = [point for point in self.case.points if point.is_before_the_wait]
        since = None

        def it_waits():
            nonlocal since
            task = self.task()
            if set(before) & set(self.points_left()) or task is None or task[0] != state:
                since = None
                return False
            since = self.polls() if since is None else since
            return self.polls() >= since + _POLLS_OF_A_WAIT

        self.eventually(it_waits, seconds)

    def wait_until_it_has_ended(self, seconds):
        """Return when task and DAG run have ended: until then, Airflow 2 may begin a task anew that has succeeded."""
        self.eventually(lambda: self._states() <= _ENDED and not self.points_left(), seconds)

    def eventually(self, condition, seconds):
        deadline = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > deadline:
                raise TimeoutError(f"not within {seconds} s: task {self.task()}, points left {self.points_left()}")
            time.sleep(0.3)

    def kill_task(self, *, with_supervisor):
        pid = int(pid_file(self.cluster.armed, self.case.dag_id).read_text())
        if with_supervisor:
            import psutil

            os.kill(psutil.Process(pid).ppid(), signal.SIGKILL)
        os.kill(pid, signal.SIGKILL)

    def jobs(self):
        """Return the jobs, whatever faults the endpoint has."""
        self.endpoint.faults.clear()
        if self._sagemaker is None:
            self._sagemaker = self.endpoint.client("sagemaker")
        pages = self._sagemaker.get_paginator("list_training_jobs").paginate()
        return [job for page in pages for job in page["TrainingJobSummaries"]]

    def close(self):
        if self._connection is not None:
            self._connection.close()
