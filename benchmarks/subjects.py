"""What is measured: the trigger of this package, and that of the amazon provider, each as a DAG would defer to it."""

from __future__ import annotations

import json
from enum import StrEnum
from typing import Any

REGION = "us-east-1"
ROLE_ARN = "arn:aws:iam::123456789012:role/Waiting"


class Subject(StrEnum):
    """
    A trigger and how it is set up.

    The incumbent shows no CloudWatch lines, so ``OURS`` shows none; ``OURS_WITH_LOGS`` is the default of the operator.
    """

    OURS = "ours"
    OURS_WITH_LOGS = "ours, streaming logs"
    INCUMBENT = "incumbent"


class Credentials(StrEnum):
    """Where credentials come from."""

    STATIC = "static"
    ASSUMED_ROLE = "assumed role"


def trigger_class(subject: Subject) -> tuple[str, dict[str, Any]]:
    """Return the class path of a subject's trigger, and the arguments that do not depend on the job."""
    if subject is Subject.INCUMBENT:
        return "airflow.providers.amazon.aws.triggers.sagemaker.SageMakerTrigger", {"job_type": "training"}
    with_logs = subject is Subject.OURS_WITH_LOGS
    return (
        "airflow_sm_training.triggers.training_job.SageMakerTrainingJobTrigger",
        {"stream_logs": with_logs, "log_lines": 100 if with_logs else 0},
    )


def trigger_arguments(subject: Subject, job_name: str, poll_interval: int) -> dict[str, Any]:
    """
    Return the arguments of the trigger that waits for a job.

    :param poll_interval: whole seconds: the incumbent takes no others.
    """
    _, arguments = trigger_class(subject)
    if subject is Subject.INCUMBENT:
        # It gives up after so many polls; a day's worth, so that it never does here.
        return arguments | {"job_name": job_name, "waiter_delay": poll_interval, "waiter_max_attempts": 86_400}
    return arguments | {"training_job_name": job_name, "poll_interval": float(poll_interval)}


def connection(credentials: Credentials, endpoint_url: str) -> str:
    """Return the Airflow connection ``aws_default`` to an endpoint, as JSON."""
    extra: dict[str, Any] = {"region_name": REGION, "endpoint_url": endpoint_url}
    if credentials is Credentials.ASSUMED_ROLE:
        extra["role_arn"] = ROLE_ARN
        # To assume a role, the amazon provider never asks the general endpoint.
        extra["service_config"] = {"sts": {"endpoint_url": endpoint_url}}
    return json.dumps({"conn_type": "aws", "login": "test", "password": "test", "extra": extra})
