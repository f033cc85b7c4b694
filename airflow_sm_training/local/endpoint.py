"""The endpoint as a Python object: everything put together, started and ended."""

from __future__ import annotations

import atexit
import json
import logging
import shutil
import sys
import tempfile
import time
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from airflow_sm_training.local.counts import RequestCounts
from airflow_sm_training.local.errors import ACCOUNT_ID
from airflow_sm_training.local.faults import Fault, Faults
from airflow_sm_training.local.http.control import Control
from airflow_sm_training.local.http.gateway import Gateway, is_loopback_name
from airflow_sm_training.local.http.moto_backend import MotoBackend
from airflow_sm_training.local.http.relay import Relay
from airflow_sm_training.local.http.server import ServerThread, bind
from airflow_sm_training.local.jobs.scripts import DEFAULT_TIMELINE, Scripts
from airflow_sm_training.local.jobs.store import JobEvent, JobStore
from airflow_sm_training.local.operations.service import TrainingJobService
from airflow_sm_training.local.runner import ProcessRunner
from airflow_sm_training.local.timeline import Timeline
from airflow_sm_training.sagemaker import model

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from airflow_sm_training.local.jobs.listener import TrainingJobRunner
    from airflow_sm_training.local.jobs.scripted import ScriptedDelays
    from airflow_sm_training.local.timeline import Step

_log = logging.getLogger(__name__)
_REGION = "us-east-1"
_CREDENTIALS = {"aws_access_key_id": "test", "aws_secret_access_key": "test"}
_ROLE_NAME = "SageMakerExecutionRole"
_TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Principal": {"Service": "sagemaker.amazonaws.com"}, "Action": "sts:AssumeRole"},
    ],
}


class EndpointStartError(RuntimeError):
    """The endpoint could not be started; the message says what to do."""


