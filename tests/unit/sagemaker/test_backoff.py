from __future__ import annotations

import random

import pytest

from airflow_sm_training.sagemaker.backoff import SharedBackoff, full_jitter


@pytest.mark.parametrize("failures", [1, 2, 5, 6, 7, 100])
def test_full_jitter_is_anything_below_a_ceiling_that_doubles(failures):
    delays = [full_jitter(failures, rng=random.Random(seed)) for seed in range(200)]
    ceiling = min(60.0, 2.0**failures)

    assert 0 <= min(delays) < 0.1 * ceiling
    assert 0.9 * ceiling < max(delays) <= ceiling


def test_one_failure_holds_nobody_else_up_and_the_second_in_a_row_does():
    backoff = SharedBackoff(random.Random(1))

    backoff.failed(0.0, 1.0)
    assert backoff.resume_at < 1.0
    backoff.failed(0.5, 1.0)
    assert backoff.resume_at > 1.0


def test_requests_that_were_under_way_together_fail_as_one():
    backoff = SharedBackoff(random.Random(1))
    for _ in range(24):
        backoff.failed(0.0, 1.0)
    assert backoff.rounds == 1

    backoff.failed(backoff.resume_at, backoff.resume_at + 1)
    assert backoff.rounds == 2


def test_an_answer_ends_it():
    backoff = SharedBackoff(random.Random(1))
    for _ in range(5):
        backoff.failed(0.0, 1.0)
    backoff.succeeded()

    assert (backoff.rounds, backoff.resume_at) == (0, float("-inf"))
