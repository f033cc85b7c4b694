"""The demo, run for real: a whole Airflow as processes, a training job as a process."""

from __future__ import annotations

import importlib.metadata
import json
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from datetime import datetime, timedelta
from pathlib import Path

import httpx
import psutil
import pytest

from airflow_sm_training.cli import main
from tests.integration.airflow_runs import EXAMPLE_DAGS

DEMO = [str(Path(sys.executable).with_name("airflow-sm-training")), "demo"]

pytestmark = [
    pytest.mark.whole_airflow,
    pytest.mark.skipif(
        importlib.metadata.version("apache-airflow").startswith("2."),
        reason="the demo drives Airflow by version 2 of its REST API, which came with Airflow 3",
    ),
]


@pytest.fixture
def temporary(tmp_path, monkeypatch):
    """Where the demo makes its temporary files."""
    directory = tmp_path / "temporary"
    directory.mkdir()
    monkeypatch.setenv("TMPDIR", str(directory))
    monkeypatch.setattr(tempfile, "tempdir", None)
    yield directory
    monkeypatch.undo()
    tempfile.tempdir = None


def left_behind(directory):
    """Return files and processes of a demo that has ended."""
    processes = []
    for process in psutil.process_iter():
        try:
            if process.environ().get("AIRFLOW_HOME", "").startswith(str(directory)):
                processes.append(process)
        except (psutil.AccessDenied, psutil.NoSuchProcess):
            continue
    return [*directory.glob("airflow-sm-training-*"), *processes]


def test_trains_a_model_without_holding_a_worker_and_stays_open_until_ctrl_c(temporary, tmp_path):
    """The one demo here that is a process of its own from the beginning to the end, as users start it."""
    lines = []
    report_file = tmp_path / "report.json"
    with subprocess.Popen([*DEMO, "--keep", "--json", str(report_file)], stdout=subprocess.PIPE, text=True) as demo:
        for line in demo.stdout:
            lines.append(line)
            if found := re.match(r"Airflow is open: (\S+)", line):
                break
        assert found, "".join(lines)
        assert httpx.get(found[1], trust_env=False).is_success
        demo.send_signal(signal.SIGINT)
        demo.communicate(timeout=60)
    assert demo.returncode == 0

    report, shown = json.loads(report_file.read_text()), "".join(lines)
    assert report["accuracy"] > 0.9
    assert report["model"].startswith("s3://")
    assert report["model"].endswith("/model.tar.gz")
    assert report["model_bytes"] > 1000
    assert f"{report['accuracy']:.4f}" in shown
    assert report["model"] in shown

    deferred = [seen for seen in report["observations"] if seen["task_states"]["train"] == "deferred"]
    training = [seen for seen in deferred if seen["secondary_status"] == "Training"]
    assert len(training) >= 3
    assert {(seen["running_slots"], seen["deferred_slots"]) for seen in training} == {(0, 1)}
    assert [event["event"] for event in report["task_events"]] == ["running", "deferred", "running", "success"]
    training_seconds = {phase["status"]: phase["duration_in_seconds"] for phase in report["xcom"]["derived"]["phases"]}
    assert report["deferred_seconds"] > training_seconds["Training"] > report["worker_seconds"]
    (only_try,) = report["task_tries"]
    assert (only_try["state"], only_try["operator"]) == ("success", "SageMakerCreateTrainingJobOperator")

    xcom = report["xcom"]
    for name in ("creation_time", "training_start_time", "training_end_time"):
        assert datetime.fromisoformat(xcom[name]).utcoffset() == timedelta(0)
    assert xcom["derived"]["metrics"]["validation:accuracy"] == report["accuracy"]
    assert "Training" in [phase["status"] for phase in xcom["derived"]["phases"]]
    assert any("epoch=" in line for line in report["task_log"])
    assert left_behind(temporary) == []


def test_says_why_the_training_failed(temporary, tmp_path, capsys):
    dags = shutil.copytree(EXAMPLE_DAGS, tmp_path / "dags")
    script = dags / "digits" / "train.py"
    script.write_text(script.read_text().replace("model.score(", "model.scor("))

    assert main(["demo", "--dags", str(dags)]) == 1

    reason = capsys.readouterr().out.partition("The demo failed.")[2]
    assert "The task train of the Dag train_digits failed" in reason
    assert "AttributeError: 'MLPClassifier' object has no attribute 'scor'" in reason
    assert left_behind(temporary) == []


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_cleans_up_when_interrupted(temporary, number):
    with subprocess.Popen(DEMO, stdout=subprocess.PIPE, text=True) as demo:
        # Airflow is on its way up, its components among them.
        while len(left_behind(temporary)) < 4 and demo.poll() is None:
            time.sleep(0.1)
        demo.send_signal(number)
        shown, _ = demo.communicate(timeout=60)

    assert demo.returncode == 128 + number
    assert "Interrupted; everything is cleaned up." in shown
    assert left_behind(temporary) == []
