"""The hook: SageMaker's training job API with an Airflow connection, clean answers and our own errors."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from typing import TYPE_CHECKING, Any

from airflow.providers.amazon.aws.hooks.base_aws import AwsBaseHook

from airflow_sm_training.compat import AirflowNotFoundException, looks_secret
from airflow_sm_training.hooks.async_clients import async_client, reader
from airflow_sm_training.sagemaker.clients import settings_key
from airflow_sm_training.sagemaker.description import TrainingJobDescription
from airflow_sm_training.sagemaker.errors import AccessDenied, CredentialsUnusable, RequestInvalid, TrainingJobNotFound
from airflow_sm_training.sagemaker.progress import ProgressReporter
from airflow_sm_training.sagemaker.request import TrainingJobRequest, role_name, with_stand_in_arn
from airflow_sm_training.sagemaker.running import run_to_the_end
from airflow_sm_training.sagemaker.source_archive import upload_once
from airflow_sm_training.sagemaker.statuses import TrainingJobStatus
from airflow_sm_training.sagemaker.stopping import stop_running_job
from airflow_sm_training.sagemaker.translation import translated
from airflow_sm_training.sagemaker.watcher import watch

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from contextlib import AbstractAsyncContextManager

    from airflow_sm_training.sagemaker.reader import ClientReader
    from airflow_sm_training.sagemaker.source_archive import SourceArchive

# Without this connection boto3's own chain (environment, instance profile) is what people mean.
_DEFAULT_CONNECTION = "aws_default"
_PASSING_STATUSES = frozenset({TrainingJobStatus.STOPPING, TrainingJobStatus.DELETING})


class SageMakerTrainingJobHook(AwsBaseHook):
    """
    Interact with Amazon SageMaker training jobs.

    Takes what every hook of the amazon provider takes.

    :param aws_conn_id: Airflow connection with the AWS credentials. An unknown one is an error, except
        ``aws_default``, without which boto3's own chain of credentials is used; so it is with ``None``.
    :param region_name: AWS region; default is the connection's.
    :param verify: whether to verify TLS certificates, or the path of a bundle.
    :param config: botocore client configuration, a dict or a ``botocore.config.Config``.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["client_type"] = "sagemaker"
        super().__init__(*args, **kwargs)

    @classmethod
    def from_parameters(
        cls,
        *,
        aws_conn_id: str | None,
        region_name: str | None,
        verify: bool | str | None,
        botocore_config: dict[str, Any] | None,
    ) -> SageMakerTrainingJobHook:
        """
        Build a hook from the AWS parameters of an operator or a trigger.

        :param aws_conn_id: Airflow connection with the AWS credentials.
        :param region_name: AWS region; default is the connection's.
        :param verify: whether to verify TLS certificates, or the path of a bundle.
        :param botocore_config: botocore client configuration.
        """
        return cls(aws_conn_id=aws_conn_id, region_name=region_name, verify=verify, config=botocore_config)

    @classmethod
    def get_connection(cls, conn_id: str) -> Any:
        """
        Return the Airflow connection.

        :param conn_id: its id.
        :raises CredentialsUnusable: if there is none. The amazon provider goes on with whatever credentials the
            machine has, which is how a job ends up in the wrong account.
        """
        try:
            return super().get_connection(conn_id)
        except AirflowNotFoundException:
            if conn_id == _DEFAULT_CONNECTION:
                raise
            message = (
                f"The Airflow connection {conn_id!r} does not exist. Create it (type Amazon Web Services), or correct "
                f"aws_conn_id; aws_conn_id=None uses the credentials of the machine."
            )
            raise CredentialsUnusable(message) from None

    def create_training_job(self, request: TrainingJobRequest | Mapping[str, Any]) -> str:
        """
        Create a training job.

        Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateTrainingJob.html

        :param request: the whole request. ``RoleArn`` may be the name of a role.
        :return: ARN of the job.
        :raises RequestInvalid: if the request breaks the API's model; nothing is sent.
        :raises TrainingJobNameTaken: if a job of that name exists.
        :raises SageMakerTrainingError: for everything else that SageMaker answers.
        """
        request = request if isinstance(request, TrainingJobRequest) else TrainingJobRequest(request)
        body = self.with_role_arn(request.typed().customized().typed()).to_dict()
        name = body.get("TrainingJobName")
        with self._translated(f"create training job {name}", training_job_name=name):
            return str(self.conn.create_training_job(**body)["TrainingJobArn"])

    def describe_training_job(self, training_job_name: str, *, with_tags: bool = False) -> TrainingJobDescription:
        """
        Describe a training job.

        :param training_job_name: its name.
        :param with_tags: whether to read its tags too, which is a second call. Without the permission for it the
            description has no tags.
        :raises TrainingJobNotFound: if there is no job of that name.
        """
        with self._translated_for(training_job_name, "describe"):
            response = self.conn.describe_training_job(TrainingJobName=training_job_name)
        tags = self._tags(response["TrainingJobArn"]) if with_tags else None
        return TrainingJobDescription.from_response(response, tags=tags, is_secret=looks_secret)

    def update_training_job(self, training_job_name: str, **changes: Any) -> str:
        """
        Update a training job.

        Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_UpdateTrainingJob.html

        :param training_job_name: its name.
        :param changes: ``ProfilerConfig``, ``ProfilerRuleConfigurations``, ``ResourceConfig``, ``RemoteDebugConfig``.
        :return: ARN of the job.
        :raises RequestRejected: if SageMaker does not accept the change now.
        """
        with self._translated(f"update training job {training_job_name}", training_job_name=training_job_name):
            answer = self.conn.update_training_job(TrainingJobName=training_job_name, **changes)
        return str(answer["TrainingJobArn"])

    def stop_training_job(self, training_job_name: str) -> bool:
        """
        Ask SageMaker to stop a training job.

        :param training_job_name: its name.
        :return: whether there was something to stop; ``False`` if the job has already ended.
        :raises TrainingJobNotFound: if there is no job of that name.
        """
        import botocore.exceptions

        with self._translated_for(training_job_name, "stop"):
            try:
                self.conn.stop_training_job(TrainingJobName=training_job_name)
            except botocore.exceptions.ClientError as error:
                # The same code says "has ended" and "no such job"; Describe tells them apart.
                if error.response["Error"]["Code"] != "ValidationException":
                    raise
            else:
                return True
        self.describe_training_job(training_job_name)
        return False

    def stop_if_running(self, training_job_name: str) -> bool:
        """
        Stop a training job if there is one that runs, and see to it that the request arrives.

        :param training_job_name: its name.
        :return: whether SageMaker was asked to stop it.
        """

        async def describe() -> TrainingJobDescription:
            return self.describe_training_job(training_job_name)

        async def stop() -> None:
            self.stop_training_job(training_job_name)

        # On a thread of its own: a signal can call this while an event loop runs on this one.
        with ThreadPoolExecutor(max_workers=1) as thread:
            return thread.submit(asyncio.run, stop_running_job(describe, stop)).result()

    def list_training_jobs(self, **filters: Any) -> Iterator[dict[str, Any]]:
        """
        Yield the summaries of training jobs, newest first unless the filters say otherwise; pages are read as needed.

        Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ListTrainingJobs.html

        :param filters: ``NameContains``, ``StatusEquals``, ``CreationTimeAfter``, ``LastModifiedTimeAfter``, …
        """
        yield from self._pages("list_training_jobs", "TrainingJobSummaries", filters)

    def search_training_jobs(self, expression: Mapping[str, Any], **parameters: Any) -> Iterator[dict[str, Any]]:
        """
        Yield the training jobs that a search finds, as SageMaker describes them, with their ``Tags``.

        Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_Search.html

        :param expression: ``SearchExpression``: ``Filters``, ``NestedFilters``, ``SubExpressions``, ``Operator``.
        :param parameters: ``SortBy``, ``SortOrder``, …
        """
        arguments = {"Resource": "TrainingJob", "SearchExpression": dict(expression), **parameters}
        for result in self._pages("search", "Results", arguments):
            yield result["TrainingJob"]

    def with_role_arn(self, request: TrainingJobRequest) -> TrainingJobRequest:
        """
        Return the request with the ARN of its role where it has only the role's name, and checked as a whole.

        :param request: the request.
        :raises RequestInvalid: if it breaks the API's model, or IAM does not know the role.
        """
        role = role_name(request.request)
        if role is None:
            request.check()
            return request
        # Everything else is checked before IAM is asked: a wrong request should cost no call.
        TrainingJobRequest(with_stand_in_arn(request.request)).check()
        with self._translated(f"find the IAM role {role!r} named in RoleArn"):
            return request.with_fields(RoleArn=self._role_arn(role))

    def upload_source(self, archive: SourceArchive, bucket: str, key: str, *, kms_key_id: str | None = None) -> bool:
        """
        Put a packed training script into S3, unless it is there.

        :param archive: what :func:`~airflow_sm_training.sagemaker.source_archive.packed` gave.
        :param bucket: name of the bucket.
        :param key: key of the object, with the archive's digest in it.
        :param kms_key_id: KMS key to encrypt it with; by default the bucket's encryption is used.
        :return: whether it was uploaded.
        :raises RequestInvalid: if there is no such bucket.
        :raises AccessDenied: without ``s3:PutObject``.
        """
        with self._translated(f"upload the training script to s3://{bucket}/{key} with s3:PutObject"):
            return upload_once(self.like("s3").conn, archive, bucket, key, kms_key_id=kms_key_id)

    def _role_arn(self, role: str) -> str:
        import botocore.exceptions

        try:
            return self.expand_role(role, region_name=self.region_name)
        except botocore.exceptions.ClientError as error:
            if error.response["Error"]["Code"] != "NoSuchEntity":
                raise
            message = (
                f"RoleArn: IAM knows no role {role!r} in this account. Give the name or the ARN of a role that "
                f"SageMaker may assume."
            )
            raise RequestInvalid(message) from None

    def async_client(self, service_name: str = "sagemaker") -> AbstractAsyncContextManager[Any]:
        """
        Yield the async client that everybody on this event loop with the same settings shares.

        :param service_name: ``sagemaker`` or ``logs``.
        :raises SageMakerTrainingError: if there is no way to connect.
        """
        return async_client(self, service_name)

    def reader(self) -> AbstractAsyncContextManager[ClientReader]:
        """
        Yield what asks SageMaker about training jobs through the shared async client.

        :raises SageMakerTrainingError: if there is no way to connect.
        """
        return reader(self)

    def wait_until_settled(self, training_job_name: str, *, poll_interval: float = 5.0) -> None:
        """
        Return when the job is no longer stopping or being deleted.

        :param training_job_name: its name.
        :param poll_interval: seconds between polls.
        """
        run_to_the_end(self._wait_until_settled(training_job_name, poll_interval))

    async def _wait_until_settled(self, training_job_name: str, poll_interval: float) -> None:
        try:
            await watch(
                self.key,
                self.reader,
                training_job_name,
                until=lambda description: description.status not in _PASSING_STATUSES,
                poll_interval=poll_interval,
                reporter=ProgressReporter(self.log),
            )
        except TrainingJobNotFound:
            self.log.info("Training job %s is gone.", training_job_name)

    @cached_property
    def endpoint_url(self) -> str | None:
        """Where SageMaker is asked to be, if not at AWS."""
        url: str | None = self.conn_config.get_service_endpoint_url(service_name="sagemaker")
        return url

    def like(self, service_name: str | None) -> SageMakerTrainingJobHook:
        """
        Return a new hook with the same settings, which reads the connection anew.

        :param service_name: another service for its clients; ``None``: SageMaker.
        """
        other = type(self)(
            aws_conn_id=self.aws_conn_id, region_name=self._region_name, verify=self._verify, config=self._config
        )
        other.client_type = service_name or self.client_type
        return other

    @property
    def key(self) -> tuple[str, ...]:
        """What an async client depends on besides its service."""
        # The options as they were given, and no object that is equal to itself only.
        options = getattr(self._config, "_user_provided_options", None)
        return settings_key(self.aws_conn_id, self._region_name, self._verify, options)

    def _tags(self, arn: str) -> list[dict[str, str]] | None:
        try:
            with self._translated(f"read the tags of {arn}"):
                pages = self.conn.get_paginator("list_tags").paginate(ResourceArn=arn)
                return [tag for page in pages for tag in page["Tags"]]
        except AccessDenied as error:
            self.log.warning("%s Going on without tags.", error)
            return None

    def _pages(self, operation: str, result_key: str, arguments: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
        with self._translated(f"{operation.replace('_', ' ')}"):
            for page in self.conn.get_paginator(operation).paginate(**arguments):
                yield from page[result_key]

    def _translated(self, doing: str, **details: Any) -> Any:
        return translated(f"{doing} (connection {self.aws_conn_id!r})", **details)

    def _translated_for(self, training_job_name: str, verb: str) -> Any:
        doing = f"{verb} training job {training_job_name}"
        return self._translated(doing, training_job_name=training_job_name, named_job=True)
