"""Airflow as a process of its own: started, watched until it is healthy, ended."""

from __future__ import annotations

import subprocess
import time
from pathlib import Path
from typing import TYPE_CHECKING, Self

from airflow_sm_training.demo.api import AirflowApi
from airflow_sm_training.demo.failures import DemoFailed
from airflow_sm_training.demo.processes import end_session
from airflow_sm_training.demo.settings import USER

if TYPE_CHECKING:
    from types import TracebackType

    from airflow_sm_training.demo.settings import AirflowSettings

_TAIL = 30


class StandaloneAirflow:
    """
    ``airflow standalone``: scheduler, triggerer, Dag processor, API server and workers, from entering to leaving.

    :param settings: where it lives
    """

    def __init__(self, settings: AirflowSettings) -> None:
        self.settings = settings
        self.api = AirflowApi(settings.url)
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        program = Path(self.settings.environment["PATH"].split(":")[0], "airflow")
        with self.settings.log_file.open("wb") as log:
            self._process = subprocess.Popen(  # noqa: S603  # this environment's own airflow
                [program, "standalone"],
                cwd=self.settings.home,
                env=self.settings.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                # Ctrl-C at the terminal is for the demo, which then ends Airflow in order.
                start_new_session=True,
            )
        return self

    def __exit__(
        self, exc_type: type[BaseException] | None, exc: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.api.__exit__(exc_type, exc, traceback)
        if self._process is not None:
            end_session(self._process.pid)
            self._process.wait()

    def wait_until_ready(self, dag_id: str, timeout_seconds: float) -> None:
        """
        Wait until every component is healthy and the Dag is known, and log in.

        :param dag_id: the Dag that will be run
        :param timeout_seconds: how long this may take
        :raises DemoFailed: Airflow ended, or was not ready in time, or cannot import the Dag
        """
        deadline = time.monotonic() + timeout_seconds
        while not self._is_healthy():
            self.check_alive()
            if time.monotonic() > deadline:
                state = ", ".join(f"{name} {status}" for name, status in self.api.health().items()) or "no answer"
                raise DemoFailed(f"Airflow was not healthy within {timeout_seconds:.0f} s: {state}", self.log_tail())
            time.sleep(0.5)
        self.api.log_in(USER, self.settings.password)
        while not self.api.has_dag(dag_id):
            self.check_alive()
            for error in self.api.import_errors():
                raise DemoFailed(f"Airflow cannot import {error['filename']}", error["stack_trace"].splitlines())
            if time.monotonic() > deadline:
                raise DemoFailed(f"Airflow did not find the Dag {dag_id} in time", self.log_tail())
            time.sleep(0.5)

    def check_alive(self) -> None:
        """
        Look after the process.

        :raises DemoFailed: it has ended
        """
        if self._process is not None and self._process.poll() is not None:
            raise DemoFailed(f"Airflow ended by itself with exit code {self._process.returncode}", self.log_tail())

    def log_tail(self) -> list[str]:
        """Return the last lines that Airflow's components wrote."""
        return self.settings.log_file.read_text(errors="replace").splitlines()[-_TAIL:]

    def _is_healthy(self) -> bool:
        health = self.api.health()
        return bool(health) and all(status == "healthy" for status in health.values())
