"""Links from a task to its job in the AWS console."""

from __future__ import annotations

from abc import abstractmethod
from typing import Any

from airflow_sm_training.compat import BaseOperatorLink, XCom
from airflow_sm_training.sagemaker.partitions import TrainingJobArn, console_url, logs_url

LINK_XCOM_KEY = "sagemaker_training_job_link"


def link_data(training_job_name: str, training_job_arn: str) -> dict[str, str]:
    """
    Return what both links are made of, to be pushed as the XCom :data:`LINK_XCOM_KEY`.

    :param training_job_name: name of the job.
    :param training_job_arn: its ARN, which says where it is.
    """
    arn = TrainingJobArn.parse(training_job_arn)
    if arn is None:
        return {}
    return {"partition": arn.partition, "region_name": arn.region_name, "training_job_name": training_job_name}


class _TrainingJobLink(BaseOperatorLink):
    """A page of the AWS console that shows the task's training job."""

    @staticmethod
    @abstractmethod
    def url(partition: str, region_name: str, training_job_name: str) -> str | None:
        """Return the address of the page."""

    def get_link(self, operator: Any, *, ti_key: Any) -> str:  # noqa: ARG002 - Airflow's signature
        """
        Return the address, empty while the task has no job.

        :param operator: the operator.
        :param ti_key: key of the task instance.
        """
        data = XCom.get_value(key=LINK_XCOM_KEY, ti_key=ti_key)
        if not isinstance(data, dict) or not {"partition", "region_name", "training_job_name"} <= data.keys():
            return ""
        return self.url(data["partition"], data["region_name"], data["training_job_name"]) or ""


class SageMakerTrainingJobLink(_TrainingJobLink):
    """The job's page in the SageMaker console."""

    name = "SageMaker training job"
    url = staticmethod(console_url)


class SageMakerTrainingJobLogsLink(_TrainingJobLink):
    """The job's log streams in the CloudWatch console."""

    name = "CloudWatch logs of the training job"
    url = staticmethod(logs_url)
