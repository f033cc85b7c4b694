"""One run of a job on one instance: bring data and code, run the commands. A spot interruption makes another."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from airflow_sm_training.local.runner import command, configuration, environment, hyperparameters
from airflow_sm_training.local.runner.channels import download_channels
from airflow_sm_training.local.runner.checkpoints import Checkpoints
from airflow_sm_training.local.runner.cloudwatch import LogShipper
from airflow_sm_training.local.runner.directory import UnsafePathError
from airflow_sm_training.local.runner.failures import (
    CommandFailedError,
    JobFailedError,
    JobStoppedError,
    exit_reason,
    read_failure_file,
)
from airflow_sm_training.local.runner.metrics import MetricReader
from airflow_sm_training.local.runner.output import JobOutput
from airflow_sm_training.local.runner.process import TrainingProcess
from airflow_sm_training.local.runner.s3 import S3Location
from airflow_sm_training.local.runner.submit_directory import fetch_code
from airflow_sm_training.local.timeline import MESSAGES
from airflow_sm_training.sagemaker.statuses import FailureKind, SecondaryStatus

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from airflow_sm_training.local.jobs.listener import TrainingJobListener
    from airflow_sm_training.local.runner.directory import JobDirectory
    from airflow_sm_training.local.runner.s3 import S3
    from airflow_sm_training.local.runner.settings import RunnerSettings
    from airflow_sm_training.local.runner.supervision import StopControl, Supervisor


class Attempt:
    """
    Everything between an empty directory and the end of the script.

    :param request: a CreateTrainingJob request
    :param arn: the job's ARN
    :param region_name: the job's region
    :param listener: told of phases and metrics
    :param directory: the job's directory
    :param settings: what all jobs have in common
    :param control: what was asked of the job from outside
    """

    def __init__(
        self,
        *,
        request: Mapping[str, Any],
        arn: str,
        region_name: str,
        listener: TrainingJobListener,
        directory: JobDirectory,
        settings: RunnerSettings,
        control: StopControl,
    ) -> None:
        self._request = request
        self._arn = arn
        self._region_name = region_name
        self._listener = listener
        self._directory = directory
        self._settings = settings
        self._control = control
        self._metrics = MetricReader(request.get("AlgorithmSpecification", {}).get("MetricDefinitions") or ())
        self._words = command.container_command(request, settings.images)
        self._script = None if self._words else command.script_of(request)
        raw = request.get("HyperParameters") or {}
        self._hyperparameters = hyperparameters.decode({key: directory.localise(raw[key]) for key in raw})

    def run(self, s3: S3, logs_client: Any, supervisor: Supervisor) -> None:
        """
        Run the job until its command ends with exit code 0.

        :param s3: where data, code and checkpoints are
        :param logs_client: a boto3 CloudWatch Logs client
        :param supervisor: ends the commands when it is time
        :raises JobFailedError: data or code cannot be had, or a command cannot be started
        :raises CommandFailedError: a command ended with another exit code
        :raises JobStoppedError: the job was asked to stop
        """
        self._control.check()
        self._write_config()
        self._listener.on_phase(SecondaryStatus.DOWNLOADING, MESSAGES[SecondaryStatus.DOWNLOADING])
        checkpoints = self._download(s3)
        self._control.check()
        self._listener.on_phase(SecondaryStatus.TRAINING, MESSAGES[SecondaryStatus.TRAINING])
        stream = f"{self._request['TrainingJobName']}/{configuration.HOST}-{int(time.time())}"
        logs = LogShipper(logs_client, stream)
        if checkpoints is not None:
            checkpoints.start(self._settings.checkpoint_interval_in_seconds)
        try:
            self._say_what_differs(logs)
            self._train(JobOutput(logs, self._metrics, self._listener), supervisor)
        finally:
            if checkpoints is not None:
                checkpoints.finish(upload=not self._control.is_killed)
            logs.close(discard=self._control.is_killed)

    def _write_config(self) -> None:
        self._directory.create()
        raw = self._request.get("HyperParameters") or {}
        self._directory.write_config("hyperparameters.json", {key: self._directory.localise(raw[key]) for key in raw})
        self._directory.write_config("inputdataconfig.json", configuration.input_data_config(self._request))
        self._directory.write_config("resourceconfig.json", configuration.resource_config(self._request))

    def _download(self, s3: S3) -> Checkpoints | None:
        download_channels(self._request, self._directory, s3, self._control.check)
        checkpoints = self._checkpoints(s3)
        if checkpoints is not None:
            checkpoints.download(self._control.check)
        if self._script is not None and self._script.submit_directory is not None:
            fetch_code(self._script.submit_directory, self._directory, s3)
        return checkpoints

    def _checkpoints(self, s3: S3) -> Checkpoints | None:
        config = self._request.get("CheckpointConfig")
        if not config:
            return None
        try:
            local = self._directory.below(config.get("LocalPath") or "/opt/ml/checkpoints")
        except UnsafePathError as error:
            raise JobFailedError(FailureKind.CLIENT, f"CheckpointConfig.LocalPath: {error}") from error
        return Checkpoints(local, S3Location.parse(config["S3Uri"]), s3)

    def _say_what_differs(self, logs: LogShipper) -> None:
        instances = configuration.requested_instances(self._request)
        if instances > 1:
            logs.add(
                f"The request asks for {instances} instances; locally the job is one process on {configuration.HOST}."
            )

    def _train(self, output: JobOutput, supervisor: Supervisor) -> None:
        python = self._settings.python
        variables = self._variables()
        if self._words is not None:
            line = command.localised_command(self._words, self._directory, python)
        elif self._script is not None:
            arguments = hyperparameters.arguments(hyperparameters.for_script(self._hyperparameters))
            line = command.script_command(self._script, arguments, self._directory, python)
            self._install_requirements(variables, output, supervisor)
        else:
            message = "locally a job needs ContainerEntrypoint, the hyperparameter sagemaker_program, or a known image"
            raise JobFailedError(FailureKind.CLIENT, message)
        self._run("ExecuteUserScriptError", line, variables, output, supervisor)

    def _install_requirements(self, variables: Mapping[str, str], output: JobOutput, supervisor: Supervisor) -> None:
        if (self._directory.code / "requirements.txt").is_file():
            line = command.install_requirements(self._directory, self._settings.python)
            variables = {**environment.for_pip(self._settings.environ), **variables}
            self._run("InstallRequirementsError", line, variables, output, supervisor)

    def _run(
        self,
        error_name: str,
        line: Sequence[str],
        variables: Mapping[str, str],
        output: JobOutput,
        supervisor: Supervisor,
    ) -> None:
        output.forget()
        process = TrainingProcess(line, cwd=self._directory.code, environment=variables)
        exit_code = process.run(output, supervisor.watch)
        if supervisor.has_signalled:
            raise JobStoppedError
        if exit_code != 0:
            written = read_failure_file(self._directory.failure)
            reason = written or exit_reason(error_name, exit_code, line, output.stderr, self._directory.code)
            raise CommandFailedError(FailureKind.ALGORITHM, reason)

    def _variables(self) -> dict[str, str]:
        settings = self._settings
        inherited = environment.inherited(settings.environ, settings.python)
        return {
            **inherited,
            **environment.without_proxy(inherited, settings.endpoint_url),
            **environment.aws(settings.endpoint_url, self._region_name),
            **environment.job(self._request, self._arn, self._directory),
            **environment.toolkit(
                self._request,
                decoded=self._hyperparameters,
                directory=self._directory,
                script=self._script,
            ),
        }
