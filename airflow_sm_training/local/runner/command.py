"""Which command a training job runs."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from airflow_sm_training.local.runner import hyperparameters
from airflow_sm_training.local.runner.directory import UnsafePathError, path_below
from airflow_sm_training.local.runner.failures import JobFailedError
from airflow_sm_training.sagemaker.statuses import FailureKind

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from airflow_sm_training.local.runner.directory import JobDirectory


@dataclass(frozen=True, slots=True)
class Script:
    """
    A job in script mode.

    :param program: the file to run, relative to the code directory
    :param submit_directory: where the code is: the S3 URI of a ``.tar.gz`` or a path below ``/opt/ml``; ``None`` where
        the request leaves it to the image
    """

    program: str
    submit_directory: str | None


def script_of(request: Mapping[str, Any]) -> Script | None:
    """Find a job's script where the toolkit looks for it: hyperparameters, then the environment."""
    decoded = hyperparameters.decode(request.get("HyperParameters") or {})
    environment = request.get("Environment") or {}
    program = decoded.get("sagemaker_program") or environment.get("SAGEMAKER_PROGRAM")
    directory = decoded.get("sagemaker_submit_directory") or environment.get("SAGEMAKER_SUBMIT_DIRECTORY")
    return Script(str(program), str(directory) if directory else None) if program else None


def container_command(request: Mapping[str, Any], images: Mapping[str, Sequence[str]]) -> list[str] | None:
    """
    Return the entry point and arguments that the request or its image name, as written.

    :param request: a CreateTrainingJob request
    :param images: a command for each training image that has one on this machine
    :return: ``None`` where the job can only be in script mode
    """
    algorithm = request.get("AlgorithmSpecification") or {}
    entrypoint = algorithm.get("ContainerEntrypoint") or images.get(algorithm.get("TrainingImage") or "")
    return [*entrypoint, *(algorithm.get("ContainerArguments") or ())] if entrypoint else None


def can_run(request: Mapping[str, Any], images: Mapping[str, Sequence[str]]) -> bool:
    """Whether a request names a command, or a script, that can be run without its container."""
    return container_command(request, images) is not None or script_of(request) is not None


def localised_command(words: Sequence[str], directory: JobDirectory, python: str) -> list[str]:
    """Write a container's command for this machine: its own Python, and the job's own directory for ``/opt/ml``."""
    first, *rest = words
    program = python if first in {"python", "python3"} else directory.localise(first)
    return [program, *(directory.localise(word) for word in rest)]


def script_command(script: Script, arguments: Sequence[str], directory: JobDirectory, python: str) -> list[str]:
    """
    Return the command line of a script, to be run in the code directory.

    :raises JobFailedError: there is no such program among the code
    """
    try:
        program = path_below(directory.code, script.program)
    except UnsafePathError as error:
        raise JobFailedError(FailureKind.CLIENT, f"sagemaker_program: {error}") from error
    if not program.is_file():
        where = script.submit_directory or "the image, which is not used locally; set sagemaker_submit_directory"
        raise JobFailedError(
            FailureKind.CLIENT,
            f"sagemaker_program {script.program!r} was not found in {where}. {_listing(directory)}",
        )
    relative = os.fspath(program.relative_to(directory.code))
    interpreters = {".py": [python, relative], ".sh": ["bash", relative]}
    return [*interpreters.get(program.suffix, [f"./{relative}"]), *arguments]


def install_requirements(directory: JobDirectory, python: str) -> list[str]:
    """Return the command that installs the code's ``requirements.txt`` for this job only."""
    target = os.fspath(directory.code_packages)
    options = ["--disable-pip-version-check", "--no-input", "--target", target]
    return [python, "-m", "pip", "install", *options, "-r", "requirements.txt"]


def _listing(directory: JobDirectory) -> str:
    names = sorted(path.name for path in directory.code.iterdir())[:10] if directory.code.is_dir() else []
    return f"It has: {', '.join(names)}" if names else "It is empty."
