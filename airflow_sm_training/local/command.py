"""The command ``airflow-sm-training local``: the endpoint in a terminal."""

from __future__ import annotations

import shlex
import signal
import sys
import threading
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator, Sequence

    from airflow_sm_training.local.endpoint import LocalSageMaker
    from airflow_sm_training.local.faults import Fault
    from airflow_sm_training.local.jobs.store import JobEvent

DESCRIPTION = "Run a SageMaker training endpoint on this machine."
_DEFAULT_PORT = 4599


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the command to its parser."""
    parser.add_argument(
        "--port", type=int, default=_DEFAULT_PORT, help="port to listen on; 0 = any free one (%(default)s)"
    )
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (%(default)s)")
    parser.add_argument(
        "--root", type=Path, help="directory for the files of jobs (a temporary one, removed at the end)"
    )
    parser.add_argument(
        "--faults", metavar="FILE_OR_JSON", help='faults to begin with: [{"kind": "throttle", "rate": 0.2}]'
    )
    parser.add_argument(
        "--image",
        action="append",
        default=[],
        metavar="IMAGE=COMMAND",
        help="what to run for a training image; can be repeated",
    )


def run(args: argparse.Namespace) -> int:
    """
    Serve until SIGINT or SIGTERM.

    :param args: what :func:`add_arguments` asked for.
    :return: the exit status: 0, or 2 if the endpoint could not be started.
    """
    from airflow_sm_training.local.endpoint import EndpointStartError, LocalSageMaker  # noqa: PLC0415

    try:
        endpoint = LocalSageMaker(
            port=args.port,
            host=args.host,
            root=args.root,
            faults=_read_faults(args.faults),
            images=dict(map(_read_image, args.image)),
            on_event=_say_event,
        )
        with _asked_to_end() as asked, endpoint:
            _introduce(endpoint, args.host)
            asked.wait()
            _say("Ending: stopping jobs that still run.")
    except (EndpointStartError, ValueError, OSError) as error:
        sys.stderr.write(f"airflow-sm-training local: {error}\n")
        return 2
    return 0


@contextmanager
def _asked_to_end() -> Iterator[threading.Event]:
    """Let SIGINT and SIGTERM set an event, for as long as the endpoint runs."""
    asked = threading.Event()
    former = {number: signal.signal(number, lambda *_: asked.set()) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield asked
    finally:
        for number, handler in former.items():
            signal.signal(number, handler)


def _introduce(endpoint: LocalSageMaker, host: str) -> None:
    url = endpoint.endpoint_url
    _say(f"A SageMaker training endpoint is listening on {url}")
    _say(f"It runs what it is sent, as you, and listens on {host}.")
    _say("")
    _say(f"  Airflow:    export AIRFLOW_CONN_AWS_DEFAULT={shlex.quote(endpoint.airflow_connection)}")
    _say("  AWS CLI:    AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=test AWS_DEFAULT_REGION=us-east-1 \\")
    _say(f"              aws --endpoint-url {url} sagemaker list-training-jobs")
    _say(f"  Bucket:     s3://{endpoint.bucket}")
    _say(f"  Role:       {endpoint.role_arn}")
    _say(f"  Job files:  {endpoint.root}")
    _say(f'  Faults:     curl -X PUT {url}/_local/faults -d \'[{{"kind": "throttle", "rate": 0.2}}]\'')
    _say("")
    _say("Ctrl-C ends it.")


def _say_event(event: JobEvent) -> None:
    moment = datetime.fromtimestamp(event.time, UTC).strftime("%H:%M:%S")
    reason = f" ({event.failure_reason})" if event.failure_reason else ""
    _say(f"{moment}Z {event.job_name}: {event.secondary_status} - {event.message}{reason}")


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _read_faults(text: str | None) -> list[Fault]:
    from airflow_sm_training.local.faults import FaultError, parse_faults  # noqa: PLC0415

    if text is None:
        return []
    if not text.lstrip().startswith(("[", "{")):
        text = Path(text).read_text(encoding="utf-8")
    try:
        return parse_faults(text)
    except FaultError as error:
        raise ValueError(f"--faults: {error}") from None


def _read_image(text: str) -> tuple[str, Sequence[str]]:
    image, separator, command = text.partition("=")
    if not separator or not image or not command:
        raise ValueError(f"--image {text!r}: IMAGE=COMMAND is needed")
    return image, shlex.split(command)
