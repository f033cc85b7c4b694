from __future__ import annotations

import inspect
import pickle

import pytest

from airflow_sm_training.sagemaker import errors

ALL = [
    error
    for _, error in inspect.getmembers(errors, inspect.isclass)
    if issubclass(error, errors.SageMakerTrainingError)
]


@pytest.mark.parametrize("error_class", ALL)
def test_every_error_survives_pickling_and_a_triggers_event(error_class):
    error = error_class("what and why", training_job_name="digits")
    for field, value in vars(error).items():
        if not value:
            setattr(error, field, "filled")

    copy = pickle.loads(pickle.dumps(error))
    assert (type(copy), str(copy), vars(copy)) == (error_class, "what and why", vars(error))

    again = errors.from_event(errors.to_event(error))
    assert (type(again), str(again), again.training_job_name) == (error_class, "what and why", "digits")


def test_an_error_of_another_version_becomes_the_general_one():
    error = errors.from_event({"type": "TrainingJobMelted", "message": "hot", "training_job_name": None})

    assert type(error) is errors.SageMakerTrainingError


@pytest.mark.parametrize(
    ("reason", "retryable"),
    [
        ("AlgorithmError: exit code 1", True),
        ("InternalServerError: We encountered an internal error", True),
        ("CapacityError: Unable to provision requested ML compute capacity", True),
        ("ClientError: Cannot find the image", False),
        (None, True),
    ],
)
def test_a_failed_job_is_tried_again_unless_the_request_was_wrong(reason, retryable):
    assert errors.TrainingJobFailed("failed", failure_reason=reason).retryable is retryable


def test_the_tree_in_the_docstring_is_the_tree():
    assert all(error.__name__ in errors.__doc__ for error in ALL)
