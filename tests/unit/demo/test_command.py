from __future__ import annotations

import argparse
import importlib.metadata
import importlib.util

import pytest

from airflow_sm_training.demo import command


@pytest.fixture
def options():
    parser = argparse.ArgumentParser()
    command.add_arguments(parser)
    return parser.parse_args


@pytest.fixture
def airflow_3(monkeypatch):
    monkeypatch.setattr(importlib.metadata, "version", lambda _: "3.3.2")


def test_missing_extra_is_named(options, monkeypatch, capsys):
    found = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "sklearn" else found(name))

    assert command.run(options([])) == 2
    assert capsys.readouterr().err == "The demo needs sklearn: pip install 'airflow-sm-training[demo]'\n"


def test_airflow_2_is_named(options, monkeypatch, capsys):
    monkeypatch.setattr(importlib.metadata, "version", lambda _: "2.11.2")

    assert command.run(options([])) == 2
    assert "Airflow 2.11.2" in capsys.readouterr().err


@pytest.mark.usefixtures("airflow_3")
def test_directory_without_the_dag_is_named(options, tmp_path, capsys):
    assert command.run(options(["--dags", str(tmp_path)])) == 2
    assert capsys.readouterr().err == f"There is no train_digits.py in {tmp_path}\n"
