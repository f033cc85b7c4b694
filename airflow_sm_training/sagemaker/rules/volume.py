"""Rules about the storage volume of an instance and its key."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow_sm_training.sagemaker.rules.instances import EBS_ONLY, LOCAL_STORAGE, family
from airflow_sm_training.sagemaker.rules.reading import shown
from airflow_sm_training.sagemaker.rules.rule import Finding, reference, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from airflow_sm_training.sagemaker.rules.reading import Part


@rule("volume-key-local-storage", reference("ResourceConfig"))
def volume_key_local_storage(request: Part) -> Iterator[Finding]:
    """You can't request a VolumeKmsKeyId when using an instance type with local storage."""
    key = request.at("ResourceConfig", "VolumeKmsKeyId")
    local = [instance for instance in _instance_types(request) if family(instance) in LOCAL_STORAGE]
    if key.text and local:
        message = (
            f"{shown(key.text)} cannot be used with {', '.join(local)}, whose local storage is encrypted by the "
            "hardware; leave VolumeKmsKeyId out, or choose a type without local storage"
        )
        yield Finding(key, message)


@rule("volume-key-form", reference("ResourceConfig"))
def volume_key_form(request: Part) -> Iterator[Finding]:
    """The VolumeKmsKeyId can be a KMS key ID or the Amazon Resource Name (ARN) of a KMS key."""
    key = request.at("ResourceConfig", "VolumeKmsKeyId")
    if key.text and (key.text.startswith("alias/") or ":alias/" in key.text):
        yield Finding(key, f"{shown(key.text)} is an alias; give the id or the ARN of the key itself")


@rule("volume-size-required", reference("ResourceConfig"))
def volume_size_required(request: Part) -> Iterator[Finding]:
    """
    When using an ML instance with the EBS-only storage option and without instance storage, you must define the
    size of EBS volume through VolumeSizeInGB.
    """
    size = request.at("ResourceConfig", "VolumeSizeInGB")
    ebs_only = [instance for instance in _instance_types(request) if family(instance) in EBS_ONLY]
    if ebs_only and (size.is_absent or size.number == 0) and request["ServerlessJobConfig"].is_absent:
        message = f"is required with {', '.join(ebs_only)}, which have no storage of their own; give 1 or more"
        yield Finding(size, message, (1, None))


@rule("serverless-volume-size", reference("ResourceConfig"))
def serverless_volume_size(request: Part) -> Iterator[Finding]:
    """SageMaker selects the volume size for serverless training jobs; you cannot customize this setting."""
    size = request.at("ResourceConfig", "VolumeSizeInGB")
    if size.number and request["ServerlessJobConfig"].is_filled:
        yield Finding(size, f"{shown(size.value)} cannot be set for a serverless job; leave VolumeSizeInGB out")


@rule("output-key-express-zone", reference("OutputDataConfig"))
def output_key_express_zone(request: Part) -> Iterator[Finding]:
    """KMS key is not supported for Amazon S3 Express One Zone."""
    key, path = request.at("OutputDataConfig", "KmsKeyId"), request.at("OutputDataConfig", "S3OutputPath").text
    bucket = path.removeprefix("s3://").split("/", 1)[0] if path else ""
    if key.text and bucket.endswith("--x-s3"):
        message = f"{shown(key.text)} cannot be used with {bucket!r}, a bucket in S3 Express One Zone; leave it out"
        yield Finding(key, message)


def _instance_types(request: Part) -> list[str]:
    """Return the types that are named, each once, in their order."""
    resources = request["ResourceConfig"]
    entries = [*resources["InstanceGroups"].elements(), *resources["InstancePreferences"].elements()]
    named = [resources["InstanceType"].text, *(entry["InstanceType"].text for entry in entries)]
    return list(dict.fromkeys(instance_type for instance_type in named if instance_type))


RULES = (
    volume_key_local_storage,
    volume_key_form,
    volume_size_required,
    serverless_volume_size,
    output_key_express_zone,
)
