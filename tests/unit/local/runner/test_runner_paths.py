"""No name from outside leads out of a job's directory."""

from __future__ import annotations

import io
import tarfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from airflow_sm_training.local.runner.directory import JobDirectory, UnsafePathError, path_below
from airflow_sm_training.local.runner.failures import JobFailedError
from airflow_sm_training.local.runner.submit_directory import extract

BASE = Path("/jobs/a/opt/ml/input/data/train")
KEYS = st.lists(st.sampled_from(["..", ".", "", "a", "b.csv", "~", "\\", "\0", "é", "...", "..a"]), max_size=6)


@given(st.one_of(st.text(), KEYS.map("/".join)))
def test_a_key_stays_below_its_directory_or_is_refused(key):
    try:
        path = path_below(BASE, key)
    except UnsafePathError:
        return
    # Resolving the dots by hand, as the operating system would.
    parts: list[str] = []
    for part in path.parts:
        if part == "..":
            parts.pop()
        else:
            parts.append(part)
    assert Path(*parts).is_relative_to(BASE)
    assert Path(*parts) != BASE


@given(st.lists(st.from_regex(r"[a-z]{1,3}", fullmatch=True), min_size=1))
def test_an_honest_key_keeps_its_name(parts):
    assert path_below(BASE, "/".join(parts)) == BASE.joinpath(*parts)


@pytest.mark.parametrize("key", ["", ".", "/", "..", "a/../b", "../a", "a/..", "a\0b"])
def test_names_that_are_refused(key):
    with pytest.raises(UnsafePathError):
        path_below(BASE, key)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("/opt/ml", "{ml}"),
        ("/opt/ml/model", "{ml}/model"),
        ("--dir=/opt/ml/model", "--dir={ml}/model"),
        ('{"a": "/opt/ml/model", "b": "/opt/ml"}', '{"a": "{ml}/model", "b": "{ml}"}'),
        ("/opt/ml/code:/opt/ml/input", "{ml}/code:{ml}/input"),
        ("s3://bucket/opt/ml/model", "s3://bucket/opt/ml/model"),
        ("/opt/mlflow", "/opt/mlflow"),
        ("/opt/ml-data", "/opt/ml-data"),
        ("/srv/opt/ml", "/srv/opt/ml"),
        ("/mnt/c/state", "{path}/mnt/c/state"),
        ("/mnt/course", "/mnt/course"),
        ("plain", "plain"),
    ],
)
def test_container_paths_become_the_jobs_own(tmp_path, text, expected):
    directory = JobDirectory(tmp_path, ["/mnt/c/", "/"])
    assert directory.localise(text) == expected.replace("{ml}", str(directory.ml)).replace(
        "{path}", str(directory.path)
    )


def archive_of(*members: tarfile.TarInfo) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as tar:
        for member in members:
            tar.addfile(member, io.BytesIO(b"x" * member.size))
    return buffer.getvalue()


def member(name: str, kind: bytes = tarfile.REGTYPE, link: str = "") -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.type, info.linkname, info.size = kind, link, 1 if kind == tarfile.REGTYPE else 0
    return info


@pytest.mark.parametrize(
    "members",
    [
        [member("../escaped")],
        [member("link", tarfile.SYMTYPE, "../.."), member("link/escaped")],
        [member("link", tarfile.SYMTYPE, "/etc/passwd")],
        [member("link", tarfile.LNKTYPE, "../../escaped")],
        [member("device", tarfile.CHRTYPE)],
    ],
)
def test_an_archive_that_leads_out_is_refused(tmp_path, members):
    archive, target = tmp_path / "a.tar.gz", tmp_path / "deep" / "code"
    target.mkdir(parents=True)
    archive.write_bytes(archive_of(*members))
    with pytest.raises(JobFailedError, match=r"ClientError: .*s3://b/a.tar.gz is unsafe"):
        extract(archive, target, "s3://b/a.tar.gz")
    assert not list(tmp_path.rglob("escaped"))


def test_an_absolute_member_lands_below_the_code(tmp_path):
    archive, target = tmp_path / "a.tar.gz", tmp_path / "code"
    target.mkdir()
    archive.write_bytes(archive_of(member("/train.py")))
    extract(archive, target, "s3://b/a.tar.gz")
    assert (target / "train.py").read_bytes() == b"x"


def test_a_truncated_archive_is_named(tmp_path):
    archive = tmp_path / "a.tar.gz"
    archive.write_bytes(archive_of(member("a"))[:-20])
    with pytest.raises(JobFailedError, match=r"s3://b/a.tar.gz cannot be unpacked"):
        extract(archive, tmp_path, "s3://b/a.tar.gz")
