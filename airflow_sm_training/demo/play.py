"""The demo from beginning to end."""

from __future__ import annotations

import shutil
import signal
import time
from typing import TYPE_CHECKING

from airflow_sm_training.demo import report as reports
from airflow_sm_training.demo.failures import DemoFailed, Interrupted
from airflow_sm_training.demo.sagemaker_side import SageMakerSide
from airflow_sm_training.demo.settings import USER, prepare
from airflow_sm_training.demo.standalone import StandaloneAirflow
from airflow_sm_training.demo.training_run import DAG_ID, TASK_ID, TrainingRun
from airflow_sm_training.local import LocalSageMaker

if TYPE_CHECKING:
    from pathlib import Path

    from airflow_sm_training.demo.report import Report
    from airflow_sm_training.demo.screen import Screen
    from airflow_sm_training.demo.settings import AirflowSettings


def play(home: Path, dags: Path, screen: Screen, *, keep: bool, timeout_seconds: float) -> Report:
    """
    Start a SageMaker endpoint and an Airflow, train the example's model, show it, and end both.

    :param home: an empty directory for all of it
    :param dags: the directory with ``train_digits.py``
    :param screen: where to show it
    :param keep: whether to leave both open until a signal comes
    :param timeout_seconds: for starting and for training, each
    :raises DemoFailed: the model was not trained
    """
    shutil.copytree(dags, home / "dags", ignore=shutil.ignore_patterns("__pycache__"))
    with LocalSageMaker() as endpoint:
        screen.say(f"SageMaker endpoint  {endpoint.endpoint_url}")
        settings = prepare(home, dags=home / "dags", aws_connection=endpoint.airflow_connection)
        with StandaloneAirflow(settings) as airflow:
            start = time.monotonic()
            with screen.working("Airflow starts: scheduler, triggerer, Dag processor, API server"):
                airflow.wait_until_ready(DAG_ID, timeout_seconds)
            screen.say(f"Airflow             {settings.url} (healthy after {time.monotonic() - start:.0f} s)")
            report = _train(airflow, SageMakerSide(endpoint), screen, timeout_seconds)
            _show_where_to_look(settings, report, screen, keep=keep)
            if keep:
                _wait_for_ctrl_c(screen)
    return report


def _train(airflow: StandaloneAirflow, sagemaker: SageMakerSide, screen: Screen, timeout_seconds: float) -> Report:
    run = TrainingRun(airflow, sagemaker, params={})
    screen.say(f"Dag run             {DAG_ID}, {run.run_id}")
    with screen.watching() as show:
        last = run.follow(show, timeout_seconds)
    if last is None:
        states = ", ".join(f"{task_id} {state}" for task_id, state in run.snapshots[-1].task_states.items())
        raise DemoFailed(f"The Dag run has not ended after {timeout_seconds:.0f} s: {states}", airflow.log_tail())
    if last.run_state != "success":
        raise reports.failure(run, last, airflow.api)
    report = reports.success(run, airflow.api, sagemaker)
    screen.result(report)
    return report


def _wait_for_ctrl_c(screen: Screen) -> None:
    # The command turned SIGINT and SIGTERM into an exception; here, it is what everybody waits for.
    try:
        signal.pause()
    except Interrupted:
        screen.say("Ending Airflow and the endpoint.")


def _show_where_to_look(settings: AirflowSettings, report: Report, screen: Screen, *, keep: bool) -> None:
    if keep:
        screen.say(f"\nAirflow is open: {settings.url}/dags/{DAG_ID}/runs/{report.dag_run_id}/tasks/{TASK_ID}")
        screen.say(f"User {USER}, password {settings.password}. Ctrl-C ends Airflow and the endpoint and cleans up.")
    else:
        screen.say("\nThe Dag: example_dags/train_digits.py. Look around in the browser: make demo KEEP=1")
