from __future__ import annotations

import os
import sys

import psutil
import pytest

from airflow_sm_training.demo.failures import DemoFailed
from airflow_sm_training.demo.processes import end_session
from airflow_sm_training.demo.settings import AirflowSettings, prepare
from airflow_sm_training.demo.standalone import StandaloneAirflow


@pytest.fixture
def airflow_that(tmp_path):
    """Return a function that makes an Airflow of a shell script."""

    def make(script):
        program = tmp_path / "bin" / "airflow"
        program.parent.mkdir()
        program.write_text(f"#!/bin/sh\n{script}\n")
        program.chmod(0o755)
        settings = prepare(tmp_path, dags=tmp_path, aws_connection="{}")
        environment = settings.environment | {"PATH": f"{program.parent}:{os.environ['PATH']}"}
        return StandaloneAirflow(AirflowSettings(tmp_path, settings.port, settings.password, environment))

    return make


def test_airflow_that_ends_is_reported_with_its_last_words(airflow_that):
    with airflow_that("echo the database is gone; exit 3") as airflow, pytest.raises(DemoFailed) as failed:
        airflow.wait_until_ready("train_digits", timeout_seconds=30)

    assert failed.value.reason == "Airflow ended by itself with exit code 3"
    assert failed.value.log == ["the database is gone"]


def test_airflow_that_never_answers_is_reported(airflow_that):
    with airflow_that("echo starting; exec sleep 60") as airflow, pytest.raises(DemoFailed) as failed:
        airflow.wait_until_ready("train_digits", timeout_seconds=1)

    assert failed.value.reason == "Airflow was not healthy within 1 s: no answer"
    assert failed.value.log == ["starting"]


def test_processes_that_ignore_sigterm_or_left_their_group_are_ended(airflow_that):
    orphan = f"{sys.executable} -c 'import os, time; os.setpgid(0, 0); time.sleep(60)'"
    with airflow_that(f"trap '' TERM; {orphan} & echo ready; while :; do sleep 0.1; done") as airflow:
        while not airflow.log_tail():
            airflow.check_alive()
        session = airflow._process.pid
        end_session(session, grace_seconds=0.5)

    alive = [process for process in psutil.process_iter() if _session(process) == session]
    assert alive == []


def test_nothing_of_the_users_own_airflow_and_aws_is_passed_on(tmp_path, monkeypatch):
    monkeypatch.setenv("AIRFLOW__CORE__EXECUTOR", "CeleryExecutor")
    monkeypatch.setenv("AWS_PROFILE", "production")

    environment = prepare(tmp_path, dags=tmp_path, aws_connection="{}").environment

    assert "AIRFLOW__CORE__EXECUTOR" not in environment
    assert "AWS_PROFILE" not in environment
    ports = {value for name, value in environment.items() if name.endswith("PORT") and name.startswith("AIRFLOW__")}
    assert len(ports) == 3


def _session(process):
    try:
        return None if process.status() == psutil.STATUS_ZOMBIE else os.getsid(process.pid)
    except (ProcessLookupError, psutil.NoSuchProcess):
        return None
