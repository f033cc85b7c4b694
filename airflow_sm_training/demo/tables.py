"""The demo's live view and tables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from airflow_sm_training.sagemaker.statuses import SecondaryStatus

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.table import Table

    from airflow_sm_training.demo.report import Report
    from airflow_sm_training.demo.training_run import Snapshot
    from airflow_sm_training.sagemaker.description import TrainingJobDescription

_COLOURS = {"success": "green", "running": "cyan", "deferred": "magenta", "failed": "red", "queued": "yellow"}
_MEANINGS = {"deferred": "waits in the triggerer, holds no worker", "running": "on a worker"}


def live_view(snapshot: Snapshot) -> RenderableType:
    """Draw what is going on: Airflow's tasks, the workers, the training job."""
    from rich.console import Group  # noqa: PLC0415
    from rich.panel import Panel  # noqa: PLC0415

    return Group(
        Panel(_tasks(snapshot), title=f"Airflow, {snapshot.seconds:.0f} s", title_align="left"),
        Panel(_job(snapshot.training_job), title="SageMaker", title_align="left"),
    )


def plain_line(snapshot: Snapshot) -> str:
    """Say the same in one line, which changes only when something happened."""
    parts = [f"{task_id} {state}" for task_id, state in snapshot.task_states.items() if state]
    parts.append(f"workers busy {snapshot.running_slots}")
    if snapshot.training_job is not None:
        parts.append(f"job {snapshot.training_job.secondary_status}")
        parts += [_metric(name, value) for name, value in _metrics(snapshot.training_job).items()]
    return " · ".join(parts)


def result_rows(report: Report) -> list[tuple[str, str]]:
    """Name and value of what came out."""
    return [
        ("Training job", report.xcom["training_job_name"]),
        ("Accuracy", f"{report.accuracy:.4f}"),
        ("Model", report.model),
        ("", f"{report.model_bytes / 1024:.0f} KiB, there when asked with HEAD"),
        *((f"Phase {phase['status']}", f"{phase['duration_in_seconds'] or 0:5.1f} s") for phase in report.phases),
        ("Task in the triggerer", f"{report.deferred_seconds:5.1f} s, holding no worker"),
        ("Task on a worker", f"{report.worker_seconds:5.1f} s, to submit and to finish"),
    ]


def _tasks(snapshot: Snapshot) -> RenderableType:
    table = _grid()
    for task_id, state in snapshot.task_states.items():
        shown = state or "not started"
        meaning = f"  [dim]{_MEANINGS[shown]}[/]" if shown in _MEANINGS else ""
        table.add_row(task_id, f"[{_COLOURS.get(shown, 'dim')}]{shown}[/]{meaning}")
    table.add_row("[dim]worker slots[/]", f"[dim]{snapshot.running_slots} busy, {snapshot.deferred_slots} deferred[/]")
    return table


def _job(job: TrainingJobDescription | None) -> RenderableType:
    from rich.text import Text  # noqa: PLC0415

    table = _grid()
    if job is None:
        table.add_row("training job", "[dim]not submitted yet[/]")
        return table
    table.add_row("training job", job.name)
    for phase in job.data["derived"].get("phases") or []:
        table.add_row(phase["status"], Text.assemble(_took(phase), ("  " + (phase["status_message"] or ""), "dim")))
    for name, value in _metrics(job).items():
        table.add_row(name, f"[bold]{value:.4f}[/]")
    return table


def _took(phase: dict[str, Any]) -> str:
    seconds = phase["duration_in_seconds"]
    if seconds is None:
        return "" if phase["status"] == SecondaryStatus.COMPLETED else "…"
    return f"{seconds:.1f} s"


def _metrics(job: TrainingJobDescription) -> dict[str, float]:
    return {name: value for name, value in (job.data["derived"].get("metrics") or {}).items() if value is not None}


def _metric(name: str, value: float) -> str:
    return f"{name} {value:.4f}"


def _grid() -> Table:
    from rich.table import Table  # noqa: PLC0415

    table = Table.grid(padding=(0, 2))
    table.add_column(style="bold", no_wrap=True)
    table.add_column(overflow="fold")
    return table