class LocalSageMaker:
    """
    A SageMaker training endpoint on this machine, as a context manager or with :meth:`start` and :meth:`stop`.

    It **runs what it is sent** as processes of the current user, so it listens on loopback only unless told otherwise.
    S3, CloudWatch Logs, IAM, STS and the other operations of SageMaker are moto's, on the same port. moto's state is
    global in a process: endpoints that run at the same time in one process share their buckets and roles, and the first
    that starts when none is running begins with nothing. Training jobs belong to their endpoint alone.

    At the start there are the bucket ``sagemaker-us-east-1-123456789012``, SageMaker's own default bucket, and the role
    ``SageMakerExecutionRole``.

    :param port: 0 = any that is free.
    :param host: address to listen on.
    :param root: where the files of jobs are; by default a temporary directory that is removed at the end.
    :param python: interpreter for Python training scripts.
    :param images: command to run for a training image, by image.
    :param grace_period_in_seconds: from SIGTERM to SIGKILL when a job is stopped; SageMaker's 120 s by default.
    :param faults: what goes wrong from the beginning.
    :param timeline: of jobs that have nothing to run here and no timeline of their own; about two seconds by default.
    :param quotas: instances allowed, by instance type: ``{"ml.p4d.24xlarge": 0}``. No limit for other types.
    :param delays: what scripted jobs take for a stop, an interruption and a restart.
    :param run_processes: ``False`` lets every job follow a timeline, even one that could be run.
    :param on_event: called for each phase of each job, from the endpoint's threads.
    :param clock: the time in epoch seconds.
    """

    def __init__(
        self,
        *,
        port: int = 0,
        host: str = "127.0.0.1",
        root: Path | None = None,
        python: str = sys.executable,
        images: Mapping[str, Sequence[str]] | None = None,
        grace_period_in_seconds: float = 120.0,
        faults: Iterable[Fault] | None = None,
        timeline: Timeline | Sequence[Step] | None = None,
        quotas: Mapping[str, int] | None = None,
        delays: ScriptedDelays | None = None,
        run_processes: bool = True,
        on_event: Callable[[JobEvent], None] | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.faults = Faults(faults or ())
        self.requests = RequestCounts()
        self.bucket = f"sagemaker-{_REGION}-{ACCOUNT_ID}"
        self.role_arn = f"arn:aws:iam::{ACCOUNT_ID}:role/{_ROLE_NAME}"
        self._asked_port = port
        self._host = host
        self._asked_root = root
        self._python = python
        self._images = images
        self._grace_period_in_seconds = grace_period_in_seconds
        self._run_processes = run_processes
        self._scripts = Scripts(DEFAULT_TIMELINE if timeline is None else Timeline.parse(timeline))
        self._quotas = quotas
        self._delays = delays
        self._on_event = on_event
        self._clock = clock
        self._started: ExitStack | None = None
        self._root: Path | None = None
        self._port = 0
        self._service: TrainingJobService | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def endpoint_url(self) -> str:
        """Where to send requests, such as ``http://127.0.0.1:4567``."""
        self._running_service()
        return self._url

    @property
    def _url(self) -> str:
        host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self._host, self._host)  # noqa: S104 - not bound here
        return f"http://[{host}]:{self._port}" if ":" in host else f"http://{host}:{self._port}"

    @property
    def airflow_connection(self) -> str:
        """The Airflow connection to the endpoint, as the JSON that ``AIRFLOW_CONN_AWS_DEFAULT`` takes."""
        extra = {"region_name": _REGION, "endpoint_url": self.endpoint_url}
        return json.dumps({"conn_type": "aws", "login": "test", "password": "test", "extra": extra})

    @property
    def root(self) -> Path:
        """Where the files of jobs are."""
        self._running_service()
        assert self._root is not None
        return self._root

    def client(self, service_name: str, region_name: str = _REGION) -> Any:
        """
        Return a boto3 client of the endpoint.

        :param service_name: such as ``sagemaker``, ``s3``, ``logs``.
        """
        return _client(service_name, region_name, self.endpoint_url)

    def script(self, name_pattern: str, timeline: Timeline | Sequence[Step] | str) -> None:
        """
        Let jobs follow a timeline and run nothing, from now on; the latest pattern that matches counts.

        :param name_pattern: shell pattern for names of jobs, such as ``sweep-*``.
        :param timeline: a timeline, its steps, or its JSON.
        """
        self._scripts.add(name_pattern, Timeline.parse(timeline))

    def interrupt(self, name: str, region_name: str = _REGION) -> None:
        """
        Take the spot instances of a running job away: Interrupted, then Restarting, then Training again.

        :raises ServiceError: there is no such job, it does not run, or it is not managed spot training.
        """
        self._running_service().interrupt(region_name, name)

    def start(self) -> None:
        """
        Start the endpoint; ready when it returns.

        :raises EndpointStartError: the port is in use, or the host is not an address of this machine.
        """
        if self._started is not None:
            raise RuntimeError("the endpoint has been started already")
        with ExitStack() as stack:
            # A program that ends without stop() must not leave training processes behind.
            atexit.register(self.stop)
            stack.callback(atexit.unregister, self.stop)
            self._start(stack)
            self._started = stack.pop_all()

    def stop(self) -> None:
        """End the endpoint: its jobs, threads, sockets and temporary files. Harmless if it does not run."""
        started, self._started = self._started, None
        self._service = None
        if started is not None:
            started.close()

    def _start(self, stack: ExitStack) -> None:
        listener = stack.enter_context(self._bind())
        self._port = listener.getsockname()[1]
        self._root = self._make_root(stack)
        moto = MotoBackend()
        stack.callback(moto.stop)
        moto.start()
        _furnish(moto.url, self.bucket)
        model.service_model()  # half a second that the first request should not pay
        store = JobStore(self._clock)
        if self._on_event is not None:
            store.observers.append(self._on_event)
        service = TrainingJobService(
            store, self._scripts, self._make_runner(stack, moto.url), self._quotas, self._delays
        )
        relay = Relay(moto.url)
        gateway = Gateway(
            service,
            relay,
            Control(self.faults, self.requests),
            self.faults,
            self.requests,
            loopback_only=is_loopback_name(self._host),
        )
        server = ServerThread(gateway.handle, listener, tick=store.advance, close=relay.close)
        server.start()
        stack.callback(server.stop)
        self._service = service

    def _bind(self) -> Any:
        try:
            listener = bind(self._host, self._asked_port)
        except OSError as error:
            raise EndpointStartError(
                f"cannot listen on {self._host}:{self._asked_port}: {error.strerror or error}. Choose another port, or "
                "end the program that uses it; port 0 takes any that is free."
            ) from error
        if not is_loopback_name(self._host):
            _log.warning(
                "The local SageMaker endpoint listens on %s: whoever reaches it can run programs as this user",
                self._host,
            )
        return listener

    def _make_root(self, stack: ExitStack) -> Path:
        if self._asked_root is not None:
            root = Path(self._asked_root).resolve()
            root.mkdir(parents=True, exist_ok=True)
            return root
        root = Path(tempfile.mkdtemp(prefix="local-sagemaker-")).resolve()
        stack.callback(shutil.rmtree, root, ignore_errors=True)
        return root

    def _make_runner(self, stack: ExitStack, moto_url: str) -> TrainingJobRunner | None:
        if not self._run_processes:
            return None
        assert self._root is not None
        runner = ProcessRunner(
            root=self._root,
            endpoint_url=moto_url,
            job_endpoint_url=self._url,
            python=self._python,
            images=self._images,
            grace_period_in_seconds=self._grace_period_in_seconds,
        )
        stack.callback(runner.close)
        return runner

    def _running_service(self) -> TrainingJobService:
        if self._service is None:
            raise RuntimeError("the endpoint is not running: use it as a context manager, or call start()")
        return self._service


def _client(service_name: str, region_name: str, endpoint_url: str) -> Any:
    import boto3

    # A session of its own: boto3's default session is shared by threads that do not know of one another.
    session = boto3.session.Session(region_name=region_name, **_CREDENTIALS)
    return session.client(service_name, endpoint_url=endpoint_url)


def _furnish(moto_url: str, bucket: str) -> None:
    """Make what an account that uses SageMaker has: the default bucket and a role to train with."""
    _client("s3", _REGION, moto_url).create_bucket(Bucket=bucket)
    iam = _client("iam", _REGION, moto_url)
    with suppress(iam.exceptions.EntityAlreadyExistsException):
        iam.create_role(RoleName=_ROLE_NAME, AssumeRolePolicyDocument=json.dumps(_TRUST))
