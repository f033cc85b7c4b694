"""A training script's directory as one archive: the same content always has the same digest, and is uploaded once."""

from __future__ import annotations

import gzip
import hashlib
import shutil
import tarfile
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Any

from airflow_sm_training.sagemaker.errors import RequestInvalid
from airflow_sm_training.sagemaker.source_files import list_source_files

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from airflow_sm_training.sagemaker.source_files import SourceFile

_DIGEST_LENGTH = 32
# Not 0: packages of a zip format, wheels among them, cannot hold a time before 1980, and images install such sources.
_EPOCH_OF_ZIP = 315_532_800
_COMPRESSION = 6


@dataclass(frozen=True, slots=True)
class SourceArchive:
    """
    A packed source directory.

    :param tar: the archive, not compressed, open for reading.
    :param digest: of the archive: of names, contents and who may run them. It is of what is not compressed, since
        workers with different releases of zlib compress differently.
    :param names: of the files in it.
    :param size: bytes of the files together.
    :param secrets: names that were left out because they look secret.
    """

    tar: IO[bytes]
    digest: str
    names: tuple[str, ...]
    size: int
    secrets: tuple[str, ...]

    @contextmanager
    def compressed(self) -> Iterator[IO[bytes]]:
        """Yield the archive as ``.tar.gz``, open for reading."""
        with tempfile.TemporaryFile() as file:
            with gzip.GzipFile("", "wb", _COMPRESSION, file, mtime=0) as zipped:
                self.tar.seek(0)
                shutil.copyfileobj(self.tar, zipped)
            file.seek(0)
            yield file


@contextmanager
def packed(directory: Path, *, size_limit: int) -> Iterator[SourceArchive]:
    """
    Pack a directory.

    :param directory: the source directory.
    :param size_limit: bytes that all files together may have.
    :raises RequestInvalid: for everything that :func:`list_source_files` refuses, and files that cannot be read.
    """
    with tempfile.TemporaryFile() as file:
        try:
            found = list_source_files(directory, size_limit=size_limit)
            with tarfile.open(fileobj=file, mode="w", format=tarfile.PAX_FORMAT) as tar:
                for source in found.files:
                    _add(tar, source)
        except OSError as error:
            message = f"source_dir {str(directory)!r} cannot be packed: {error}. Correct that, or list it as ignored."
            raise RequestInvalid(message) from None
        file.seek(0)
        digest = hashlib.file_digest(file, "sha256").hexdigest()[:_DIGEST_LENGTH]
        names = tuple(source.name for source in found.files)
        yield SourceArchive(file, digest, names, sum(source.size for source in found.files), found.secrets)


def upload_once(s3: Any, archive: SourceArchive, bucket: str, key: str, *, kms_key_id: str | None = None) -> bool:
    """
    Upload the archive unless it is there. Its key has its digest, so what is there is the same.

    Several may do it at the same time: each writes the same object whole.

    :param s3: a boto3 client.
    :param archive: what :func:`packed` gave.
    :param bucket: name of the bucket.
    :param key: key of the object, with the digest in it.
    :param kms_key_id: KMS key to encrypt the object with; by default the bucket's encryption is used.
    :return: whether it was uploaded.
    :raises RequestInvalid: if there is no such bucket.
    :raises ClientError: for everything else that S3 answers.
    """
    from botocore.exceptions import ClientError

    if _exists(s3, bucket, key):
        return False
    encryption = {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": kms_key_id} if kms_key_id else {}
    with archive.compressed() as body:
        try:
            s3.put_object(Bucket=bucket, Key=key, Body=body, ContentType="application/gzip", **encryption)
        except ClientError as error:
            if error.response["Error"]["Code"] != "NoSuchBucket":
                raise
            message = (
                f"The training script cannot be uploaded: there is no S3 bucket {bucket!r}. Create it, or correct "
                f"s3_prefix (by default it is OutputDataConfig.S3OutputPath of the request)."
            )
            raise RequestInvalid(message) from None
    return True


def _exists(s3: Any, bucket: str, key: str) -> bool:
    from botocore.exceptions import ClientError

    try:
        s3.head_object(Bucket=bucket, Key=key)
    except ClientError as error:
        # Without s3:ListBucket, S3 answers 403 for an object that is not there; the upload tells what is the matter.
        if error.response["Error"]["Code"] in {"404", "NoSuchKey", "NotFound", "403"}:
            return False
        raise
    return True


def _add(tar: tarfile.TarFile, source: SourceFile) -> None:
    member = tarfile.TarInfo(source.name)
    member.size = source.size
    member.mtime = _EPOCH_OF_ZIP
    member.mode = 0o755 if source.is_executable else 0o644
    with source.path.open("rb") as content:
        tar.addfile(member, content)
