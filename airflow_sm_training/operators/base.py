"""What every operator for training jobs has: the AWS connection, the hook, and no retries for mistakes."""

from __future__ import annotations

from contextlib import contextmanager
from functools import cached_property
from typing import TYPE_CHECKING, Any

from airflow_sm_training.compat import AirflowFailException, BaseOperator
from airflow_sm_training.sagemaker.errors import SageMakerTrainingError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from airflow_sm_training.hooks.training_job import SageMakerTrainingJobHook


class SageMakerTrainingJobBaseOperator(BaseOperator):
    """
    Base of the operators for training jobs.

    :param aws_conn_id: Airflow connection with the AWS credentials.
    :param region_name: AWS region; default is the connection's.
    :param verify: whether to verify TLS certificates, or the path of a bundle.
    :param botocore_config: botocore client configuration.
    """

    template_fields: Sequence[str] = ("aws_conn_id", "region_name", "verify")
    ui_color = "#e6f0f7"

    def __init__(
        self,
        *,
        aws_conn_id: str | None = "aws_default",
        region_name: str | None = None,
        verify: bool | str | None = None,
        botocore_config: dict[str, Any] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.aws_conn_id = aws_conn_id
        self.region_name = region_name
        self.verify = verify
        self.botocore_config = botocore_config

    @property
    def aws_parameters(self) -> dict[str, Any]:
        """What hook and trigger need to reach the same account in the same region."""
        return {
            "aws_conn_id": self.aws_conn_id,
            "region_name": self.region_name,
            "verify": self.verify,
            "botocore_config": self.botocore_config,
        }

    @cached_property
    def hook(self) -> SageMakerTrainingJobHook:
        """The hook with this operator's connection."""
        from airflow_sm_training.hooks.training_job import SageMakerTrainingJobHook  # noqa: PLC0415

        return SageMakerTrainingJobHook.from_parameters(**self.aws_parameters)


@contextmanager
def no_retry_for_mistakes() -> Iterator[None]:
    """
    Let Airflow retry what another try can mend, and nothing else.

    :raises AirflowFailException: in place of an error that is not retryable.
    """
    try:
        yield
    except SageMakerTrainingError as error:
        if error.retryable:
            raise
        # The message says it all; botocore's traceback below it would bury it.
        raise AirflowFailException(str(error)) from None
