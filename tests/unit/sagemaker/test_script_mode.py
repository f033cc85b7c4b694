from __future__ import annotations

import io
import json
import os
import tarfile
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from airflow_sm_training.sagemaker.errors import RequestInvalid
from airflow_sm_training.sagemaker.request import TrainingJobRequest
from airflow_sm_training.sagemaker.script_mode import ScriptMode
from airflow_sm_training.sagemaker.source_archive import packed

LIMIT = 1_000_000


def write(directory, files):
    for name, content in files.items():
        path = directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return directory


def pack(directory, size_limit=LIMIT):
    """Return digest, compressed bytes, and contents by name."""
    with packed(directory, size_limit=size_limit) as archive, archive.compressed() as file:
        data = file.read()
        with tarfile.open(fileobj=io.BytesIO(data)) as tar:
            contents = {member.name: tar.extractfile(member).read() for member in tar}
        assert tuple(contents) == archive.names
        assert archive.size == sum(map(len, contents.values()))
        return archive.digest, data, contents


def names_packed(directory):
    return set(pack(directory)[2])


NAMES = st.lists(st.text("abcdxyzé _-0", min_size=1, max_size=6), min_size=1, max_size=3).map("/".join)
FILES = st.dictionaries(NAMES.filter(lambda name: ".." not in name), st.binary(max_size=300), min_size=1, max_size=6)


def is_a_tree(files):
    return not any(other.startswith(f"{name}/") for name in files for other in files)


@settings(max_examples=25, deadline=None)
@given(FILES.filter(is_a_tree))
def test_what_is_packed_is_what_is_there_and_its_digest_depends_on_nothing_else(files):
    with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as two:
        write(Path(one), files)
        write(Path(two), dict(reversed(files.items())))
        for number, name in enumerate(files):
            os.utime(Path(two, name), (number, number))
            Path(two, name).chmod(0o600)

        digest, data, contents = pack(Path(one))

        assert contents == files
        assert pack(Path(two))[:2] == (digest, data)


@pytest.mark.parametrize(
    "change",
    [
        lambda directory: write(directory, {"train.py": "print(2)"}),
        lambda directory: write(directory, {"more.py": ""}),
        lambda directory: (directory / "train.py").rename(directory / "other.py"),
        lambda directory: (directory / "train.py").chmod(0o755),
    ],
    ids=["content", "another file", "name", "executable"],
)
def test_every_change_that_a_job_can_see_changes_the_digest(tmp_path, change):
    before = pack(write(tmp_path, {"train.py": "print(1)"}))[0]
    change(tmp_path)

    assert pack(tmp_path)[0] != before


def test_what_python_and_the_ignore_file_leave_behind_does_not_change_the_digest(tmp_path):
    before = pack(write(tmp_path, {"train.py": "print(1)"}))[0]
    write(tmp_path, {"__pycache__/train.cpython-311.pyc": "x", ".git/HEAD": "x", ".sagemakerignore": "*.csv"})

    assert pack(tmp_path)[0] == before


def test_members_carry_no_trace_of_who_packed_them_and_a_time_that_zip_can_hold(tmp_path):
    _, data, _ = pack(write(tmp_path, {"train.py": "x"}))

    with tarfile.open(fileobj=io.BytesIO(data)) as tar:
        (member,) = tar.getmembers()
    assert (member.uid, member.gid, member.uname, member.gname, oct(member.mode)) == (0, 0, "", "", "0o644")
    assert member.mtime == 315532800  # 1980-01-01
    assert data[4:8] == bytes(4)  # gzip's own time


@pytest.mark.parametrize(
    ("ignore", "packed_names"),
    [
        ("", {"train.py", "data/a.csv", "data/keep.csv", "src/net.py"}),
        ("*.csv\n!keep.csv\n", {"train.py", "data/keep.csv", "src/net.py"}),
        ("data/\n!data/keep.csv\n", {"train.py", "src/net.py"}),
        ("# all\n/src\n\n", {"train.py", "data/a.csv", "data/keep.csv"}),
        ("**/net.py\ndata/*.csv", {"train.py"}),
        ("!.env\n!certs/ca.pem", {"train.py", "data/a.csv", "data/keep.csv", "src/net.py", ".env", "certs/ca.pem"}),
    ],
)
def test_the_ignore_file_speaks_as_gitignore(tmp_path, ignore, packed_names):
    files = ["train.py", "data/a.csv", "data/keep.csv", "src/net.py", ".env", "certs/ca.pem"]
    write(tmp_path, {**dict.fromkeys(files, "x"), ".sagemakerignore": ignore})

    assert names_packed(tmp_path) == packed_names


