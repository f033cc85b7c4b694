"""``airflow-sm-training demo``."""

from __future__ import annotations

import contextlib
import json
import shutil
import signal
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from airflow_sm_training.demo.failures import DemoFailed, Interrupted

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator
    from types import FrameType

_FAILED = 1
_UNUSABLE = 2
_NEEDED = ("aiohttp", "httpx", "joblib", "moto", "psutil", "rich", "sklearn")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's options."""
    parser.add_argument("--keep", action="store_true", help="leave Airflow and the endpoint open until Ctrl-C")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write what was found out to this file as well")
    parser.add_argument("--dags", type=Path, metavar="DIR", help="run train_digits.py of this directory instead")
    parser.add_argument(
        "--timeout", type=float, default=300.0, metavar="SECONDS", help="for starting and for training, each"
    )


def run(options: argparse.Namespace) -> int:
    """
    Train the example's model through a real Airflow, and clean up whatever happens.

    :param options: what :func:`add_arguments` declares
    :return: 0 if the model was trained, 1 if not, 2 if the demo cannot run here, 128 + signal if it was interrupted
    """
    try:
        dags = _check(options.dags)
    except DemoFailed as failed:
        print(failed.reason, file=sys.stderr)  # noqa: T201 - rich may be what is missing
        return _UNUSABLE

    from airflow_sm_training.demo.play import play  # noqa: PLC0415
    from airflow_sm_training.demo.screen import Screen  # noqa: PLC0415

    screen = Screen()
    try:
        with _signals(), _temporary_directory() as home:
            report = play(home, dags, screen, keep=options.keep, timeout_seconds=options.timeout)
            if options.json is not None:
                options.json.write_text(json.dumps(report.to_dict(), indent=2, allow_nan=False))
    except DemoFailed as failed:
        screen.failure(failed)
        return _FAILED
    except Interrupted as interrupted:
        screen.say("Interrupted; everything is cleaned up.")
        return 128 + interrupted.signal_number
    return 0


def _check(dags: Path | None) -> Path:
    """
    Find the Dags, and see that what the demo needs is installed.

    :raises DemoFailed: something is missing
    """
    from importlib.metadata import version  # noqa: PLC0415
    from importlib.util import find_spec  # noqa: PLC0415

    if missing := [name for name in _NEEDED if find_spec(name) is None]:
        raise DemoFailed(f"The demo needs {', '.join(missing)}: pip install 'airflow-sm-training[demo]'")
    if (airflow := version("apache-airflow")).startswith("2."):
        raise DemoFailed(f"The demo drives Airflow 3 by its REST API; this is Airflow {airflow}. The Dags run on both.")
    package = Path(__file__).parents[1]
    # In a wheel they lie inside the package, in a checkout beside it.
    for directory in [dags] if dags else [package / "example_dags", package.parent / "example_dags"]:
        if (directory / "train_digits.py").is_file():
            return directory
    raise DemoFailed(f"There is no train_digits.py in {dags or package}")


@contextlib.contextmanager
def _signals() -> Iterator[None]:
    """Turn SIGINT and SIGTERM into an exception, so that everything is left in order. The first one counts."""

    def interrupt(number: int, _: FrameType | None) -> None:
        for other in (signal.SIGINT, signal.SIGTERM):
            signal.signal(other, signal.SIG_IGN)
        raise Interrupted(number)

    before = {number: signal.signal(number, interrupt) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextlib.contextmanager
def _temporary_directory() -> Iterator[Path]:
    directory = Path(tempfile.mkdtemp(prefix="airflow-sm-training-demo-"))
    try:
        yield directory
    finally:
        shutil.rmtree(directory, ignore_errors=True)
