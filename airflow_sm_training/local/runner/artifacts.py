"""What a job leaves in S3: ``model.tar.gz`` and ``output.tar.gz``."""

from __future__ import annotations

import tarfile
from typing import TYPE_CHECKING, Any

from airflow_sm_training.local.runner.s3 import S3Location

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from airflow_sm_training.local.runner.directory import JobDirectory
    from airflow_sm_training.local.runner.s3 import S3

# The default of 9 takes three times as long on a model's weights and saves next to nothing.
_COMPRESSION_LEVEL = 6


class Artifacts:
    """
    Uploads a job's model and output.

    :param request: a CreateTrainingJob request
    :param directory: the job's directory
    :param s3: where they go
    """

    def __init__(self, request: Mapping[str, Any], directory: JobDirectory, s3: S3) -> None:
        config = request["OutputDataConfig"]
        self._location = S3Location.parse(config["S3OutputPath"]).join(request["TrainingJobName"], "output")
        self._compressed = config.get("CompressionType", "GZIP") != "NONE"
        self._directory = directory
        self._s3 = s3

    def check(self) -> None:
        """
        Ask for the output bucket, before hours of training are spent on a result that cannot be kept.

        :raises JobFailedError: it does not exist or refuses
        """
        self._s3.check_bucket(self._location)

    def upload_model(self) -> str:
        """
        Upload ``/opt/ml/model``.

        :return: S3 URI of the model
        :raises JobFailedError: S3 refuses it
        """
        return self._upload(self._directory.model, "model")

    def upload_output(self) -> None:
        """
        Upload ``/opt/ml/output/data``, if there is something in it.

        :raises JobFailedError: S3 refuses it
        """
        if self.has_output:
            self._upload(self._directory.output_data, "output")

    @property
    def has_model(self) -> bool:
        """Whether the job saved anything as its model."""
        return has_files(self._directory.model)

    @property
    def has_output(self) -> bool:
        """Whether the job wrote anything into its output data."""
        return has_files(self._directory.output_data)

    def _upload(self, source: Path, name: str) -> str:
        if not self._compressed:
            return self._upload_files(source, self._location.join(name))
        archive = self._directory.path / f"{name}.tar.gz"
        pack(source, archive)
        location = self._location.join(archive.name)
        self._s3.upload(archive, location)
        archive.unlink()
        return str(location)

    def _upload_files(self, source: Path, location: S3Location) -> str:
        for path in sorted(source.rglob("*")):
            if path.is_file():
                self._s3.upload(path, location.join(path.relative_to(source).as_posix()))
        return f"{location}/"


def has_files(directory: Path) -> bool:
    """Whether a directory exists and has anything in it."""
    return directory.is_dir() and any(directory.iterdir())


def pack(source: Path, archive: Path) -> None:
    """
    Pack the content of a directory, without a leading ``./``, as inference containers expect it.

    :param source: the directory; a missing one gives an empty archive
    :param archive: the ``.tar.gz`` file to write
    """
    with tarfile.open(archive, "w:gz", compresslevel=_COMPRESSION_LEVEL) as tar:
        for path in sorted(source.iterdir()) if source.is_dir() else ():
            tar.add(path, arcname=path.name)