def test_what_looks_secret_is_left_out_and_named_but_not_what_was_ignored_for_another_reason(tmp_path):
    secrets = [".env", ".env.prod", "certs/server.pem", "deep/er/id_rsa", ".aws/credentials", "tls.key", ".netrc"]
    harmless = ["train.py", ".env.example", "keys.py", "tokenizer.json", "environment.yml"]
    write(tmp_path, {**dict.fromkeys([*secrets, *harmless, "data.csv"], "x"), ".sagemakerignore": "*.csv"})

    with packed(tmp_path, size_limit=LIMIT) as archive:
        assert set(archive.names) == set(harmless)
        assert set(archive.secrets) == {name.replace("credentials", "") for name in secrets}


def test_links_to_what_is_inside_are_followed(tmp_path):
    write(tmp_path, {"train.py": "x", "lib/net.py": "y"})
    (tmp_path / "alias.py").symlink_to("lib/net.py")
    (tmp_path / "again").symlink_to("lib", target_is_directory=True)

    assert pack(tmp_path)[2] == {"train.py": b"x", "lib/net.py": b"y", "alias.py": b"y", "again/net.py": b"y"}


@pytest.mark.parametrize(
    ("target", "says"),
    [
        ("../outside.txt", r"'lib/link' .* leads out of it, to '.*outside\.txt'"),
        ("/etc", r"leads out of it, to '/etc'"),
        ("nowhere", "leads nowhere"),
        ("link", "leads nowhere"),
        ("..", "leads back"),
    ],
)
def test_other_links_are_refused_unless_they_are_ignored(tmp_path, target, says):
    source = write(tmp_path / "source", {"train.py": "x", "lib/net.py": "y"})
    write(tmp_path, {"outside.txt": "z"})
    (source / "lib/link").symlink_to(f"../{target}" if target.startswith("../") else target)

    with pytest.raises(RequestInvalid, match=rf"(?s){says}.*list it in \.sagemakerignore"):
        pack(source)

    write(source, {".sagemakerignore": "lib/link"})
    assert names_packed(source) == {"train.py", "lib/net.py"}


def test_a_link_is_no_way_around_the_rules(tmp_path):
    write(tmp_path, {"train.py": "x", ".env": "PASSWORD=1", ".aws/credentials": "x"})
    (tmp_path / "settings.txt").symlink_to(".env")
    (tmp_path / "cloud").symlink_to(".aws", target_is_directory=True)

    assert names_packed(tmp_path) == {"train.py"}


@pytest.mark.parametrize(
    ("files", "says"),
    [
        ({"big.bin": bytes(900), "train.py": bytes(200)}, r"more than 0\.001 MB; the largest found: big\.bin"),
        ({"train.py": "x", ".sagemakerignore": "*.csv\n!\n"}, "Line 2 of .* is no pattern"),
    ],
)
def test_a_directory_that_cannot_be_packed_is_refused_with_a_remedy(tmp_path, files, says):
    with pytest.raises(RequestInvalid, match=says):
        pack(write(tmp_path, files), size_limit=1000)


def test_a_directory_that_is_none_is_refused(tmp_path):
    with pytest.raises(RequestInvalid, match="does not exist on this worker"):
        pack(tmp_path / "nowhere")
    with pytest.raises(RequestInvalid, match="is a file"):
        pack(write(tmp_path, {"train.py": "x"}) / "train.py")


def test_sockets_and_pipes_are_not_packed(tmp_path):
    write(tmp_path, {"train.py": "x"})
    os.mkfifo(tmp_path / "pipe")

    assert names_packed(tmp_path) == {"train.py"}


@pytest.mark.parametrize(
    ("entry_point", "says"),
    [
        ("tran.py", r"'tran\.py' is not among the 3 files.*Did you mean 'train\.py'\?"),
        ("nothing-like-it", "relative to source_dir"),
        ("data.csv", r"\.sagemakerignore lists is not packed"),
    ],
)
def test_a_missing_entry_point_is_named_with_the_remedy(tmp_path, entry_point, says):
    write(tmp_path, {"train.py": "", "net.py": "", "sub/x.py": "", "data.csv": "", ".sagemakerignore": "*.csv"})

    with packed(tmp_path, size_limit=LIMIT) as archive:
        ScriptMode("./sub/../train.py", tmp_path).check_archive(archive)
        ScriptMode("sub/x.py", tmp_path).check_archive(archive)
        with pytest.raises(RequestInvalid, match=says):
            ScriptMode(entry_point, tmp_path).check_archive(archive)


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"entry_point": "/opt/train.py"}, "relative to source_dir"),
        ({"entry_point": "../train.py"}, "relative to source_dir"),
        ({"entry_point": ""}, "entry_point is ''"),
        ({"entry_point": None}, "entry_point is None"),
        ({"source_dir": ""}, "source_dir is empty"),
        ({"s3_prefix": "my-bucket/code"}, "'my-bucket/code'.*s3://bucket/prefix"),
        ({"s3_prefix": "s3://"}, "s3://bucket/prefix"),
        ({"size_limit_in_mb": 0}, "from 1 to 5000"),
        ({"size_limit_in_mb": "250"}, "from 1 to 5000"),
    ],
)
def test_a_description_that_cannot_be_is_refused_while_the_dag_is_parsed(fields, says):
    with pytest.raises(RequestInvalid, match=says):
        ScriptMode(**{"entry_point": "train.py", "source_dir": "src", **fields})


