"""S3 as a training job uses it: URIs, listings, and errors that name the URI."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from airflow_sm_training.local.runner.failures import JobFailedError
from airflow_sm_training.sagemaker.statuses import FailureKind

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_SCHEME = "s3://"


@dataclass(frozen=True, slots=True)
class S3Location:
    """
    A bucket, and a key or key prefix in it.

    :param bucket: name of the bucket
    :param key: key or prefix, empty for the whole bucket
    """

    bucket: str
    key: str

    @classmethod
    def parse(cls, uri: str) -> S3Location:
        """
        Read an ``s3://bucket/key`` URI.

        :raises JobFailedError: it is not one
        """
        bucket, _, key = uri.removeprefix(_SCHEME).partition("/")
        if not uri.startswith(_SCHEME) or not bucket:
            raise JobFailedError(FailureKind.CLIENT, f"{uri!r} is not an S3 URI such as s3://bucket/key")
        return cls(bucket, key)

    def join(self, *names: str) -> S3Location:
        """Return the location of a key below this prefix."""
        return S3Location(self.bucket, "/".join([self.key.rstrip("/"), *names]).lstrip("/"))

    def __str__(self) -> str:
        """Return the URI."""
        return f"{_SCHEME}{self.bucket}/{self.key}"


class S3:
    """
    The calls a job makes.

    :param client: a boto3 S3 client
    """

    def __init__(self, client: Any) -> None:
        from boto3.s3.transfer import TransferConfig

        self._client = client
        self._transfer = TransferConfig(use_threads=False)

    def keys(self, location: S3Location) -> Iterator[str]:
        """
        Yield every key that starts with the location's, which need not end at a ``/``.

        :raises JobFailedError: the bucket does not exist or refuses
        """
        with errors_name(location):
            pages = self._client.get_paginator("list_objects_v2")
            for page in pages.paginate(Bucket=location.bucket, Prefix=location.key):
                yield from (entry["Key"] for entry in page.get("Contents", ()))

    def check_bucket(self, location: S3Location) -> None:
        """
        Ask whether the location's bucket can be used.

        :raises JobFailedError: it does not exist or refuses
        """
        with errors_name(location):
            self._client.head_bucket(Bucket=location.bucket)

    def read(self, location: S3Location) -> bytes:
        """
        Return an object's content.

        :raises JobFailedError: the object cannot be read
        """
        with errors_name(location):
            return bytes(self._client.get_object(Bucket=location.bucket, Key=location.key)["Body"].read())

    def download(self, location: S3Location, path: Path) -> None:
        """
        Download an object into a file, making the directories above it.

        :raises JobFailedError: the object cannot be read, or a file of this name cannot be written
        """
        with errors_name(location):
            path.parent.mkdir(parents=True, exist_ok=True)
            self._client.download_file(location.bucket, location.key, str(path), Config=self._transfer)

    def upload(self, path: Path, location: S3Location) -> None:
        """
        Upload a file.

        :raises JobFailedError: the bucket does not exist or refuses
        """
        with errors_name(location):
            self._client.upload_file(str(path), location.bucket, location.key, Config=self._transfer)


@contextmanager
def errors_name(location: S3Location) -> Iterator[None]:
    """Turn what boto3 and the file system raise into a failure of the job that names the URI."""
    from boto3.exceptions import Boto3Error
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        yield
    except ClientError as error:
        code = str(error.response.get("Error", {}).get("Code", ""))
        raise JobFailedError(FailureKind.CLIENT, _explained(code, location, error)) from error
    except Boto3Error as error:
        # The transfer manager hides the service's error code in the text of its own exception.
        missing = "NoSuchBucket" in str(error)
        raise JobFailedError(
            FailureKind.CLIENT,
            _explained("NoSuchBucket" if missing else "", location, error),
        ) from error
    except BotoCoreError as error:
        raise JobFailedError(FailureKind.INTERNAL, f"S3 did not answer for {location}: {error}") from error
    except OSError as error:
        raise JobFailedError(FailureKind.CLIENT, f"{location} cannot be stored or read as a file: {error}") from error


def _explained(code: str, location: S3Location, error: Exception) -> str:
    if code == "NoSuchBucket" or (code == "404" and "HeadBucket" in str(error)):
        return f"The S3 bucket {location.bucket!r} of {location} does not exist"
    if code in {"404", "NoSuchKey"}:
        return f"The S3 object {location} does not exist"
    return f"S3 refused {location}: {error}"
