"""Runs SageMaker training jobs as processes of this machine."""

from __future__ import annotations

import os
import sys
import threading
import time
from typing import TYPE_CHECKING, Any

from airflow_sm_training.local.runner import command
from airflow_sm_training.local.runner.clients import Clients
from airflow_sm_training.local.runner.job import TrainingJob
from airflow_sm_training.local.runner.settings import RunnerSettings

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from airflow_sm_training.local.jobs.listener import TrainingJobListener

__all__ = ["ProcessRunner"]

_CHECKPOINT_INTERVAL_IN_SECONDS = 3.0


class ProcessRunner:
    """
    Runs training jobs as processes of this machine, with the conventions of SageMaker's training containers.

    :param root: the directory below which every job gets its own
    :param endpoint_url: where S3 and CloudWatch Logs answer the runner
    :param job_endpoint_url: where boto3 in the jobs finds AWS; ``endpoint_url`` by default
    :param python: the Python that runs scripts, and what ``python`` means in an entry point
    :param images: the command to run for a ``TrainingImage``, for images that have a counterpart on this machine
    :param grace_period_in_seconds: between SIGTERM and SIGKILL; 120 s as SageMaker gives
    """

    def __init__(
        self,
        *,
        root: Path,
        endpoint_url: str,
        job_endpoint_url: str | None = None,
        python: str = sys.executable,
        images: Mapping[str, Sequence[str]] | None = None,
        grace_period_in_seconds: float = 120.0,
    ) -> None:
        self._settings = RunnerSettings(
            root=root.resolve(),
            endpoint_url=job_endpoint_url or endpoint_url,
            python=python,
            images=dict(images or {}),
            grace_period_in_seconds=grace_period_in_seconds,
            checkpoint_interval_in_seconds=_CHECKPOINT_INTERVAL_IN_SECONDS,
            environ=dict(os.environ),
            clock=time.monotonic,
        )
        self._clients = Clients(endpoint_url)
        self._lock = threading.Lock()
        self._jobs: list[TrainingJob] = []
        self._is_closed = False

    def can_run(self, request: Mapping[str, Any]) -> bool:
        """
        Whether a request names an entry point, a script, or an image with a counterpart here.

        :param request: a CreateTrainingJob request
        """
        return command.can_run(request, self._settings.images)

    def start(
        self,
        *,
        arn: str,
        region_name: str,
        request: Mapping[str, Any],
        listener: TrainingJobListener,
    ) -> TrainingJob:
        """
        Start a job in a thread of its own and return at once.

        :param arn: the job's ARN
        :param region_name: the job's region
        :param request: a CreateTrainingJob request that the endpoint has validated
        :param listener: told of everything that happens, from the job's thread
        :raises RuntimeError: the runner is closed
        """
        job = TrainingJob(
            request=request,
            arn=arn,
            region_name=region_name,
            listener=listener,
            clients=self._clients,
            settings=self._settings,
        )
        with self._lock:
            if self._is_closed:
                raise RuntimeError("The runner is closed")
            self._jobs = [each for each in self._jobs if each.is_alive]
            job.start()
            self._jobs.append(job)
        return job

    def close(self) -> None:
        """Kill what still runs, whole process groups, and wait for the jobs' threads. Closing twice is harmless."""
        with self._lock:
            self._is_closed = True
            jobs, self._jobs = self._jobs, []
        for job in jobs:
            job.kill()
        for job in jobs:
            job.join()
        self._clients.close()
