"""Two people wrote the two sides of ``listener.py``: their signatures have to agree with it."""

from __future__ import annotations

import inspect

import pytest

from airflow_sm_training.local.jobs import listener
from airflow_sm_training.local.jobs.processes import _Listener
from airflow_sm_training.local.runner import ProcessRunner
from airflow_sm_training.local.runner.job import TrainingJob


@pytest.mark.parametrize(
    ("protocol", "implementation"),
    [
        (listener.TrainingJobListener, _Listener),
        (listener.TrainingJobRunner, ProcessRunner),
        (listener.RunningTrainingJob, TrainingJob),
    ],
)
def test_signatures_agree(protocol, implementation):
    methods = [name for name in vars(protocol) if not name.startswith("_")]
    assert methods
    for name in methods:
        asked = inspect.signature(getattr(protocol, name)).parameters.values()
        given = inspect.signature(getattr(implementation, name)).parameters.values()
        assert [(item.name, item.kind, item.default) for item in given] == [
            (item.name, item.kind, item.default) for item in asked
        ]
