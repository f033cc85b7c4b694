"""What the demo asks the SageMaker endpoint: the job under way, and whether its model is really there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from airflow_sm_training.sagemaker.description import TrainingJobDescription

if TYPE_CHECKING:
    from airflow_sm_training.local import LocalSageMaker

_CREDENTIALS = {
    "region_name": "us-east-1",
    "aws_access_key_id": "demo",
    "aws_secret_access_key": "demo",
}


class SageMakerSide:
    """
    A view of one endpoint through ordinary AWS clients.

    :param endpoint: a running endpoint
    """

    def __init__(self, endpoint: LocalSageMaker) -> None:
        import boto3
        from botocore.config import Config

        session = boto3.Session(**_CREDENTIALS)
        config = Config(proxies={}, retries={"total_max_attempts": 2})
        self._sagemaker = session.client("sagemaker", endpoint_url=endpoint.endpoint_url, config=config)
        self._s3 = session.client("s3", endpoint_url=endpoint.endpoint_url, config=config)

    def training_job(self) -> TrainingJobDescription | None:
        """Return the newest training job; the demo's endpoint has only one."""
        jobs = self._sagemaker.list_training_jobs(SortBy="CreationTime", SortOrder="Descending", MaxResults=1)
        for summary in jobs["TrainingJobSummaries"]:
            response = self._sagemaker.describe_training_job(TrainingJobName=summary["TrainingJobName"])
            return TrainingJobDescription.from_response(response)
        return None

    def size_of(self, s3_uri: str) -> int | None:
        """Return how many bytes an S3 object has; ``None`` if there is no such object."""
        from botocore.exceptions import ClientError

        where = urlsplit(s3_uri)
        try:
            head: dict[str, Any] = self._s3.head_object(Bucket=where.netloc, Key=where.path.lstrip("/"))
        except ClientError as error:
            if error.response["Error"]["Code"] in {"404", "NoSuchKey", "NoSuchBucket"}:
                return None
            raise
        return int(head["ContentLength"])
