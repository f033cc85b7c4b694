"""The environment of the demo's Airflow: its own home, its own ports, nothing of the user's."""

from __future__ import annotations

import json
import os
import secrets
import socket
import sys
from dataclasses import dataclass
from pathlib import Path

HOST = "127.0.0.1"
USER = "admin"


@dataclass(frozen=True, slots=True)
class AirflowSettings:
    """
    Where the demo's Airflow lives.

    :param home: its ``AIRFLOW_HOME``
    :param port: of the user interface and the REST API
    :param password: of the user ``admin``
    :param environment: the variables that its processes run with
    """

    home: Path
    port: int
    password: str
    environment: dict[str, str]

    @property
    def url(self) -> str:
        """Where the user interface and the REST API answer."""
        return f"http://{HOST}:{self.port}"

    @property
    def log_file(self) -> Path:
        """Where all components of Airflow write to."""
        return self.home / "standalone.log"


def prepare(home: Path, *, dags: Path, aws_connection: str) -> AirflowSettings:
    """
    Choose free ports and a password, and write down the user.

    :param home: an empty directory
    :param dags: the directory with the Dags to run
    :param aws_connection: the JSON of the Airflow connection ``aws_default``
    """
    api, worker_log, trigger_log = _free_ports(3)
    password = secrets.token_urlsafe(9)
    passwords = home / "passwords.json"
    passwords.write_text(json.dumps({USER: password}))
    passwords.chmod(0o600)
    url = f"http://{HOST}:{api}"
    airflow = {
        "AIRFLOW_HOME": str(home),
        "AIRFLOW__API__BASE_URL": url,
        "AIRFLOW__API__HOST": HOST,
        "AIRFLOW__API__PORT": str(api),
        "AIRFLOW__API__WORKERS": "1",
        "AIRFLOW__CORE__DAGS_FOLDER": str(dags),
        "AIRFLOW__CORE__EXECUTION_API_SERVER_URL": f"{url}/execution/",
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__CORE__PARALLELISM": "4",
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE": str(passwords),
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_USERS": f"{USER}:admin",
        "AIRFLOW__DATABASE__LOAD_DEFAULT_CONNECTIONS": "False",
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{home}/airflow.db",
        "AIRFLOW__LOGGING__BASE_LOG_FOLDER": str(home / "logs"),
        # Both log servers would otherwise take the ports of an Airflow that already runs here.
        "AIRFLOW__LOGGING__TRIGGER_LOG_SERVER_PORT": str(trigger_log),
        "AIRFLOW__LOGGING__WORKER_LOG_SERVER_PORT": str(worker_log),
        "AIRFLOW__USAGE_DATA_COLLECTION__ENABLED": "False",
        "AIRFLOW_CONN_AWS_DEFAULT": aws_connection,
    }
    return AirflowSettings(home, api, password, _surroundings() | airflow)


def _surroundings() -> dict[str, str]:
    """Return this process's environment without the user's own Airflow and AWS settings."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("AIRFLOW", "AWS_"))}
    here = str(Path(sys.executable).parent)
    # `airflow standalone` starts its components as `airflow`: let it find this environment's.
    kept["PATH"] = os.pathsep.join([here, kept.get("PATH", os.defpath)])
    kept["NO_PROXY"] = kept["no_proxy"] = ",".join(filter(None, [kept.get("NO_PROXY"), HOST, "localhost"]))
    kept["AWS_EC2_METADATA_DISABLED"] = "true"
    return kept


def _free_ports(count: int) -> list[int]:
    # All held at once, so that they differ.
    sockets = [socket.socket() for _ in range(count)]
    try:
        for held in sockets:
            held.bind((HOST, 0))
        return [held.getsockname()[1] for held in sockets]
    finally:
        for held in sockets:
            held.close()
