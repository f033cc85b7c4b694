"""The life of one training job, in a thread of its own."""

from __future__ import annotations

import copy
import logging
import threading
from typing import TYPE_CHECKING, Any

from airflow_sm_training.local.runner import outcome
from airflow_sm_training.local.runner.artifacts import Artifacts
from airflow_sm_training.local.runner.attempt import Attempt
from airflow_sm_training.local.runner.directory import JobDirectory, path_below
from airflow_sm_training.local.runner.failures import CommandFailedError, JobFailedError, JobStoppedError
from airflow_sm_training.local.runner.s3 import S3
from airflow_sm_training.local.runner.supervision import StopControl, Supervisor
from airflow_sm_training.local.timeline import MESSAGES
from airflow_sm_training.sagemaker.statuses import FailureKind, SecondaryStatus

if TYPE_CHECKING:
    from collections.abc import Mapping

    from airflow_sm_training.local.jobs.listener import TrainingJobListener
    from airflow_sm_training.local.runner.clients import Clients
    from airflow_sm_training.local.runner.outcome import Outcome
    from airflow_sm_training.local.runner.settings import RunnerSettings

logger = logging.getLogger(__name__)


class TrainingJob:
    """
    A training job under way.

    :param request: a CreateTrainingJob request
    :param arn: the job's ARN
    :param region_name: the job's region
    :param listener: told of everything that happens
    :param clients: boto3 clients
    :param settings: what all jobs have in common
    """

    def __init__(
        self,
        *,
        request: Mapping[str, Any],
        arn: str,
        region_name: str,
        listener: TrainingJobListener,
        clients: Clients,
        settings: RunnerSettings,
    ) -> None:
        # A copy, as the endpoint changes its own on UpdateTrainingJob while this thread reads.
        self._request: Mapping[str, Any] = copy.deepcopy(dict(request))
        self._arn = arn
        self._region_name = region_name
        self._listener = listener
        self._clients = clients
        self._settings = settings
        self._control = StopControl()
        self._thread = threading.Thread(
            target=self._live, name=f"training job {request['TrainingJobName']}", daemon=True
        )

    def start(self) -> None:
        """Begin, and return at once."""
        self._thread.start()

    def stop(self, secondary_status: SecondaryStatus) -> None:
        """
        Ask the job to end. See :class:`~airflow_sm_training.local.jobs.listener.RunningTrainingJob`.

        :param secondary_status: how the job will have ended; ``Interrupted`` restarts it
        """
        self._control.request(secondary_status)

    def kill(self) -> None:
        """End the job at once, without grace and uploads."""
        self._control.kill()

    def join(self) -> None:
        """Wait until the job has ended and its listener was told."""
        self._thread.join()

    @property
    def is_alive(self) -> bool:
        """Whether the job's thread still runs."""
        return self._thread.is_alive()

    def _live(self) -> None:
        try:
            end = self._run()
        except JobFailedError as error:
            end = outcome.failed(error.reason)
        except Exception as error:
            logger.exception("The runner failed on training job %s", self._request["TrainingJobName"])
            end = outcome.failed(JobFailedError(FailureKind.INTERNAL, f"{type(error).__name__}: {error}").reason)
        self._listener.on_end(
            end.status,
            end.secondary_status,
            end.message,
            failure_reason=end.failure_reason,
            model_artifacts=end.model_artifacts,
        )

    def _run(self) -> Outcome:
        directory = self._directory()
        s3 = S3(self._clients.get("s3", self._region_name))
        artifacts = Artifacts(self._request, directory, s3)
        try:
            self._prepare(artifacts)
            self._train(directory, s3)
            end = self._complete(artifacts)
        except CommandFailedError as error:
            end = self._keep_what_there_is(artifacts, error)
        except JobStoppedError:
            end = self._stopped(artifacts)
        return end

    def _directory(self) -> JobDirectory:
        local_path = (self._request.get("CheckpointConfig") or {}).get("LocalPath")
        path = path_below(self._settings.root, self._request["TrainingJobName"])
        return JobDirectory(path, [local_path] if local_path else [])

    def _prepare(self, artifacts: Artifacts) -> None:
        self._listener.on_phase(SecondaryStatus.STARTING, MESSAGES[SecondaryStatus.LAUNCHING_ML_INSTANCES])
        artifacts.check()
        self._listener.on_phase(SecondaryStatus.STARTING, MESSAGES[SecondaryStatus.PREPARING_TRAINING_STACK])

    def _train(self, directory: JobDirectory, s3: S3) -> None:
        """Run the job, again after every spot interruption, until it ends or its time is over."""
        attempt = Attempt(
            request=self._request,
            arn=self._arn,
            region_name=self._region_name,
            listener=self._listener,
            directory=directory,
            settings=self._settings,
            control=self._control,
        )
        logs = self._clients.get("logs", self._region_name)
        limit = (self._request.get("StoppingCondition") or {}).get("MaxRuntimeInSeconds")
        remaining = None if limit is None else float(limit)
        while True:
            supervisor = self._supervisor(remaining)
            try:
                attempt.run(s3, logs, supervisor)
            except JobStoppedError:
                if not supervisor.has_signalled:
                    self._announce(self._control.requested)
                if self._control.is_killed or self._control.requested is not SecondaryStatus.INTERRUPTED:
                    raise
            else:
                return
            remaining = None if remaining is None else remaining - supervisor.elapsed_in_seconds
            self._control.forget_interruption()
            self._enter(SecondaryStatus.RESTARTING)

    def _supervisor(self, runtime_in_seconds: float | None) -> Supervisor:
        return Supervisor(
            self._control,
            grace_period_in_seconds=self._settings.grace_period_in_seconds,
            runtime_in_seconds=runtime_in_seconds,
            on_signal=self._announce,
            clock=self._settings.clock,
        )

    def _announce(self, reason: SecondaryStatus | None) -> None:
        if reason is SecondaryStatus.INTERRUPTED:
            self._enter(reason)
        elif reason is not None:
            self._enter(SecondaryStatus.STOPPING)

    def _complete(self, artifacts: Artifacts) -> Outcome:
        self._enter(SecondaryStatus.UPLOADING)
        model = artifacts.upload_model()
        artifacts.upload_output()
        asked = self._control.requested
        if asked is not None and asked is not SecondaryStatus.INTERRUPTED:
            return outcome.stopped(asked, model)
        return outcome.completed(model)

    def _stopped(self, artifacts: Artifacts) -> Outcome:
        if self._control.is_killed:
            return outcome.failed(JobFailedError(FailureKind.INTERNAL, "The endpoint was shut down").reason)
        asked = self._control.requested or SecondaryStatus.STOPPED
        return outcome.stopped(asked, self._upload(artifacts))

    def _keep_what_there_is(self, artifacts: Artifacts, failure: JobFailedError) -> Outcome:
        """Upload what a failed job has left, as SageMaker does: it often explains the failure."""
        model = None
        try:
            model = self._upload(artifacts)
        except JobFailedError as error:
            logger.warning("What %s left was not uploaded: %s", self._request["TrainingJobName"], error.message)
        return outcome.failed(failure.reason, model)

    def _upload(self, artifacts: Artifacts) -> str | None:
        if not (artifacts.has_model or artifacts.has_output):
            return None
        self._enter(SecondaryStatus.UPLOADING)
        artifacts.upload_output()
        return artifacts.upload_model() if artifacts.has_model else None

    def _enter(self, secondary_status: SecondaryStatus) -> None:
        self._listener.on_phase(secondary_status, MESSAGES[secondary_status])
