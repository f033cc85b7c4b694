"""The user's code: fetched from ``sagemaker_submit_directory`` and unpacked into ``/opt/ml/code``."""

from __future__ import annotations

import shutil
import tarfile
from typing import TYPE_CHECKING

from airflow_sm_training.local.runner.directory import ML_ROOT, UnsafePathError
from airflow_sm_training.local.runner.failures import JobFailedError
from airflow_sm_training.local.runner.s3 import S3Location
from airflow_sm_training.sagemaker.statuses import FailureKind

if TYPE_CHECKING:
    from pathlib import Path

    from airflow_sm_training.local.runner.directory import JobDirectory
    from airflow_sm_training.local.runner.s3 import S3


def fetch_code(uri: str, directory: JobDirectory, s3: S3) -> None:
    """
    Put the user's code into the code directory.

    :param uri: an S3 URI of a ``.tar.gz``, or a directory or ``.tar.gz`` below ``/opt/ml``, such as an input channel
    :param directory: the job's directory
    :param s3: where the archive is
    :raises JobFailedError: there is nothing there, or it is not an archive
    """
    if uri.startswith("s3://"):
        archive = directory.path / "sourcedir.tar.gz"
        try:
            s3.download(S3Location.parse(uri), archive)
        except JobFailedError as error:
            raise JobFailedError(error.kind, f"sagemaker_submit_directory: {error.message}") from error
        extract(archive, directory.code, uri)
        archive.unlink()
    else:
        _copy(uri, directory)


def extract(archive: Path, target: Path, uri: str) -> None:
    """
    Unpack an archive whose members nobody has checked.

    :param archive: a tar file, compressed or not
    :param target: the directory that no member may leave
    :param uri: what to call the archive in an error
    :raises JobFailedError: it is not an archive, or has a member that leads out of the directory
    """
    try:
        with tarfile.open(archive) as tar:
            tar.extractall(target, filter="data")
    except tarfile.FilterError as error:
        raise JobFailedError(FailureKind.CLIENT, f"sagemaker_submit_directory {uri} is unsafe: {error}") from error
    except (tarfile.TarError, OSError, EOFError, ValueError) as error:
        message = f"sagemaker_submit_directory {uri} cannot be unpacked as a tar.gz archive: {error}"
        raise JobFailedError(FailureKind.CLIENT, message) from error


def _copy(uri: str, directory: JobDirectory) -> None:
    """Take code that is in the job's directory already, for example because a channel brought it."""
    try:
        source = directory.below(uri)
    except UnsafePathError as error:
        raise JobFailedError(FailureKind.CLIENT, f"sagemaker_submit_directory: {error}") from error
    if not uri.startswith(f"{ML_ROOT}/") or not source.exists():
        message = f"sagemaker_submit_directory {uri!r} is neither an S3 URI nor an existing path below {ML_ROOT}"
        raise JobFailedError(FailureKind.CLIENT, message)
    if source.is_file():
        extract(source, directory.code, uri)
    elif source != directory.code:
        shutil.copytree(source, directory.code, symlinks=True, dirs_exist_ok=True)
