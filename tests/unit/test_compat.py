from __future__ import annotations

from types import SimpleNamespace

import pytest

from airflow_sm_training.compat import first_try_number, looks_secret


@pytest.mark.parametrize(
    ("max_tries", "retries", "epoch"),
    [
        (0, 0, 1),  # first run, no retries
        (3, 3, 1),  # first run with retries, and each of its retries
        (4, 3, 2),  # cleared after the first try
        (7, 3, 5),  # cleared after the fourth
        (0, 3, 1),  # a context that does not know max_tries
        (None, None, 1),
    ],
)
def test_the_epoch_is_the_first_try_of_the_current_clear(max_tries, retries, epoch):
    assert first_try_number(SimpleNamespace(max_tries=max_tries), SimpleNamespace(retries=retries)) == epoch


def test_what_looks_secret_is_airflows_own_rule():
    assert looks_secret("DB_PASSWORD")
    assert not looks_secret("learning_rate")
