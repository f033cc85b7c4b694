"""A home for an Airflow that has nothing but a database with deferred tasks in it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from benchmarks.subjects import Subject

_ROOT = Path(__file__).parents[2]
DAG_ID = "wait_for_jobs"
_DAG = """
from airflow.sdk import dag, task

@dag(schedule=None)
def wait_for_jobs():
    @task
    def wait(job_name):
        raise RuntimeError("this task is put into the database as deferred and never run")

    wait.expand(job_name={names!r})

wait_for_jobs()
"""


@dataclass(frozen=True, slots=True)
class Home:
    """
    Where an Airflow lives.

    :param path: an empty directory.
    :param connection: the Airflow connection ``aws_default``, as JSON.
    """

    path: Path
    connection: str

    @property
    def environment(self) -> dict[str, str]:
        """The variables for its processes."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("AIRFLOW", "AWS_"))}
        own = {
            "AIRFLOW_HOME": str(self.path),
            "AIRFLOW__CORE__DAGS_FOLDER": str(self.path / "dags"),
            "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
            "AIRFLOW__CORE__MAX_MAP_LENGTH": "100000",
            "AIRFLOW__DATABASE__LOAD_DEFAULT_CONNECTIONS": "False",
            "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{self.path}/airflow.db",
            "AIRFLOW__LOGGING__BASE_LOG_FOLDER": str(self.logs),
            "AIRFLOW__USAGE_DATA_COLLECTION__ENABLED": "False",
            "AIRFLOW_CONN_AWS_DEFAULT": self.connection,
            "AWS_EC2_METADATA_DISABLED": "true",
            "NO_PROXY": "127.0.0.1",
            "no_proxy": "127.0.0.1",
            "PYTHONPATH": str(_ROOT),
        }
        return kept | own

    @property
    def logs(self) -> Path:
        """Where the tasks' logs are."""
        return self.path / "logs"

    def defer(self, subject: Subject, names: list[str], poll_interval: int) -> None:
        """
        Make the database, with one mapped task of as many instances as there are jobs, all of them deferred.

        The rows are what a worker and the scheduler leave behind after a deferral, written without running either: to
        defer a thousand tasks one by one takes longer than all that is measured.

        :param names: of the jobs that they wait for.
        """
        self._run("airflow", "db", "migrate")
        if not names:
            return
        dags = self.path / "dags"
        dags.mkdir()
        (dags / "wait_for_jobs.py").write_text(_DAG.format(names=names))
        self._run("airflow", "dags", "reserialize")
        order = {"subject": subject, "names": names, "poll_interval": poll_interval}
        self._run("benchmarks.triggerer.defer_tasks", json.dumps(order))

    def _run(self, module: str, *arguments: str) -> None:
        done = subprocess.run(
            [sys.executable, "-m", module, *arguments],
            check=False,
            capture_output=True,
            text=True,
            cwd=self.path,
            env=self.environment,
        )
        if done.returncode:
            raise RuntimeError(f"{module} {arguments[:2]} failed:\n{done.stdout[-2000:]}\n{done.stderr[-3000:]}")
