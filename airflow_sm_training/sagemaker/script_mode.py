"""Script mode: your own training script in one of the images that AWS (or you) built for its framework."""

from __future__ import annotations

import difflib
import json
import os
import posixpath
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

from airflow_sm_training.sagemaker.errors import RequestInvalid
from airflow_sm_training.sagemaker.source_files import IGNORE_FILE
from airflow_sm_training.sagemaker.templates import is_templated

if TYPE_CHECKING:
    from airflow_sm_training.sagemaker.request import TrainingJobRequest
    from airflow_sm_training.sagemaker.source_archive import SourceArchive

PROGRAM = "sagemaker_program"
SUBMIT_DIRECTORY = "sagemaker_submit_directory"
LOG_LEVEL = "sagemaker_container_log_level"
REGION = "sagemaker_region"
ARCHIVE_NAME = "sourcedir.tar.gz"
_SCHEME = "s3://"
_CODE = "code"  # the prefix below the output path, and the channel of a job without network
_LOG_LEVEL_INFO = 20
# S3 takes no more in one request.
_LARGEST_SIZE_IN_MB = 5_000


@dataclass(frozen=True, slots=True)
class ScriptMode:
    """
    A training script on this machine, for a training job in script mode.

    The operator packs ``source_dir``, puts it into S3 unless it is there already, and sets the hyperparameters by which
    the image finds it: those that the SageMaker Python SDK sets, written as JSON as it writes them.

    Source: https://github.com/aws/sagemaker-training-toolkit (``params.py``, ``environment.py``)

    :param entry_point: the file to run, relative to ``source_dir``.
    :param source_dir: a directory that is deployed with the DAG file; a relative one is beside the DAG file. Files that
        ``.sagemakerignore`` in it lists (patterns as in ``.gitignore``) are not packed, nor is what looks secret.
    :param s3_prefix: where to put the archive, ``s3://bucket/prefix``; by default ``code`` below the request's
        ``OutputDataConfig.S3OutputPath``. Its name there is ``<digest>/sourcedir.tar.gz``.
    :param kms_key_id: KMS key to encrypt the archive with; by default ``OutputDataConfig.KmsKeyId`` where the archive
        goes below the output path, and otherwise the bucket's encryption.
    :param container_log_level: of the image's toolkit, as in ``logging``.
    :param size_limit_in_mb: megabytes (10^6 bytes) that the files may have together, not compressed, at most 5,000.
    :raises RequestInvalid: if one of them has a value that it cannot have. Templates are judged when they are rendered.
    """

    entry_point: str
    source_dir: str | os.PathLike[str]
    s3_prefix: str | None = None
    kms_key_id: str | None = None
    container_log_level: int = _LOG_LEVEL_INFO
    size_limit_in_mb: int = 250

    def __post_init__(self) -> None:
        object.__setattr__(self, "source_dir", os.fspath(self.source_dir))
        if not is_templated(self.entry_point):
            object.__setattr__(self, "entry_point", _checked_entry_point(self.entry_point))
        if not self.source_dir:
            raise RequestInvalid("ScriptMode: source_dir is empty. Give the directory that the entry_point is in.")
        if self.s3_prefix is not None and not is_templated(self.s3_prefix):
            _bucket_and_key(self.s3_prefix)
        limit = self.size_limit_in_mb
        if isinstance(limit, bool) or not isinstance(limit, int) or not 0 < limit <= _LARGEST_SIZE_IN_MB:
            message = f"ScriptMode: size_limit_in_mb is {limit!r}; it is a number of megabytes from 1 to 5000."
            raise RequestInvalid(message)

    @classmethod
    def from_dict(cls, description: Any) -> ScriptMode:
        """
        Return the script mode that :meth:`to_dict` described.

        :param description: the fields by their names.
        :raises RequestInvalid: if it is no mapping, or a field is unknown, missing or wrong.
        """
        if not isinstance(description, Mapping):
            found = f"{type(description).__name__} ({description!r:.80})"
            raise RequestInvalid(f"script_mode is a ScriptMode or a dict of its fields, not {found}.")
        known = [field.name for field in fields(cls)]
        unknown = sorted(str(name) for name in description if name not in known)
        missing = [name for name in ("entry_point", "source_dir") if name not in description]
        if unknown or missing:
            wrong = [*(f"{name!r} is unknown" for name in unknown), *(f"{name!r} is missing" for name in missing)]
            raise RequestInvalid(f"script_mode: {', '.join(wrong)}. Its fields are {', '.join(known)}.")
        return cls(**description)

    def to_dict(self) -> dict[str, Any]:
        """Return the fields by their names: a form in which Jinja sees the templates."""
        return asdict(self)

    def directory(self, folder: str | os.PathLike[str] | None) -> Path:
        """
        Return the source directory.

        :param folder: where a relative one begins; ``None`` for the working directory.
        """
        return Path(folder or ".", Path(self.source_dir).expanduser())

    @property
    def size_limit(self) -> int:
        """Bytes that the files may have together."""
        return self.size_limit_in_mb * 1_000_000

    def check_archive(self, archive: SourceArchive) -> None:
        """
        Refuse an archive in which the entry point is missing.

        :param archive: the packed ``source_dir``.
        :raises RequestInvalid: naming the entry point, and what it may have been meant to be.
        """
        if self.entry_point in archive.names:
            return
        where = f"entry_point {self.entry_point!r} is not among the {len(archive.names)} files packed from source_dir"
        similar = difflib.get_close_matches(self.entry_point, archive.names, n=1)
        remedy = f"Did you mean {similar[0]!r}?" if similar else "It is a path relative to source_dir."
        message = f"{where} {self.source_dir!r}. {remedy} A file that {IGNORE_FILE} lists is not packed."
        raise RequestInvalid(message)

    def location(self, request: TrainingJobRequest, digest: str) -> tuple[str, str]:
        """
        Return bucket and key of the archive.

        :param request: the request.
        :param digest: of the archive.
        :raises RequestInvalid: if neither ``s3_prefix`` nor the request says where it goes.
        """
        prefix = self.s3_prefix or _output_prefix(request)
        if prefix is None:
            message = (
                "ScriptMode has no s3_prefix, and the request no OutputDataConfig.S3OutputPath to put the script "
                "below. Give s3_prefix='s3://bucket/prefix'."
            )
            raise RequestInvalid(message)
        bucket, key = _bucket_and_key(prefix)
        return bucket, posixpath.join(key, digest, ARCHIVE_NAME)

    def encryption_key(self, request: TrainingJobRequest) -> str | None:
        """
        Return the KMS key for the archive, ``None`` for the bucket's own encryption.

        :param request: the request.
        """
        return self.kms_key_id or (None if self.s3_prefix else _output_config(request).get("KmsKeyId"))

    def applied_to(self, request: TrainingJobRequest, digest: str, *, region_name: str | None) -> TrainingJobRequest:
        """
        Return the request with what makes the image run this script.

        A job in network isolation cannot fetch its code: it gets it as the input channel ``code``.

        :param request: the request, without a script.
        :param digest: of the archive.
        :param region_name: AWS region of the job, where it is known.
        :raises RequestInvalid: if the request has a script already.
        """
        hyperparameters = request.request.get("HyperParameters") or {}
        if not isinstance(hyperparameters, Mapping):
            return request  # which is refused as a whole soon
        _refuse_second_script(hyperparameters)
        uri = _SCHEME + "/".join(self.location(request, digest))
        if request.request.get("EnableNetworkIsolation") is True:
            request, uri = _with_channel(request, uri)
        ours = {PROGRAM: self.entry_point, SUBMIT_DIRECTORY: uri}
        fallbacks = {LOG_LEVEL: self.container_log_level} | ({REGION: region_name} if region_name else {})
        return request.with_fields(HyperParameters={**_as_json(fallbacks), **hyperparameters, **_as_json(ours)})


