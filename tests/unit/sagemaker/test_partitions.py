from __future__ import annotations

from urllib.parse import unquote

import pytest

from airflow_sm_training.sagemaker.partitions import (
    CONSOLE_DOMAINS,
    LOG_GROUP,
    TrainingJobArn,
    console_url,
    log_stream_prefix,
    logs_url,
)


@pytest.mark.parametrize(
    ("arn", "expected"),
    [
        ("arn:aws:sagemaker:us-west-2:012345678901:training-job/a-b", ("aws", "us-west-2", "012345678901", "a-b")),
        ("arn:aws-cn:sagemaker:cn-north-1:1:training-job/a", ("aws-cn", "cn-north-1", "1", "a")),
        ("arn:aws-iso:sagemaker:us-iso-east-1:1:training-job/a", ("aws-iso", "us-iso-east-1", "1", "a")),
    ],
)
def test_the_parts_of_an_arn(arn, expected):
    assert TrainingJobArn.parse(arn) == TrainingJobArn(*expected)


@pytest.mark.parametrize(
    "arn",
    [
        None,
        17,
        "",
        "arn",
        "arn:aws:sagemaker",
        "arn:aws:sagemaker:us-west-2:1:training-job/",
        "arn:aws:sagemaker:us-west-2:1:training-job",
        "arn:aws:sagemaker::1:training-job/a",
        "arn:aws:sagemaker:us-west-2:1:compilation-job/a",
        "arn:aws:s3:us-west-2:1:training-job/a",
        b"arn:aws:sagemaker:us-west-2:1:training-job/a",
    ],
)
def test_what_is_not_the_arn_of_a_training_job(arn):
    assert TrainingJobArn.parse(arn) is None


@pytest.mark.parametrize(
    ("partition", "region", "domain"),
    [
        ("aws", "eu-west-1", "console.aws.amazon.com"),
        ("aws-cn", "cn-northwest-1", "console.amazonaws.cn"),
        ("aws-us-gov", "us-gov-west-1", "console.amazonaws-us-gov.com"),
    ],
)
def test_links_lead_to_the_console_of_the_partition(partition, region, domain):
    assert console_url(partition, region, "Job-1") == f"https://{domain}/sagemaker/home?region={region}#/jobs/Job-1"
    assert logs_url(partition, region, "Job-1") == (
        f"https://{domain}/cloudwatch/home?region={region}#logsV2:log-groups/log-group/"
        "$252Faws$252Fsagemaker$252FTrainingJobs$3FlogStreamNameFilter$3DJob-1$252F"
    )


def test_a_partition_without_a_known_console_has_no_links():
    assert console_url("aws-iso", "us-iso-east-1", "a") is None
    assert logs_url("aws-iso", "us-iso-east-1", "a") is None


def test_the_console_reads_log_group_and_stream_filter_back_from_the_link():
    link = logs_url("aws", "eu-west-1", "a-1")
    fragment = link.partition("#logsV2:log-groups/log-group/")[2]
    group, _, stream_filter = unquote(fragment.replace("$", "%")).partition("?logStreamNameFilter=")
    assert unquote(group) == LOG_GROUP
    assert unquote(stream_filter) == log_stream_prefix("a-1")


def test_odd_names_cannot_break_out_of_a_link():
    assert console_url("aws", "eu&x=1", "a/b?c#d").endswith("region=eu%26x%3D1#/jobs/a%2Fb%3Fc%23d")


def test_the_prefix_leaves_out_jobs_whose_name_only_begins_alike():
    assert not "train-2/algo-1-1795230000".startswith(log_stream_prefix("train"))
    assert "train/algo-1-1795230000".startswith(log_stream_prefix("train"))


def test_every_partition_here_is_one_that_botocore_knows():
    import botocore.session

    assert set(CONSOLE_DOMAINS) <= set(botocore.session.get_session().get_available_partitions())
