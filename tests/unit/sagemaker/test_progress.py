from __future__ import annotations

import logging

import pytest

from airflow_sm_training.sagemaker.errors import ServiceUnavailable
from airflow_sm_training.sagemaker.progress import ProgressReporter
from tests.unit.sagemaker.in_memory import description


@pytest.fixture
def reporter(caplog):
    caplog.set_level(logging.DEBUG, logger="task")
    return ProgressReporter(logging.getLogger("task"))


def transitions(*phases):
    return [{"Status": status, "StatusMessage": message, "StartTime": 1.0} for status, message in phases]


def test_each_phase_is_told_once(reporter, caplog):
    first = description(SecondaryStatusTransitions=transitions(("Starting", "Preparing the instances")))
    second = description(
        SecondaryStatusTransitions=transitions(("Starting", "Preparing the instances"), ("Training", "Under way"))
    )
    for seen in (first, first, second, second):
        reporter.on_description(seen)

    assert caplog.messages == ["digits: Starting (Preparing the instances)", "digits: Training (Under way)"]


def test_a_phase_that_comes_again_is_told_again(reporter, caplog):
    phases = [("Training", ""), ("Interrupted", ""), ("Training", "")]
    for count in (1, 2, 3):
        reporter.on_description(description(SecondaryStatusTransitions=transitions(*phases[:count])))

    assert caplog.messages == ["digits: Training", "digits: Interrupted", "digits: Training"]


def test_progress_is_told_when_it_moves(reporter, caplog):
    for step in (1, 1, 2):
        reporter.on_description(description(ProgressInfo={"CurrentStep": step, "MaxEpoch": 3}))

    assert caplog.messages == ["digits: current step 1, max epoch 3", "digits: current step 2, max epoch 3"]


def test_an_unknown_status_is_told_once(reporter, caplog):
    for _ in range(3):
        reporter.on_description(description(status="InProgress", secondary_status="Hibernating"))

    assert [record.levelname for record in caplog.records] == ["WARNING"]
    assert "'Hibernating'" in caplog.text


def test_trouble_is_told_when_it_starts_and_when_it_ends(reporter, caplog):
    for failures in (1, 2, 3):
        reporter.on_trouble(ServiceUnavailable("Rate exceeded."), failures, 2.0)
    reporter.on_description(description())
    reporter.on_description(description())

    told = [record.getMessage() for record in caplog.records if record.levelno >= logging.INFO]
    assert told == [
        "Rate exceeded. Trying again in 2 s (failure 1 in a row); the job runs on.",
        "SageMaker answers again.",
    ]