def _as_json(values: Mapping[str, Any]) -> dict[str, str]:
    return {name: json.dumps(value) for name, value in values.items()}


def _checked_entry_point(entry_point: Any) -> str:
    if isinstance(entry_point, str) and entry_point:
        normal = posixpath.normpath(entry_point)
        if not normal.startswith(("/", "../")) and normal not in {".", ".."}:
            return normal
    message = (
        f"ScriptMode: entry_point is {entry_point!r}; it is the path of a file relative to source_dir, such as "
        f"'train.py'."
    )
    raise RequestInvalid(message)


def _bucket_and_key(uri: Any) -> tuple[str, str]:
    if isinstance(uri, str) and uri.startswith(_SCHEME):
        bucket, _, key = uri.removeprefix(_SCHEME).partition("/")
        if bucket:
            return bucket, key.strip("/")
    message = f"The training script cannot be put to {uri!r}; an s3_prefix is such as 's3://bucket/prefix'."
    raise RequestInvalid(message)


def _output_config(request: TrainingJobRequest) -> Mapping[str, Any]:
    config = request.request.get("OutputDataConfig")
    return config if isinstance(config, Mapping) else {}


def _output_prefix(request: TrainingJobRequest) -> str | None:
    path = _output_config(request).get("S3OutputPath")
    return f"{path.rstrip('/')}/{_CODE}" if isinstance(path, str) and path else None


def _refuse_second_script(hyperparameters: Mapping[str, Any]) -> None:
    found = [name for name in (PROGRAM, SUBMIT_DIRECTORY) if name in hyperparameters]
    if found:
        message = (
            f"Both script_mode and HyperParameters of the config name a training script: {' and '.join(found)} "
            f"{'is' if len(found) == 1 else 'are'} set there. Take {'it' if len(found) == 1 else 'them'} out of the "
            f"config, or leave out script_mode."
        )
        raise RequestInvalid(message)


def _with_channel(request: TrainingJobRequest, uri: str) -> tuple[TrainingJobRequest, str]:
    channels = list(request.request.get("InputDataConfig") or ())
    if any(isinstance(channel, Mapping) and channel.get("ChannelName") == _CODE for channel in channels):
        message = (
            f"A job in network isolation gets its script as the input channel {_CODE!r}, and InputDataConfig has "
            f"one of that name. Name it otherwise."
        )
        raise RequestInvalid(message)
    source = {"S3DataType": "S3Prefix", "S3Uri": uri, "S3DataDistributionType": "FullyReplicated"}
    channel = {"ChannelName": _CODE, "InputMode": "File", "DataSource": {"S3DataSource": source}}
    return request.with_fields(InputDataConfig=[*channels, channel]), f"/opt/ml/input/data/{_CODE}/{ARCHIVE_NAME}"
