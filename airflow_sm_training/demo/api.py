"""The part of Airflow's REST API (version 2) that the demo needs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from airflow_sm_training.demo.failures import DemoFailed

if TYPE_CHECKING:
    from types import TracebackType


class AirflowApi:
    """
    A client of one Airflow.

    :param url: where it answers, such as ``http://127.0.0.1:8080``
    """

    def __init__(self, url: str) -> None:
        import httpx  # noqa: PLC0415

        # Nothing between here and loopback: no proxy, no netrc.
        self._client = httpx.Client(base_url=url, timeout=30, trust_env=False)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, exc_type: type[BaseException] | None, exc: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._client.close()

    def health(self) -> dict[str, str]:
        """Return the status of each component; empty while nothing answers."""
        import httpx  # noqa: PLC0415

        try:
            components = self._client.get("/api/v2/monitor/health").json()
        except (httpx.HTTPError, ValueError):
            return {}
        return {name: (component or {}).get("status") or "not seen yet" for name, component in components.items()}

    def log_in(self, user: str, password: str) -> None:
        """Get a token, which the requests that follow carry."""
        token = self._call("POST", "/auth/token", json={"username": user, "password": password})["access_token"]
        self._client.headers["Authorization"] = f"Bearer {token}"

    def has_dag(self, dag_id: str) -> bool:
        """Whether the Dag has been parsed and can be run."""
        return self._client.get(f"/api/v2/dags/{dag_id}").is_success

    def import_errors(self) -> list[dict[str, Any]]:
        """Return the Dag files that could not be imported: ``filename``, ``stack_trace``."""
        return list(self._call("GET", "/api/v2/importErrors")["import_errors"])

    def trigger(self, dag_id: str, params: dict[str, Any]) -> str:
        """Start a run of the Dag and return its run id."""
        self._call("PATCH", f"/api/v2/dags/{dag_id}", json={"is_paused": False})
        run = self._call("POST", f"/api/v2/dags/{dag_id}/dagRuns", json={"logical_date": None, "conf": params})
        return str(run["dag_run_id"])

    def dag_run(self, dag_id: str, run_id: str) -> dict[str, Any]:
        """Return the run: ``state``, ``start_date``, …."""
        return self._call("GET", f"/api/v2/dags/{dag_id}/dagRuns/{run_id}")

    def task_instances(self, dag_id: str, run_id: str) -> list[dict[str, Any]]:
        """Return the run's task instances: ``task_id``, ``state``, ``start_date``, …."""
        path = f"/api/v2/dags/{dag_id}/dagRuns/{run_id}/taskInstances"
        return list(self._call("GET", path)["task_instances"])

    def tries(self, dag_id: str, run_id: str, task_id: str) -> list[dict[str, Any]]:
        """Return the history of a task instance, a try each."""
        path = f"/api/v2/dags/{dag_id}/dagRuns/{run_id}/taskInstances/{task_id}/tries"
        return list(self._call("GET", path)["task_instances"])

    def events(self, dag_id: str, run_id: str, task_id: str) -> list[dict[str, Any]]:
        """Return the audit log of a task instance, oldest first: ``when`` it became what (``event``)."""
        where = {"dag_id": dag_id, "run_id": run_id, "task_id": task_id, "order_by": "event_log_id"}
        return list(self._call("GET", "/api/v2/eventLogs", params=where)["event_logs"])

    def pool(self, name: str = "default_pool") -> dict[str, Any]:
        """Return how a pool's slots are used: ``running_slots``, ``deferred_slots``, …."""
        return self._call("GET", f"/api/v2/pools/{name}")

    def xcom(self, dag_id: str, run_id: str, task_id: str, key: str = "return_value") -> Any:
        """Return an XCom value as JSON has it."""
        path = f"/api/v2/dags/{dag_id}/dagRuns/{run_id}/taskInstances/{task_id}/xcomEntries/{key}"
        return self._call("GET", path)["value"]

    def log(self, dag_id: str, run_id: str, task_id: str, try_number: int = 1) -> list[str]:
        """Return what a task logged, a line each, the time first."""
        path = f"/api/v2/dags/{dag_id}/dagRuns/{run_id}/taskInstances/{task_id}/logs/{try_number}"
        events = self._call("GET", path, params={"full_content": True})["content"]
        return [line for event in events for line in _readable(event)]

    def _call(self, method: str, path: str, **arguments: Any) -> dict[str, Any]:
        response = self._client.request(method, path, **arguments)
        if not response.is_success:
            raise DemoFailed(f"Airflow's API answered {method} {path} with {response.status_code}: {response.text}")
        body: dict[str, Any] = response.json()
        return body


def _readable(event: str | dict[str, Any]) -> list[str]:
    if isinstance(event, str):
        return event.splitlines()
    if not event.get("timestamp") or str(event.get("event")).startswith("::"):
        return []  # where the lines were read from, and the marks between which the user interface folds them
    time = str(event["timestamp"])[11:19]
    level = str(event.get("level") or "info").upper()
    lines = [f"{time} {level:<7} {event.get('event', '')}"]
    # An exception comes as data beside the event.
    errors = event.get("error_detail") or []
    return lines + [f"{time} {level:<7} {error['exc_type']}: {error['exc_value']}" for error in errors]
