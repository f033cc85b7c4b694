"""Checkpoints: brought before training, sent to S3 while it runs, so that an interrupted job goes on where it was."""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING

from airflow_sm_training.local.runner.channels import relative_name
from airflow_sm_training.local.runner.directory import UnsafePathError, path_below
from airflow_sm_training.local.runner.failures import JobFailedError
from airflow_sm_training.sagemaker.statuses import FailureKind

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from airflow_sm_training.local.runner.s3 import S3, S3Location

logger = logging.getLogger(__name__)

_Version = tuple[int, int]


class Checkpoints:
    """
    Keeps a local directory and an S3 prefix alike.

    :param directory: the local directory
    :param location: the prefix
    :param s3: where it is
    """

    def __init__(self, directory: Path, location: S3Location, s3: S3) -> None:
        self._directory = directory
        self._location = location
        self._s3 = s3
        self._known: dict[Path, _Version] = {}
        self._over = threading.Event()
        self._thread: threading.Thread | None = None

    def download(self, check: Callable[[], None]) -> None:
        """
        Bring what earlier runs left.

        :param check: called before each object; raises when the job is to stop
        :raises JobFailedError: the prefix cannot be read
        """
        self._directory.mkdir(parents=True, exist_ok=True)
        folder = self._location.join("")
        for key in self._s3.keys(folder):
            check()
            if not key.endswith("/"):
                try:
                    path = path_below(self._directory, relative_name(key, folder.key))
                except UnsafePathError as error:
                    raise JobFailedError(FailureKind.CLIENT, f"Checkpoint download failed: {error}") from error
                self._s3.download(type(folder)(folder.bucket, key), path)
        self._known = self._versions()

    def upload_changed(self) -> None:
        """Send every file that is new or has changed. A failure is logged: the training itself did not fail."""
        for path, version in self._versions().items():
            if self._known.get(path) == version:
                continue
            try:
                self._s3.upload(path, self._location.join(path.relative_to(self._directory).as_posix()))
                self._known[path] = version
            except JobFailedError as error:
                logger.warning("A checkpoint was not uploaded: %s", error.message)

    def start(self, interval_in_seconds: float) -> None:
        """Upload every so many seconds from now on, in a thread of its own."""
        self._thread = threading.Thread(target=self._keep_uploading, args=(interval_in_seconds,), daemon=True)
        self._thread.start()

    def finish(self, *, upload: bool) -> None:
        """
        Stop the thread.

        :param upload: send what has changed last
        """
        self._over.set()
        if self._thread is not None:
            self._thread.join()
        if upload:
            self.upload_changed()

    def _keep_uploading(self, interval_in_seconds: float) -> None:
        while not self._over.wait(interval_in_seconds):
            self.upload_changed()

    def _versions(self) -> dict[Path, _Version]:
        versions = {}
        for path in sorted(self._directory.rglob("*")):
            try:
                status = path.stat()
            except OSError:  # a checkpoint that the script has just rotated away
                continue
            if path.is_file():
                versions[path] = (status.st_mtime_ns, status.st_size)
        return versions
