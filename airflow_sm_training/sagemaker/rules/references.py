"""Rules about the form of what refers to something else: places in S3 and roles."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from airflow_sm_training.sagemaker.rules.reading import shown
from airflow_sm_training.sagemaker.rules.rule import Finding, reference, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from airflow_sm_training.sagemaker.rules.reading import Part

_BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
_ROLE_ARN = re.compile(r"arn:aws[a-z-]*:iam::\d{12}:role/[\w+=,.@/-]+")
_ROLE_NAME = re.compile(r"[\w+=,.@-]{1,64}")
_OUTPUTS = ("OutputDataConfig", "DebugHookConfig", "TensorBoardOutputConfig", "ProfilerConfig")
_OUTPUTS_OF_RULES = ("DebugRuleConfigurations", "ProfilerRuleConfigurations")


@rule("s3-uri-form", reference("OutputDataConfig"))
def s3_uri_form(request: Part) -> Iterator[Finding]:
    """A path in Amazon S3 is written s3://bucket-name/key-name-prefix."""
    for uri in _places(request):
        if uri.text and not uri.text.startswith(("s3://", "https://")):
            yield Finding(uri, f"{shown(uri.text)} is no place in S3; write 's3://bucket/prefix'")


@rule("s3-bucket-name", "https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html")
def s3_bucket_name(request: Part) -> Iterator[Finding]:
    """
    Bucket names must be between 3 and 63 characters long and can consist only of lowercase letters, numbers,
    periods and hyphens; they must begin and end with a letter or number.
    """
    for uri in _places(request):
        if not uri.text or not uri.text.startswith("s3://"):
            continue
        bucket = uri.text.removeprefix("s3://").split("/", 1)[0]
        # The ARN of an access point may stand for the bucket.
        if not bucket.startswith("arn:") and not _BUCKET.fullmatch(bucket):
            allowed = "3 to 63 lowercase letters, digits, periods and hyphens"
            yield Finding(uri, f"{shown(uri.text)} names no bucket: {shown(bucket)} is not {allowed}; mend the name")


@rule("role-form", reference("CreateTrainingJob"))
def role_form(request: Part) -> Iterator[Finding]:
    """
    RoleArn is the Amazon Resource Name (ARN) of an IAM role that SageMaker can assume to perform tasks on your
    behalf; the operator takes the role's name, too.
    """
    role = request["RoleArn"]
    if role.text is None:
        return
    form = _ROLE_ARN if ":" in role.text else _ROLE_NAME
    if not form.fullmatch(role.text):
        allowed = "'arn:aws:iam::123456789012:role/name', or the role's name without its path"
        yield Finding(role, f"{shown(role.text)} is neither the ARN nor the name of a role; give {allowed}")


def _places(request: Part) -> Iterator[Part]:
    for channel in request["InputDataConfig"].elements():
        yield channel.at("DataSource", "S3DataSource", "S3Uri")
    yield request.at("CheckpointConfig", "S3Uri")
    for name in _OUTPUTS:
        yield request.at(name, "S3OutputPath")
    for name in _OUTPUTS_OF_RULES:
        for configuration in request[name].elements():
            yield configuration["S3OutputPath"]


RULES = (s3_uri_form, s3_bucket_name, role_form)
