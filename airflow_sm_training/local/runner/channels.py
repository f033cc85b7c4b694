"""Input channels: which S3 objects a job gets, and under which names."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from airflow_sm_training.local.runner.configuration import input_mode
from airflow_sm_training.local.runner.directory import UnsafePathError, path_below
from airflow_sm_training.local.runner.failures import JobFailedError
from airflow_sm_training.local.runner.s3 import S3Location
from airflow_sm_training.sagemaker.statuses import FailureKind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from airflow_sm_training.local.runner.directory import JobDirectory
    from airflow_sm_training.local.runner.s3 import S3

_MODES = frozenset({"File", "FastFile"})


def download_channels(request: Mapping[str, Any], directory: JobDirectory, s3: S3, check: Callable[[], None]) -> None:
    """
    Download every channel of a request into ``input/data/<channel>``.

    :param request: a CreateTrainingJob request
    :param directory: the job's directory
    :param s3: where the data is
    :param check: called before each object; raises when the job is to stop
    :raises JobFailedError: there is no data, or it is of a kind that only SageMaker itself can serve
    """
    for channel in request.get("InputDataConfig") or ():
        try:
            _require_supported(request, channel)
            target = directory.channel(channel["ChannelName"])
            target.mkdir(parents=True, exist_ok=True)
            for location, path in _objects(channel["DataSource"]["S3DataSource"], target, s3, request.get("RoleArn")):
                check()
                s3.download(location, path)
        except JobFailedError as error:
            raise JobFailedError(error.kind, f"Data download failed: {error.message}") from error
        except UnsafePathError as error:
            message = f"Data download failed: channel {channel['ChannelName']}: {error}"
            raise JobFailedError(FailureKind.CLIENT, message) from error


def relative_name(key: str, prefix: str) -> str:
    """
    Return the path of an object below its channel's directory.

    A prefix that names a folder, with or without ``/`` at its end, is left out; of any other prefix, what follows its
    last ``/`` is part of the file names: for ``data/part-``, ``data/part-1.csv`` becomes ``part-1.csv``.

    :param key: the object's key, which starts with ``prefix``
    :param prefix: key of the channel's ``S3Uri``
    """
    folder = prefix if prefix.endswith("/") or not prefix else f"{prefix}/"
    if key.startswith(folder):
        return key.removeprefix(folder)
    return key[prefix.rfind("/") + 1 :]


def manifest_entries(content: bytes, manifest: S3Location) -> Iterator[tuple[S3Location, str]]:
    """
    Read a manifest: ``[{"prefix": "s3://bucket/some/"}, "a.csv", "b/c.csv"]``.

    :param content: the manifest file
    :param manifest: where it is
    :return: location and name of each object
    :raises JobFailedError: it is not a manifest
    """
    try:
        head, *names = json.loads(content)
        prefix = head["prefix"]
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise _not_a_manifest(manifest) from error
    if not isinstance(prefix, str) or not all(isinstance(name, str) for name in names):
        raise _not_a_manifest(manifest)
    base = S3Location.parse(prefix)
    for name in names:
        yield S3Location(base.bucket, base.key + name), name


def _not_a_manifest(manifest: S3Location) -> JobFailedError:
    shape = '[{"prefix": "s3://bucket/prefix/"}, "key", …]'
    return JobFailedError(FailureKind.CLIENT, f"{manifest} is not a manifest of the form {shape}")


def _require_supported(request: Mapping[str, Any], channel: Mapping[str, Any]) -> None:
    name, mode = channel["ChannelName"], input_mode(request, channel)
    if mode not in _MODES:
        message = f"TrainingInputMode {mode} of channel {name} is not supported locally; use File or FastFile"
        raise JobFailedError(FailureKind.CLIENT, message)
    if not channel.get("DataSource", {}).get("S3DataSource"):
        message = f"the data source of channel {name} is not supported locally; use S3DataSource"
        raise JobFailedError(FailureKind.CLIENT, message)


def _objects(
    source: Mapping[str, Any],
    target: Path,
    s3: S3,
    role: str | None,
) -> Iterator[tuple[S3Location, Path]]:
    """Yield each object of a channel and the file that it becomes."""
    location = S3Location.parse(source["S3Uri"])
    kind = source.get("S3DataType", "S3Prefix")
    if kind == "ManifestFile":
        found = manifest_entries(s3.read(location), location)
    elif kind == "S3Prefix":
        found = ((S3Location(location.bucket, key), relative_name(key, location.key)) for key in s3.keys(location))
    else:
        message = f"S3DataType {kind} of {location} is not supported locally; use S3Prefix or ManifestFile"
        raise JobFailedError(FailureKind.CLIENT, message)
    empty = True
    for each, name in found:
        empty = False
        # Consoles make folders as empty objects whose key ends with a slash.
        if not each.key.endswith("/"):
            yield each, path_below(target, name)
    if empty:
        raise JobFailedError(
            FailureKind.CLIENT,
            f'No S3 objects found under S3 URL "{source["S3Uri"]}" given in input data source. Please ensure that the '
            "bucket exists in the selected region, that objects exist under that S3 prefix, and that the role "
            f'"{role}" has "s3:ListBucket" permissions on bucket "{location.bucket}".',
        )
