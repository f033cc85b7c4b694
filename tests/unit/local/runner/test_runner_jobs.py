"""Whole jobs, as the endpoint starts them."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

STARTING = [
    ("Starting", "Launching requested ML instances"),
    ("Starting", "Preparing the instances for training"),
    ("Downloading", "Downloading input data"),
    ("Training", "Training image download completed. Training in progress."),
]
UPLOADING = ("Uploading", "Uploading generated training model")

DIGITS = """
    import argparse, os, joblib, numpy
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import train_test_split

    parser = argparse.ArgumentParser()
    parser.add_argument("-C", type=float)
    parser.add_argument("--max-iter", type=int)
    arguments = parser.parse_args()
    table = numpy.loadtxt(os.path.join(os.environ["SM_CHANNEL_TRAIN"], "digits.csv"), delimiter=",")
    X, X_test, y, y_test = train_test_split(table[:, :-1], table[:, -1], random_state=0)
    model = LogisticRegression(C=arguments.C, max_iter=arguments.max_iter).fit(X / 16, y)
    print(f"accuracy={model.score(X_test / 16, y_test):.4f};")
    joblib.dump(model, os.path.join(os.environ["SM_MODEL_DIR"], "model.joblib"))
    with open(os.path.join(os.environ["SM_OUTPUT_DATA_DIR"], "report.txt"), "w") as report:
        report.write("fine")
