from __future__ import annotations

import json

import pytest

from airflow_sm_training.local.runner.channels import download_channels, manifest_entries, relative_name
from airflow_sm_training.local.runner.directory import JobDirectory
from airflow_sm_training.local.runner.failures import JobFailedError
from airflow_sm_training.local.runner.s3 import S3, S3Location


@pytest.mark.parametrize(
    ("prefix", "key", "expected"),
    [
        ("", "a.csv", "a.csv"),
        ("", "a/b.csv", "a/b.csv"),
        ("data/", "data/a.csv", "a.csv"),
        ("data/", "data/b/c.csv", "b/c.csv"),
        ("data", "data/a.csv", "a.csv"),
        ("data", "data-2/a.csv", "data-2/a.csv"),
        ("deep/data", "deep/data/b/a.csv", "b/a.csv"),
        ("deep/data", "deep/data.csv", "data.csv"),
        ("deep/data.csv", "deep/data.csv", "data.csv"),
        ("deep/part-", "deep/part-1/a.csv", "part-1/a.csv"),
    ],
)
def test_names_below_the_channel(prefix, key, expected):
    assert relative_name(key, prefix) == expected


def download(workshop, tmp_path, **source):
    directory = JobDirectory(tmp_path / "job")
    request = {"InputDataConfig": [{"ChannelName": "c", "DataSource": {"S3DataSource": source}}]}
    download_channels(request, directory, S3(workshop.s3), lambda: None)
    base = directory.channel("c")
    return {path.relative_to(base).as_posix(): path.read_text() for path in base.rglob("*") if path.is_file()}


def test_a_prefix_need_not_end_at_a_slash(workshop, tmp_path):
    for key in ("train/", "train/a", "train/deep//b", "train-2/c", "trai"):
        workshop.put(key, key)
    assert download(workshop, tmp_path, S3Uri="s3://a-bucket/train") == {
        "a": "train/a",
        "deep/b": "train/deep//b",
        "train-2/c": "train-2/c",
    }


def test_more_keys_than_a_page(workshop, tmp_path, monkeypatch):
    for number in range(5):
        workshop.put(f"many/{number}", str(number))
    client = workshop.s3
    paginate = client.get_paginator("list_objects_v2").paginate

    class Paginator:
        def paginate(self, **arguments):
            return paginate(**arguments, PaginationConfig={"PageSize": 2})

    monkeypatch.setattr(client, "get_paginator", lambda name: Paginator())
    assert len(download(workshop, tmp_path, S3Uri="s3://a-bucket/many/")) == 5


def test_a_manifest_lists_the_objects(workshop, tmp_path):
    for key in ("data/a", "data/b/c", "data/other"):
        workshop.put(key, key)
    workshop.put("the.manifest", json.dumps([{"prefix": "s3://a-bucket/data/"}, "a", "b/c"]))
    found = download(workshop, tmp_path, S3Uri="s3://a-bucket/the.manifest", S3DataType="ManifestFile")
    assert found == {"a": "data/a", "b/c": "data/b/c"}


def test_an_object_of_a_manifest_that_is_not_there_is_named(workshop, tmp_path):
    workshop.put("the.manifest", json.dumps([{"prefix": "s3://a-bucket/data/"}, "gone"]))
    with pytest.raises(JobFailedError, match="The S3 object s3://a-bucket/data/gone does not exist"):
        download(workshop, tmp_path, S3Uri="s3://a-bucket/the.manifest", S3DataType="ManifestFile")


def test_a_key_that_is_a_file_and_a_folder_is_named(workshop, tmp_path):
    workshop.put("data/a", "x")
    workshop.put("data/a/b", "x")
    with pytest.raises(JobFailedError, match="s3://a-bucket/data/a/b cannot be stored"):
        download(workshop, tmp_path, S3Uri="s3://a-bucket/data/")


@pytest.mark.parametrize(
    "content",
    [
        "",
        "{}",
        "[]",
        '["a"]',
        '[{"prefix": 1}]',
        '[{"prefix": "s3://b/"}, 1]',
        '[{"prefix": "s3://b/"}, {}]',
        "[" * 5000,
    ],
)
def test_what_is_not_a_manifest_is_named(content):
    with pytest.raises(JobFailedError, match=r"s3://b/the\.manifest is not a manifest"):
        list(manifest_entries(content.encode(), S3Location("b", "the.manifest")))


@pytest.mark.parametrize(
    ("uri", "bucket", "key"),
    [("s3://b", "b", ""), ("s3://b/", "b", ""), ("s3://b/k", "b", "k"), ("s3://b/k/l/", "b", "k/l/")],
)
def test_uris(uri, bucket, key):
    assert S3Location.parse(uri) == S3Location(bucket, key)
    assert str(S3Location.parse(uri)).rstrip("/") == uri.rstrip("/")


@pytest.mark.parametrize("uri", ["", "s3://", "s3:///k", "https://b/k", "/opt/ml"])
def test_what_is_not_a_uri_is_named(uri):
    with pytest.raises(JobFailedError, match="is not an S3 URI"):
        S3Location.parse(uri)


def test_an_endpoint_that_is_down_is_the_services_fault():
    from airflow_sm_training.local.runner.clients import Clients

    clients = Clients("http://127.0.0.1:9")
    with pytest.raises(JobFailedError, match="InternalServerError: S3 did not answer for s3://b/k"):
        S3(clients.get("s3", "eu-west-1")).check_bucket(S3Location("b", "k"))
    clients.close()


def test_a_proxy_is_not_asked_for_the_endpoint(workshop, monkeypatch):
    from airflow_sm_training.local.runner.clients import Clients

    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    monkeypatch.setenv("no_proxy", "")
    clients = Clients(workshop.endpoint_url)
    S3(clients.get("s3", "eu-west-1")).check_bucket(S3Location("a-bucket", ""))
    clients.close()


def test_the_users_own_aws_files_play_no_part(monkeypatch, tmp_path):
    from airflow_sm_training.local.runner.clients import Clients

    (tmp_path / "config").write_text("[profile x]\nendpoint_url = http://elsewhere.example\n")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_PROFILE", "there-is-no-such-profile")
    clients = Clients("http://127.0.0.1:9")
    client = clients.get("s3", "eu-west-1")
    assert client.meta.endpoint_url == "http://127.0.0.1:9"
    assert clients.get("s3", "eu-west-1") is client
    clients.close()
