"""
Tags of training jobs.

Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_AddTags.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from airflow_sm_training.local.errors import validation_error
from airflow_sm_training.local.operations.create_rules import check_tags
from airflow_sm_training.local.operations.presentation import tag_list

if TYPE_CHECKING:
    from collections.abc import Mapping

    from airflow_sm_training.local.jobs.job import TrainingJob
    from airflow_sm_training.local.jobs.store import JobStore

_RESOURCE = ":training-job/"
_MAXIMUM_TAGS = 50


def is_training_job(arn: object) -> bool:
    """Whether an ARN names a training job."""
    return isinstance(arn, str) and _RESOURCE in arn


def add_tags(store: JobStore, body: Mapping[str, Any]) -> dict[str, Any]:
    """Answer AddTags: new keys are added, known ones get the new value."""
    job = _tagged_job(store, body["ResourceArn"])
    check_tags(body["Tags"])
    tags = job.tags | {tag["Key"]: tag["Value"] for tag in body["Tags"]}
    if len(tags) > _MAXIMUM_TAGS:
        raise validation_error(f"The number of tags has reached the limit of {_MAXIMUM_TAGS}")
    job.tags = tags
    return {"Tags": tag_list(job)}


def list_tags(store: JobStore, body: Mapping[str, Any]) -> dict[str, Any]:
    """Answer ListTags. A page holds at least as many tags as a job can have: there is never a second one."""
    return {"Tags": tag_list(_tagged_job(store, body["ResourceArn"]))}


def delete_tags(store: JobStore, body: Mapping[str, Any]) -> dict[str, Any]:
    """Answer DeleteTags: keys that the job does not have are passed over."""
    job = _tagged_job(store, body["ResourceArn"])
    job.tags = {key: value for key, value in job.tags.items() if key not in body["TagKeys"]}
    return {}


def _tagged_job(store: JobStore, arn: str) -> TrainingJob:
    region_name, name = arn.split(":")[3], arn.rpartition("/")[2]
    job = store.get(region_name, name)
    if job is None or job.arn != arn:
        raise validation_error(f"Could not find resource with ARN: {arn}")
    return job
