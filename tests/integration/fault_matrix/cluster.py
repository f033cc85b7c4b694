"""An Airflow of several processes on PostgreSQL, each of which can be killed and started again."""

from __future__ import annotations

import importlib.metadata
import os
import secrets
import subprocess
import sys
import time
from pathlib import Path

from airflow_sm_training.demo.api import AirflowApi
from airflow_sm_training.demo.processes import kill_session
from airflow_sm_training.demo.settings import USER, prepare
from tests.integration.fault_matrix.points import ARMED_DIRECTORY
from tests.integration.fault_matrix.postgresql import PostgreSQL

IS_AIRFLOW_2 = importlib.metadata.version("apache-airflow").startswith("2.")
TRIGGERERS = ("triggerer-1", "triggerer-2")
SCHEDULER = "scheduler"
API_SERVER = "api-server"
_COMPONENTS = {SCHEDULER: "scheduler", **dict.fromkeys(TRIGGERERS, "triggerer")}
if not IS_AIRFLOW_2:
    _COMPONENTS = {API_SERVER: "api-server", **_COMPONENTS, "dag-processor": "dag-processor"}

# Airflow finds out about dead components in minutes; here, in seconds.
_IMPATIENT = {
    "AIRFLOW__CORE__EXECUTOR": "LocalExecutor",
    "AIRFLOW__CORE__PARALLELISM": "12",
    "AIRFLOW__CORE__DAGS_ARE_PAUSED_AT_CREATION": "False",
    "AIRFLOW__CORE__HOSTNAME_CALLABLE": "tests.integration.fault_matrix.cluster.component_name",
    "AIRFLOW__DAG_PROCESSOR__REFRESH_INTERVAL": "1",
    "AIRFLOW__SCHEDULER__DAG_DIR_LIST_INTERVAL": "1",
    "AIRFLOW__SCHEDULER__JOB_HEARTBEAT_SEC": "1",
    "AIRFLOW__SCHEDULER__SCHEDULER_HEARTBEAT_SEC": "1",
    "AIRFLOW__SCHEDULER__ORPHANED_TASKS_CHECK_INTERVAL": "3",
    "AIRFLOW__SCHEDULER__SCHEDULER_HEALTH_CHECK_THRESHOLD": "15",
    "AIRFLOW__SCHEDULER__TASK_INSTANCE_HEARTBEAT_SEC": "2",
    "AIRFLOW__SCHEDULER__TASK_INSTANCE_HEARTBEAT_TIMEOUT": "20",
    "AIRFLOW__SCHEDULER__TASK_INSTANCE_HEARTBEAT_TIMEOUT_DETECTION_INTERVAL": "2",
    "AIRFLOW__SCHEDULER__LOCAL_TASK_JOB_HEARTBEAT_SEC": "2",
    "AIRFLOW__SCHEDULER__SCHEDULER_ZOMBIE_TASK_THRESHOLD": "20",
    # Airflow 2 reports a death each time until its DAG processor has settled it, and fails the next try by the second
    # report: no sooner than a busy machine settles one.
    "AIRFLOW__SCHEDULER__ZOMBIE_DETECTION_INTERVAL": "10",
    "AIRFLOW__TRIGGERER__JOB_HEARTBEAT_SEC": "1",
    "AIRFLOW__TRIGGERER__TRIGGERER_HEALTH_CHECK_THRESHOLD": "10",
    "AIRFLOW__WEBSERVER__EXPOSE_CONFIG": "False",
}


def component_name():
    """Return what a component calls its host, so that the database says which of two triggerers has a trigger."""
    return os.environ.get("FAULT_MATRIX_COMPONENT", "localhost")


class AirflowCluster:
    """
    The components, from entering to leaving.

    :param home: an empty directory.
    :param connections: Airflow connections as JSON, by id.
    """

    def __init__(self, home, connections):
        self.home = home
        self.dags = home / "dags"
        self.armed = home / "armed"
        self.database = PostgreSQL()
        self._connections = connections
        self._running = {}
        self._sessions = []
        self.settings = self.api = None

    def __enter__(self):
        self.dags.mkdir()
        self.armed.mkdir()
        try:
            self.database.__enter__()
            self._configure()
            self._airflow("db", "migrate")
            for component in _COMPONENTS:
                self.start(component)
            if not IS_AIRFLOW_2:
                self.api = AirflowApi(self.settings.url)
                self._wait_for_api()
                self.api.log_in(USER, self.settings.password)
        except BaseException:
            self.__exit__(None, None, None)
            raise
        return self

    def __exit__(self, *exception):
        if self.api is not None:
            self.api.__exit__(*exception)
        for session in self._sessions:
            kill_session(session)
        for process in self._running.values():
            process.wait()
        self.database.__exit__()

    def _configure(self):
        self.settings = prepare(self.home, dags=self.dags, aws_connection="{}")
        self.settings.environment.pop("AIRFLOW_CONN_AWS_DEFAULT")
        self.settings.environment.update(
            _IMPATIENT
            | {f"AIRFLOW_CONN_{name.upper()}": value for name, value in self._connections.items()}
            | {
                ARMED_DIRECTORY: str(self.armed),
                "AIRFLOW__API__SECRET_KEY": secrets.token_hex(16),
                "AIRFLOW__API_AUTH__JWT_SECRET": secrets.token_hex(32),
                "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": self.database.address,
                "PYTHONPATH": str(Path(__file__).parents[3]),
            }
        )

    def start(self, component):
        environment = self.settings.environment | {"FAULT_MATRIX_COMPONENT": component}
        # Nobody reads logs over the network, and two triggerers would want the same port for it.
        words = [_COMPONENTS[component], *(["--skip-serve-logs"] if component in {SCHEDULER, *TRIGGERERS} else [])]
        with self.log_file(component).open("ab") as log:
            process = subprocess.Popen(
                [self._program, *words],
                cwd=self.home,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self._running[component] = process
        self._sessions.append(process.pid)

    def kill(self, component, *, whole=True):
        """Kill a component with SIGKILL: with all the processes that it has started, or alone."""
        process = self._running.pop(component)
        if whole:
            kill_session(process.pid)
        else:
            process.kill()
        process.wait()

    def end(self, component):
        """End a component in order, as for an upgrade."""
        process = self._running.pop(component)
        process.terminate()
        process.wait(60)
        kill_session(process.pid)

    def revive(self, seconds):
        """Start again what ends by itself in this time, as a process manager would."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            for component in [name for name, process in self._running.items() if process.poll() is not None]:
                kill_session(self._running.pop(component).pid)
                self.start(component)
            time.sleep(0.5)

    def _wait_for_api(self):
        deadline = time.monotonic() + 90
        while "metadatabase" not in self.api.health():
            assert time.monotonic() < deadline, self.log_file(API_SERVER).read_text()[-3000:]
            time.sleep(0.3)

    def log_file(self, component):
        return self.home / f"{component}.log"

    def run_python(self, code, *arguments):
        """Run code with the cluster's Airflow, for what no interface offers."""
        return self._run([sys.executable, "-c", code, *arguments])

    @property
    def _program(self):
        return Path(sys.executable).parent / "airflow"

    def _airflow(self, *words):
        return self._run([self._program, *words])

    def _run(self, command):
        done = subprocess.run(
            command, cwd=self.home, env=self.settings.environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout
