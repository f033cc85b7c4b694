"""A job's own directory, laid out below ``opt/ml`` as in a SageMaker container."""

from __future__ import annotations

import json
import re
import shutil
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

ML_ROOT = "/opt/ml"
_LAYOUT = ("input/config", "input/data", "model", "output/data", "code", "checkpoints")


class UnsafePathError(ValueError):
    """A name from outside would lead out of the directory that it belongs below."""


def path_below(base: Path, name: str) -> Path:
    """
    Turn a name from outside (an S3 key, a channel name) into a path below a directory.

    Empty and ``.`` components are dropped, as S3 allows keys such as ``a//b`` and file systems do not.

    :param base: the directory
    :param name: components separated by ``/``
    :raises UnsafePathError: ``name`` has a ``..``, a NUL, or nothing else in it
    """
    parts = [part for part in name.split("/") if part not in {"", "."}]
    if not parts or ".." in parts or "\0" in name:
        raise UnsafePathError(f"{name!r} is not a path below {base.name}")
    return base.joinpath(*parts)


class JobDirectory:
    """
    The part of a container's file system that SageMaker documents, as a directory of this machine.

    :param path: the job's own directory
    :param container_paths: absolute container paths besides ``/opt/ml`` that the request names, such as a
        ``LocalPath`` for checkpoints; they are found below ``path`` too
    """

    def __init__(self, path: Path, container_paths: Iterable[str] = ()) -> None:
        self.path = path.absolute()
        self.ml = self.path / "opt" / "ml"
        self.input = self.ml / "input"
        self.input_config = self.input / "config"
        self.input_data = self.input / "data"
        self.model = self.ml / "model"
        self.output = self.ml / "output"
        self.output_data = self.output / "data"
        self.failure = self.output / "failure"
        self.code = self.ml / "code"
        self.code_packages = self.ml / "code-packages"
        self.checkpoints = self.ml / "checkpoints"
        stripped = {ML_ROOT, *(path.rstrip("/") for path in container_paths)} - {""}
        self._container_paths = sorted(stripped, key=len, reverse=True)

    def create(self) -> None:
        """Make the layout, empty: a restarted job gets a new instance, and a new instance has no old files."""
        if self.path.exists():
            shutil.rmtree(self.path)
        for name in _LAYOUT:
            (self.ml / name).mkdir(parents=True)

    def write_config(self, name: str, content: Mapping[str, Any]) -> None:
        """Write one of the JSON files of ``/opt/ml/input/config``."""
        (self.input_config / name).write_text(json.dumps(content, indent=2), encoding="utf-8")

    def localise(self, text: str) -> str:
        """
        Replace container paths in a text by the job's own.

        ``/opt/ml`` counts where a path begins: ``--dir=/opt/ml/model`` is replaced, ``s3://bucket/opt/ml`` is not.

        :param text: a word of a command line or the value of a variable
        """
        alternatives = "|".join(re.escape(path) for path in self._container_paths)
        return re.sub(rf"(?<![\w.\-/])(?:{alternatives})(?![\w.\-])", lambda match: f"{self.path}{match[0]}", text)

    def channel(self, name: str) -> Path:
        """
        Return the directory of an input channel.

        :raises UnsafePathError: the name would lead out of ``input/data``
        """
        return path_below(self.input_data, name)

    def below(self, container_path: str) -> Path:
        """
        Return where an absolute path of the container is on this machine.

        :raises UnsafePathError: the path would lead out of the job's directory
        """
        return path_below(self.path, container_path)
