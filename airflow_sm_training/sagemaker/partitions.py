"""
What differs between AWS partitions: the domain of the console, and with it every link that a person clicks.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote

LOG_GROUP = "/aws/sagemaker/TrainingJobs"

CONSOLE_DOMAINS = {
    "aws": "console.aws.amazon.com",
    "aws-cn": "console.amazonaws.cn",
    "aws-us-gov": "console.amazonaws-us-gov.com",
}
_ARN_PARTS = 6
_RESOURCE_TYPE = "training-job"


@dataclass(frozen=True, slots=True)
class TrainingJobArn:
    """
    The parts of ``arn:aws:sagemaker:us-west-2:123456789012:training-job/my-job``.

    :param partition: ``aws``, ``aws-cn``, ``aws-us-gov`` or another one.
    :param region_name: region, such as ``us-west-2``.
    :param account_id: the twelve digits of the account, as a string: they may start with zeros.
    :param training_job_name: the name in the ARN, which SageMaker writes in lower case whatever the job is called.
    """

    partition: str
    region_name: str
    account_id: str
    training_job_name: str

    @classmethod
    def parse(cls, arn: object) -> TrainingJobArn | None:
        """
        Read an ARN; anything else than the ARN of a training job is ``None``.

        :param arn: what stands where the ARN should be.
        """
        parts = arn.split(":", _ARN_PARTS - 1) if isinstance(arn, str) else []
        if len(parts) != _ARN_PARTS or parts[0] != "arn" or parts[2] != "sagemaker":
            return None
        _, partition, _, region_name, account_id, resource = parts
        resource_type, _, name = resource.partition("/")
        if resource_type != _RESOURCE_TYPE or not all((partition, region_name, account_id, name)):
            return None
        return cls(partition, region_name, account_id, name)


def log_stream_prefix(training_job_name: str) -> str:
    """
    Return what the names of the job's CloudWatch log streams begin with.

    The slash belongs to it: without it the logs of ``train-2`` would count as logs of ``train``.

    :param training_job_name: name of the job.
    """
    return f"{training_job_name}/"


def console_url(partition: str, region_name: str, training_job_name: str) -> str | None:
    """
    Return the address of the job's page in the SageMaker console, ``None`` in a partition whose console is not known.

    :param partition: such as ``aws``.
    :param region_name: such as ``us-west-2``.
    :param training_job_name: name of the job.
    """
    fragment = f"/jobs/{quote(training_job_name, safe='')}"
    return _console_page(partition, "sagemaker", region_name, fragment)


def logs_url(partition: str, region_name: str, training_job_name: str) -> str | None:
    """
    Return the address of the job's log streams in the CloudWatch console, ``None`` in an unknown partition.

    :param partition: such as ``aws``.
    :param region_name: such as ``us-west-2``.
    :param training_job_name: name of the job.
    """
    group = _cloudwatch_quote(LOG_GROUP)
    stream_filter = _cloudwatch_quote(log_stream_prefix(training_job_name))
    fragment = f"logsV2:log-groups/log-group/{group}$3FlogStreamNameFilter$3D{stream_filter}"
    return _console_page(partition, "cloudwatch", region_name, fragment)


def _console_page(partition: str, service: str, region_name: str, fragment: str) -> str | None:
    domain = CONSOLE_DOMAINS.get(partition)
    if domain is None:
        return None
    return f"https://{domain}/{service}/home?region={quote(region_name, safe='')}#{fragment}"


def _cloudwatch_quote(text: str) -> str:
    # The CloudWatch console decodes its fragment twice and writes "$" where an address has "%".
    return quote(quote(text, safe=""), safe="").replace("%", "$")