"""


def test_a_real_model_is_trained_in_script_mode(workshop):
    from sklearn.datasets import load_digits

    digits = load_digits()
    rows = [",".join(map(str, [*row, label])) for row, label in zip(digits.data, digits.target, strict=True)]
    workshop.put("data/train/digits.csv", "\n".join(rows))
    request = workshop.script_request(
        "digits",
        DIGITS,
        {"C": 0.5, "max-iter": 200},
        AlgorithmSpecification={"MetricDefinitions": [{"Name": "accuracy", "Regex": "accuracy=([0-9.]+)"}]},
        InputDataConfig=[
            {
                "ChannelName": "train",
                "DataSource": {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": "s3://a-bucket/data/train"}},
            },
        ],
    )
    recorder = workshop.run(request)
    assert recorder.end() == {
        "status": "Completed",
        "secondary_status": "Completed",
        "message": "Training job completed",
        "failure_reason": None,
        "model_artifacts": "s3://a-bucket/output/digits/output/model.tar.gz",
    }
    assert recorder.phases == [*STARTING, UPLOADING]
    ((name, accuracy),) = recorder.metrics
    assert name == "accuracy"
    assert accuracy > 0.9
    assert list(workshop.model("digits")) == ["model.joblib"]
    assert "output/digits/output/output.tar.gz" in workshop.listing()
    assert workshop.log_lines("digits") == [f"accuracy={accuracy:.4f};"]


def test_an_entry_point_finds_the_container_paths_it_names(workshop):
    workshop.put("data/a.txt", "content")
    script = 'import os, shutil, sys; shutil.copy(sys.argv[1], os.environ["TARGET"]); print(sys.version_info[0])'
    request = workshop.request(
        "entry",
        AlgorithmSpecification={
            "TrainingInputMode": "FastFile",
            "ContainerEntrypoint": ["python3", "-c", script],
            "ContainerArguments": ["/opt/ml/input/data/one/a.txt"],
        },
        Environment={"TARGET": "/opt/ml/model/copy.txt"},
        InputDataConfig=[
            {"ChannelName": "one", "DataSource": {"S3DataSource": {"S3Uri": "s3://a-bucket/data/a.txt"}}},
        ],
    )
    assert workshop.run(request).end()["failure_reason"] is None
    assert workshop.model("entry") == {"copy.txt": b"content"}


def test_an_image_with_a_counterpart_here_runs_it(workshop):
    runner = workshop.runner(images={"an-image": ["python", "-c", "print('from the image')"]})
    assert runner.can_run(workshop.request("image"))
    assert workshop.run(workshop.request("image"), runner).end()["status"] == "Completed"
    assert workshop.log_lines("image") == ["from the image"]


def test_the_script_sees_configuration_arguments_and_an_endpoint_but_no_credentials(workshop, monkeypatch):
    monkeypatch.setenv("AWS_SESSION_TOKEN", "of the user")
    monkeypatch.setenv("AIRFLOW__CORE__FERNET_KEY", "secret")
    source = """
        import boto3, json, os, sys
        root = os.environ["SM_INPUT_CONFIG_DIR"]
        files = {name: json.load(open(os.path.join(root, name))) for name in sorted(os.listdir(root))}
        saved = {"arguments": sys.argv[1:], "environment": dict(os.environ), "files": files, "cwd": os.getcwd()}
        boto3.client("s3").put_object(Bucket="a-bucket", Key="seen.json", Body=json.dumps(saved))
    """
    hyperparameters = {"lr": 0.1, "model-dir": "/opt/ml/model", "flag": True}
    workshop.run(workshop.script_request("seeing", source, hyperparameters), workshop.runner()).end()
    seen = json.loads(workshop.get("seen.json"))
    ml = str(workshop.root / "seeing" / "opt" / "ml")
    assert seen["arguments"] == ["--flag", "True", "--lr", "0.1", "--model-dir", f"{ml}/model"]
    assert seen["cwd"] == f"{ml}/code"
    assert set(seen["files"]) == {"hyperparameters.json", "inputdataconfig.json", "resourceconfig.json"}
    assert seen["files"]["hyperparameters.json"]["lr"] == "0.1"
    environment = seen["environment"]
    assert environment["SM_HP_LR"] == "0.1"
    assert environment["TRAINING_JOB_NAME"] == "seeing"
    assert environment["AWS_ENDPOINT_URL"] == workshop.endpoint_url
    assert "AWS_SESSION_TOKEN" not in environment
    assert "AIRFLOW__CORE__FERNET_KEY" not in environment


def test_jobs_run_side_by_side_and_share_nothing(workshop):
    source = """
        import os, pathlib, time
        own = pathlib.Path(os.environ["SM_MODEL_DIR"], os.environ["TRAINING_JOB_NAME"])
        own.write_text("")
        print("ready=1")
        while not pathlib.Path(os.environ["SM_OUTPUT_DIR"], "go").exists():
            time.sleep(0.02)
    """
    runner = workshop.runner()
    recorders = {}
    for name in ("one", "two", "three"):
        _, recorders[name] = workshop.start(workshop.script_request(name, source), runner)
    for recorder in recorders.values():
        recorder.wait_for_metric("ready")
    for name, recorder in recorders.items():
        (workshop.root / name / "opt/ml/output/go").touch()
        recorder.end()
        assert list(workshop.model(name)) == [name]


def test_requirements_are_installed_for_the_job_alone(workshop, tmp_path):
    package = tmp_path / "package"
    package.mkdir()
    (package / "pyproject.toml").write_text(
        '[project]\nname = "a-little-package"\nversion = "1"\n'
        '[build-system]\nrequires = []\nbackend-path = ["."]\nbuild-backend = "backend"\n',
    )
    (package / "backend.py").write_text(
        "import os, zipfile\n"
        "def build_wheel(directory, config_settings=None, metadata_directory=None):\n"
        "    name = 'a_little_package-1-py3-none-any.whl'\n"
        "    info = 'a_little_package-1.dist-info/'\n"
        "    with zipfile.ZipFile(os.path.join(directory, name), 'w') as wheel:\n"
        "        wheel.writestr('a_little_package.py', 'ANSWER = 42')\n"
        "        wheel.writestr(info + 'METADATA', 'Metadata-Version: 2.1\\nName: a-little-package\\nVersion: 1\\n')\n"
        "        wheel.writestr(info + 'WHEEL', 'Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n')\n"
        "        wheel.writestr(info + 'RECORD', '')\n"
        "    return name\n",
    )
    files = {"train.py": "import a_little_package\nprint(a_little_package.ANSWER)", "requirements.txt": f"{package}\n"}
    uri = workshop.upload_code(files)
    values = {"sagemaker_program": "train.py", "sagemaker_submit_directory": uri}
    recorder = workshop.run(workshop.request("requiring", HyperParameters=values))
    assert recorder.end()["failure_reason"] is None
    lines = workshop.log_lines("requiring")
    assert "42" in lines
    assert any("Successfully installed a-little-package" in line for line in lines)


def test_requirements_that_cannot_be_installed_are_named(workshop):
    files = {"train.py": "print('never')", "requirements.txt": "./there-is-no-such-package\n"}
    uri = workshop.upload_code(files)
    values = {"sagemaker_program": "train.py", "sagemaker_submit_directory": uri}
    reason = workshop.run(workshop.request("requiring", HyperParameters=values)).end()["failure_reason"]
    assert reason.startswith("AlgorithmError: InstallRequirementsError:\nExitCode 1\n")
    assert "there-is-no-such-package" in reason


@pytest.mark.parametrize(
    ("program", "source"),
    [
        ("train.sh", 'echo "lr $2"; echo saved > "$SM_MODEL_DIR/model.txt"'),
        ("train", '#!/bin/sh\necho "lr $2"; echo saved > "$SM_MODEL_DIR/model.txt"'),
    ],
)
def test_programs_need_not_be_python(workshop, program, source):
    uri = workshop.upload_code({program: source})
    values = {"sagemaker_program": program, "sagemaker_submit_directory": uri, "lr": "0.1"}
    assert workshop.run(workshop.request("shell", HyperParameters=values)).end()["failure_reason"] is None
    assert workshop.log_lines("shell") == ["lr 0.1"]
    assert workshop.model("shell") == {"model.txt": b"saved\n"}


@pytest.mark.parametrize("as_archive", [True, False])
def test_code_may_come_by_a_channel(workshop, as_archive):
    if as_archive:
        workshop.upload_code({"train.py": "print('by channel')"}, "channel/sourcedir.tar.gz")
    else:
        workshop.put("channel/train.py", "print('by channel')")
    directory = "/opt/ml/input/data/code" + ("/sourcedir.tar.gz" if as_archive else "")
    request = workshop.request(
        "channelled",
        HyperParameters={"sagemaker_program": "train.py", "sagemaker_submit_directory": directory},
        InputDataConfig=[
            {"ChannelName": "code", "DataSource": {"S3DataSource": {"S3Uri": "s3://a-bucket/channel/"}}},
        ],
    )
    assert workshop.run(request).end()["failure_reason"] is None
    assert workshop.log_lines("channelled") == ["by channel"]


def test_an_uncompressed_model_is_uploaded_file_by_file(workshop):
    source = """
        import os, pathlib
        path = pathlib.Path(os.environ["SM_MODEL_DIR"], "deep", "weights.bin")
        path.parent.mkdir()
        path.write_bytes(b"123")
    """
    output = {"S3OutputPath": "s3://a-bucket/output/", "CompressionType": "NONE"}
    end = workshop.run(workshop.script_request("plain", source, OutputDataConfig=output)).end()
    assert end["model_artifacts"] == "s3://a-bucket/output/plain/output/model/"
    assert workshop.get("output/plain/output/model/deep/weights.bin") == b"123"


def test_long_lines_and_binary_output_reach_the_log(workshop):
    source = r"""
        import sys
        sys.stdout.buffer.write(b"\xff\xfe\x00binary\n" + "é".encode() * 300_000 + b"\nlast")
    """
    assert workshop.run(workshop.script_request("noisy", source)).end()["status"] == "Completed"
    lines = workshop.log_lines("noisy")
    assert "binary" in lines[0]
    assert "".join(lines[1:-1]) == "é" * 300_000
    assert lines[-1] == "last"


def test_every_line_of_a_talkative_job_arrives_in_order(workshop):
    source = "for number in range(30_000): print('line', number)"
    assert workshop.run(workshop.script_request("talkative", source)).end()["status"] == "Completed"
    assert workshop.log_lines("talkative") == [f"line {number}" for number in range(30_000)]


def test_several_instances_are_one_process_and_the_log_says_so(workshop):
    resources = {"InstanceType": "ml.m5.large", "InstanceCount": 3, "VolumeSizeInGB": 1}
    source = "import os; print(os.environ['SM_HOSTS'])"
    workshop.run(workshop.script_request("several", source, ResourceConfig=resources)).end()
    first, second = workshop.log_lines("several")
    assert "3 instances" in first
    assert second == '["algo-1"]'


def test_a_rerun_under_the_same_name_starts_from_an_empty_directory(workshop):
    source = "import os; print(sorted(os.listdir(os.environ['SM_MODEL_DIR'])))"
    left = workshop.root / "again" / "opt" / "ml" / "model" / "old"
    left.mkdir(parents=True)
    workshop.run(workshop.script_request("again", source)).end()
    assert workshop.log_lines("again") == ["[]"]


def test_the_runner_keeps_its_protocol(workshop):
    from airflow_sm_training.local.jobs.listener import TrainingJobRunner

    runner: TrainingJobRunner = workshop.runner()
    assert not runner.can_run(workshop.request("nothing"))
    runner.close()
    runner.close()
    with pytest.raises(RuntimeError, match="closed"):
        workshop.start(workshop.request("late"), runner)


def test_the_path_begins_with_the_jobs_python(workshop):
    request = workshop.request(
        "path",
        AlgorithmSpecification={"ContainerEntrypoint": ["bash", "-c", "command -v python"]},
    )
    assert workshop.run(request).end()["failure_reason"] is None
    assert workshop.log_lines("path") == [str(Path(sys.executable).parent / "python")]