def test_templates_are_taken_and_judged_when_they_are_rendered():
    templated = ScriptMode("{{ params.script }}", "{{ params.dir }}", s3_prefix="{{ params.prefix }}").to_dict()

    with pytest.raises(RequestInvalid, match="relative to source_dir"):
        ScriptMode.from_dict({**templated, "entry_point": "/etc/passwd"})


@pytest.mark.parametrize(
    ("description", "says"),
    [
        ({"entry_point": "train.py", "source": "src"}, "'source' is unknown, 'source_dir' is missing"),
        ("train.py", "dict of its fields, not str"),
    ],
)
def test_a_description_as_a_dict_is_held_to_the_fields(description, says):
    with pytest.raises(RequestInvalid, match=says):
        ScriptMode.from_dict(description)


def test_a_description_goes_through_a_dict_and_back():
    script = ScriptMode("train.py", Path("src"), s3_prefix="s3://b/p", kms_key_id="k", size_limit_in_mb=3)

    assert ScriptMode.from_dict(json.loads(json.dumps(script.to_dict()))) == script


@pytest.mark.parametrize(
    ("source_dir", "folder", "expected"),
    [("src", "/dags", "/dags/src"), ("/code", "/dags", "/code"), ("src", None, "src"), (Path("src"), "/d", "/d/src")],
)
def test_a_relative_directory_is_beside_the_dag_file(source_dir, folder, expected):
    assert ScriptMode("train.py", source_dir).directory(folder) == Path(expected)


OUTPUT = {"OutputDataConfig": {"S3OutputPath": "s3://models/team/", "KmsKeyId": "output-key"}}


@pytest.mark.parametrize(
    ("script", "location", "key"),
    [
        ({"s3_prefix": "s3://b"}, ("b", "D/sourcedir.tar.gz"), None),
        ({"s3_prefix": "s3://b/p/q/"}, ("b", "p/q/D/sourcedir.tar.gz"), None),
        ({"s3_prefix": "s3://b/p", "kms_key_id": "mine"}, ("b", "p/D/sourcedir.tar.gz"), "mine"),
        ({}, ("models", "team/code/D/sourcedir.tar.gz"), "output-key"),
    ],
)
def test_where_the_archive_goes_and_with_which_key(script, location, key):
    script, request = ScriptMode("train.py", "src", **script), TrainingJobRequest(OUTPUT)

    assert script.location(request, "D") == location
    assert script.encryption_key(request) == key


def test_without_any_prefix_the_remedy_is_named():
    with pytest.raises(RequestInvalid, match=r"Give s3_prefix='s3://bucket/prefix'"):
        ScriptMode("train.py", "src").location(TrainingJobRequest({}), "D")


def applied(request, **script):
    script = ScriptMode("train.py", "src", s3_prefix="s3://b/p", **script)
    return script.applied_to(TrainingJobRequest(request), "D", region_name="eu-west-1").to_dict()


def test_the_hyperparameters_are_those_of_the_sagemaker_sdk_as_json():
    assert applied({"HyperParameters": {"epochs": "3"}})["HyperParameters"] == {
        "epochs": "3",
        "sagemaker_program": '"train.py"',
        "sagemaker_submit_directory": '"s3://b/p/D/sourcedir.tar.gz"',
        "sagemaker_container_log_level": "20",
        "sagemaker_region": '"eu-west-1"',
    }


def test_a_log_level_in_the_config_wins():
    given = {"HyperParameters": {"sagemaker_container_log_level": "10"}}

    assert applied(given, container_log_level=40)["HyperParameters"]["sagemaker_container_log_level"] == "10"


@pytest.mark.parametrize("names", [["sagemaker_program"], ["sagemaker_program", "sagemaker_submit_directory"]])
def test_a_second_script_in_the_config_is_refused_and_both_are_named(names):
    with pytest.raises(RequestInvalid, match=f"Both script_mode and HyperParameters.*{' and '.join(names)}"):
        applied({"HyperParameters": dict.fromkeys(names, "x")})


def test_a_job_in_network_isolation_gets_its_code_as_a_channel():
    data = {"ChannelName": "train"}
    request = applied({"EnableNetworkIsolation": True, "InputDataConfig": [data]})

    assert request["HyperParameters"]["sagemaker_submit_directory"] == '"/opt/ml/input/data/code/sourcedir.tar.gz"'
    channel = request["InputDataConfig"][1]
    assert channel["DataSource"]["S3DataSource"]["S3Uri"] == "s3://b/p/D/sourcedir.tar.gz"
    assert (request["InputDataConfig"][0], channel["ChannelName"], channel["InputMode"]) == (data, "code", "File")

    with pytest.raises(RequestInvalid, match="has one of that name"):
        applied({"EnableNetworkIsolation": True, "InputDataConfig": [{"ChannelName": "code"}]})
