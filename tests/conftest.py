"""Gives the tests an Airflow of their own: a temporary home and database, no example DAGs, no network."""

from __future__ import annotations

import atexit
import functools
import os
import shutil
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

EXAMPLE_DAGS = Path(__file__).parents[1] / "example_dags"


def _configure_airflow() -> None:
    """Point Airflow away from the user's home. It reads this once, when it is first imported, hence before any test."""
    home = tempfile.mkdtemp(prefix="airflow-sm-training-tests-")
    atexit.register(shutil.rmtree, home, ignore_errors=True)
    for name in [name for name in os.environ if name.startswith(("AIRFLOW_", "AWS_")) and name != "AWS_CLI"]:
        del os.environ[name]
    os.environ |= {
        "AIRFLOW_HOME": home,
        "AIRFLOW__CORE__DAGS_FOLDER": str(EXAMPLE_DAGS),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__CORE__UNIT_TEST_MODE": "False",
        "AIRFLOW__DATABASE__LOAD_DEFAULT_CONNECTIONS": "False",
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{home}/airflow.db",
        "AIRFLOW__LOGGING__BASE_LOG_FOLDER": f"{home}/logs",
        "AIRFLOW__USAGE_DATA_COLLECTION__ENABLED": "False",
        # A test that forgot to name an endpoint must not find real credentials, nor wait for a metadata service.
        "AWS_CONFIG_FILE": f"{home}/no-aws-config",
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_SHARED_CREDENTIALS_FILE": f"{home}/no-aws-credentials",
    }


_configure_airflow()


@pytest.fixture(scope="session", autouse=True)
def _botocore_reads_its_files_once() -> Iterator[None]:
    """Spare every session of boto3 the megabytes of models that the one before has parsed."""
    from botocore.loaders import JSONFileLoader

    load_file = functools.cache(JSONFileLoader()._load_file)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(JSONFileLoader, "_load_file", lambda _, path, open_method: load_file(path, open_method))
        yield


@pytest.fixture(scope="session")
def airflow_database() -> None:
    """Create Airflow's tables, once for all the tests that run DAGs."""
    from airflow.utils.db import initdb

    initdb()


@pytest.fixture(scope="module", autouse=True)
def _nothing_left_behind() -> Iterator[None]:
    """Fail the module whose tests leave processes or non-daemon threads running: the product promises not to."""
    import psutil

    def leftovers() -> set[str]:
        processes = {f"process {child.pid}: {child.name()}" for child in psutil.Process().children(recursive=True)}
        threads = (thread for thread in threading.enumerate() if not thread.daemon and thread not in shared())
        return processes | {f"thread {thread.name}" for thread in threads}

    def shared() -> set[threading.Thread]:
        # Airflow calls its database through asgiref, which keeps one thread for the life of the process.
        sync = sys.modules.get("asgiref.sync")
        return sync.SyncToAsync.single_thread_executor._threads if sync else set()

    before = leftovers()
    yield
    deadline = time.monotonic() + 5
    while (left := leftovers() - before) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not left, f"left running by the tests of this module: {sorted(left)}"
