"""The ``local_sagemaker`` fixture, registered with pytest as a plugin so that a DAG's own tests can ask for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from airflow_sm_training.local import LocalSageMaker


@pytest.fixture
def local_sagemaker() -> Iterator[LocalSageMaker]:
    """Start a SageMaker training endpoint on a free loopback port for one test, and end it afterwards."""
    from airflow_sm_training.local import LocalSageMaker  # noqa: PLC0415

    with LocalSageMaker() as endpoint:
        yield endpoint
