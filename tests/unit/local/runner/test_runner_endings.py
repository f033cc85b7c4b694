"""How jobs fail, are stopped, are interrupted and are killed."""

from __future__ import annotations

import os
import signal
import socket
from pathlib import Path

import pytest

from airflow_sm_training.sagemaker.statuses import SecondaryStatus

STOPPED = SecondaryStatus.STOPPED
INTERRUPTED = SecondaryStatus.INTERRUPTED

PATIENT = """
    import os, pathlib, signal, sys, time
    def save(*_):
        pathlib.Path(os.environ["SM_MODEL_DIR"], "model.txt").write_text("saved while stopping")
        sys.exit(0)
    signal.signal(signal.SIGTERM, save)
    print("ready=1")
    while True:
        time.sleep(0.02)
"""
STUBBORN = """
    import signal, subprocess, sys, time
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    child = "import signal, time; signal.signal(15, signal.SIG_IGN); print('up', flush=True); time.sleep(60)"
    process = subprocess.Popen([sys.executable, "-c", child], stdout=subprocess.PIPE)
    process.stdout.readline()
    print(f"ready={process.pid}")
    time.sleep(60)
"""


def is_running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_a_script_that_raises_is_named_with_its_line(workshop):
    source = """
        import json, pathlib, os
        pathlib.Path(os.environ["SM_OUTPUT_DATA_DIR"], "why.txt").write_text("x")

        def main():
            json.loads("not json")

        main()
    """
    recorder = workshop.run(workshop.script_request("raising", source, {"lr": 0.1}))
    end = recorder.end()
    assert (end["status"], end["secondary_status"]) == ("Failed", "Failed")
    reason = end["failure_reason"]
    assert reason.startswith(
        'AlgorithmError: ExecuteUserScriptError:\nExitCode 1\nErrorMessage "File "train.py", line 6'
    )
    assert ", in main\njson.decoder.JSONDecodeError: Expecting value: line 1 column 1 (char 0)" in reason
    assert reason.endswith(' train.py --lr 0.1"')
    assert recorder.phase_names[-1] == "Uploading"
    assert workshop.listing("output/raising/") == ["output/raising/output/output.tar.gz"]
    assert any("Traceback" in line for line in workshop.log_lines("raising"))


def test_the_failure_file_is_the_reason(workshop):
    source = """
        import os, pathlib, sys
        pathlib.Path(os.environ["SM_OUTPUT_DIR"], "failure").write_text("the data has no label column" + "x" * 5000)
        sys.exit(3)
    """
    reason = workshop.run(workshop.script_request("written", source)).end()["failure_reason"]
    assert reason.startswith("AlgorithmError: the data has no label columnxxx")
    assert len(reason) == 1024


def with_entrypoint(*words):
    return {"AlgorithmSpecification": {"ContainerEntrypoint": list(words), "TrainingInputMode": "File"}}


def channel(uri, **fields):
    name = fields.pop("ChannelName", "train")
    source = {"S3Uri": uri, "S3DataType": fields.pop("S3DataType", "S3Prefix")}
    return [{"ChannelName": name, "DataSource": {"S3DataSource": source}, **fields}]


FINE = with_entrypoint("python", "-c", "pass")
BAD_REGEX = {**FINE["AlgorithmSpecification"], "MetricDefinitions": [{"Name": "a", "Regex": "a=("}]}
FAILURES = {
    "no such command": (
        with_entrypoint("no-such-command", "--x"),
        ["AlgorithmError: Command not found: no-such-command"],
    ),
    "a NUL in an argument": (
        with_entrypoint("python", "-c", "pass\0"),
        ["AlgorithmError: Command ", "cannot be run", "null byte"],
    ),
    "killed from within": (
        with_entrypoint("python", "-c", "import os; os.kill(os.getpid(), 9)"),
        ["AlgorithmError: ExecuteUserScriptError:\nExitCode -9"],
    ),
    "no data": (
        {**FINE, "InputDataConfig": channel("s3://a-bucket/nothing/")},
        [
            'ClientError: Data download failed: No S3 objects found under S3 URL "s3://a-bucket/nothing/"',
            "role/trainer",
        ],
    ),
    "no bucket with data": (
        {**FINE, "InputDataConfig": channel("s3://no-such-bucket/train/")},
        ["ClientError: Data download failed: The S3 bucket 'no-such-bucket' of s3://no-such-bucket/train/ does not"],
    ),
    "no manifest": (
        {**FINE, "InputDataConfig": channel("s3://a-bucket/no.manifest", S3DataType="ManifestFile")},
        ["ClientError: Data download failed: The S3 object s3://a-bucket/no.manifest does not exist"],
    ),
    "pipe mode": (
        {**FINE, "InputDataConfig": channel("s3://a-bucket/x", InputMode="Pipe")},
        ["ClientError: ", "TrainingInputMode Pipe of channel train is not supported locally"],
    ),
    "augmented manifest": (
        {**FINE, "InputDataConfig": channel("s3://a-bucket/x", S3DataType="AugmentedManifestFile")},
        ["ClientError: ", "S3DataType AugmentedManifestFile", "not supported locally"],
    ),
    "a file system": (
        {**FINE, "InputDataConfig": [{"ChannelName": "efs", "DataSource": {"FileSystemDataSource": {}}}]},
        ["ClientError: ", "channel efs is not supported locally"],
    ),
    "a channel name that leads out": (
        {**FINE, "InputDataConfig": channel("s3://a-bucket/x", ChannelName="..")},
        ["ClientError: ", "channel .."],
    ),
    "no output bucket": (
        {**FINE, "OutputDataConfig": {"S3OutputPath": "s3://no-such-bucket/output"}},
        ["ClientError: The S3 bucket 'no-such-bucket' of s3://no-such-bucket/output/", "does not exist"],
    ),
    "output elsewhere": (
        {**FINE, "OutputDataConfig": {"S3OutputPath": "file:///tmp"}},
        ["ClientError: 'file:///tmp' is not an S3 URI"],
    ),
    "a broken regex": (
        {"AlgorithmSpecification": BAD_REGEX},
        ["ClientError: MetricDefinitions[0].Regex 'a=(' is not a regular expression"],
    ),
    "no code": (
        {
            "HyperParameters": {
                "sagemaker_program": "train.py",
                "sagemaker_submit_directory": "s3://a-bucket/none.tar.gz",
            }
        },
        ["ClientError: sagemaker_submit_directory: The S3 object s3://a-bucket/none.tar.gz does not exist"],
    ),
    "code of this machine": (
        {"HyperParameters": {"sagemaker_program": "train.py", "sagemaker_submit_directory": "/etc"}},
        ["ClientError: sagemaker_submit_directory '/etc' is neither an S3 URI nor an existing path below /opt/ml"],
    ),
    "code outside": (
        {"HyperParameters": {"sagemaker_program": "x", "sagemaker_submit_directory": "/opt/ml/../../../../etc"}},
        ["ClientError: sagemaker_submit_directory: ", "is not a path below"],
    ),
    "no submit directory": (
        {"HyperParameters": {"sagemaker_program": "train.py"}},
        ["ClientError: sagemaker_program 'train.py' was not found", "set sagemaker_submit_directory"],
    ),
    "checkpoints outside": (
        {**FINE, "CheckpointConfig": {"S3Uri": "s3://a-bucket/c", "LocalPath": "/opt/ml/../../../x"}},
        ["ClientError: CheckpointConfig.LocalPath: "],
    ),
    "nothing to run": ({}, ["ClientError: locally a job needs ContainerEntrypoint"]),
}


@pytest.mark.parametrize(("fields", "expected"), FAILURES.values(), ids=FAILURES)
def test_a_failure_names_what_to_correct(workshop, fields, expected):
    end = workshop.run(workshop.request("failing", **fields)).end()
    assert end["status"] == "Failed"
    assert end["message"] == "Training job failed"
    assert end["failure_reason"].startswith(expected[0])
    for part in expected:
        assert part in end["failure_reason"]


def test_a_program_that_is_not_in_the_archive_is_named_with_what_is(workshop):
    uri = workshop.upload_code({"main.py": "", "model.py": ""})
    values = {"sagemaker_program": "train.py", "sagemaker_submit_directory": uri}
    reason = workshop.run(workshop.request("failing", HyperParameters=values)).end()["failure_reason"]
    assert reason == f"ClientError: sagemaker_program 'train.py' was not found in {uri}. It has: main.py, model.py"


def test_an_archive_that_is_none_is_named(workshop):
    workshop.put("code.zip", b"PK not a tar")
    values = {"sagemaker_program": "train.py", "sagemaker_submit_directory": "s3://a-bucket/code.zip"}
    reason = workshop.run(workshop.request("failing", HyperParameters=values)).end()["failure_reason"]
    assert reason.startswith("ClientError: sagemaker_submit_directory s3://a-bucket/code.zip cannot be unpacked")


def test_a_key_that_leads_out_of_the_channel_fails_the_job(workshop):
    workshop.put("data/../../../../../escaped.txt", "x")
    request = workshop.request("failing", **FINE, InputDataConfig=channel("s3://a-bucket/data/"))
    reason = workshop.run(request).end()["failure_reason"]
    assert reason.startswith("ClientError: Data download failed: channel train: '../../../../../escaped.txt' is not")
    assert not list(workshop.root.parent.rglob("escaped.txt"))


def test_an_error_of_the_runner_itself_still_ends_the_job_once(workshop):
    request = workshop.request("failing", **FINE)
    request["StoppingCondition"] = {"MaxRuntimeInSeconds": "soon"}
    recorder = workshop.run(request)
    assert recorder.end()["failure_reason"].startswith("InternalServerError: ValueError: could not convert")
    assert len(recorder.ends) == 1


def test_stopping_keeps_the_model_saved_meanwhile(workshop):
    job, recorder = workshop.start(workshop.script_request("patient", PATIENT))
    recorder.wait_for_metric("ready")
    job.stop(STOPPED)
    job.stop(SecondaryStatus.MAX_WAIT_TIME_EXCEEDED)
    assert recorder.end() == {
        "status": "Stopped",
        "secondary_status": "Stopped",
        "message": "Training job stopped",
        "failure_reason": None,
        "model_artifacts": "s3://a-bucket/output/patient/output/model.tar.gz",
    }
    assert workshop.model("patient") == {"model.txt": b"saved while stopping"}
    assert recorder.phases[-2:] == [
        ("Stopping", "Stopping the training job"),
        ("Uploading", "Uploading generated training model"),
    ]
    job.stop(STOPPED)
    assert len(recorder.ends) == 1


def test_a_process_that_ignores_sigterm_is_killed_with_its_children(workshop, eventually):
    runner = workshop.runner(grace_period_in_seconds=0.3)
    job, recorder = workshop.start(workshop.script_request("stubborn", STUBBORN), runner)
    recorder.wait_for_metric("ready")
    child = int(recorder.metrics[0][1])
    assert is_running(child)
    job.stop(STOPPED)
    assert recorder.end()["status"] == "Stopped"
    assert recorder.end()["model_artifacts"] is None
    eventually(lambda: not is_running(child))


def test_a_stop_before_the_process_starts(workshop):
    with socket.create_server(("127.0.0.1", 0)) as server:
        # An endpoint that accepts and never answers holds the job in its first phase.
        runner = workshop.runner(endpoint_url=f"http://127.0.0.1:{server.getsockname()[1]}")
        job, recorder = workshop.start(workshop.request("early", **FINE), runner)
        recorder.wait_for_phase("Starting")
        job.stop(STOPPED)
        connection, _ = server.accept()
        connection.recv(65536)
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
        assert recorder.end()["secondary_status"] == "Stopped"
        connection.close()
    assert recorder.phase_names == ["Starting", "Starting", "Stopping"]


def test_max_runtime_stops_the_job_from_within(workshop):
    request = workshop.script_request("slow", PATIENT, StoppingCondition={"MaxRuntimeInSeconds": 1})
    end = workshop.run(request).end()
    assert (end["status"], end["secondary_status"]) == ("Stopped", "MaxRuntimeExceeded")
    assert end["message"] == "Training job runtime exceeded MaxRuntimeInSeconds provided"
    assert workshop.model("slow") == {"model.txt": b"saved while stopping"}


CHECKPOINTING = """
    import os, pathlib, signal, sys, time
    directory = pathlib.Path(sys.argv[2])
    state = directory / "state"
    epoch = int(state.read_text()) if state.exists() else 0
    print("resumed", epoch, os.listdir(os.environ["SM_MODEL_DIR"]))
    pathlib.Path(os.environ["SM_MODEL_DIR"], "half").touch()
    if epoch:
        sys.exit(0)
    def last_words(*_):
        state.write_text("7")
        sys.exit(1)
    signal.signal(signal.SIGTERM, last_words)
    print("ready=1")
    while True:
        time.sleep(0.02)
"""


@pytest.mark.parametrize("local_path", [None, "/opt/ml/elsewhere", "/mnt/checkpoints"])
def test_an_interrupted_job_goes_on_from_its_checkpoint(workshop, local_path):
    config = {"S3Uri": "s3://a-bucket/checkpoints/job"} | ({"LocalPath": local_path} if local_path else {})
    values = {"dir": local_path or "/opt/ml/checkpoints"}
    job, recorder = workshop.start(workshop.script_request("spot", CHECKPOINTING, values, CheckpointConfig=config))
    recorder.wait_for_metric("ready")
    job.stop(INTERRUPTED)
    assert recorder.end()["status"] == "Completed"
    assert recorder.phase_names == [
        *("Starting", "Starting", "Downloading", "Training"),
        *("Interrupted", "Restarting", "Downloading", "Training", "Uploading"),
    ]
    assert workshop.log_lines("spot") == ["resumed 0 []", "ready=1", "resumed 7 []"]
    assert workshop.get("checkpoints/job/state") == b"7"


def test_an_interruption_before_the_process_starts_restarts_the_job(workshop):
    source = "print(1)"
    for number in range(20):
        workshop.put(f"data/{number}")
    inputs = channel("s3://a-bucket/data/")
    job, recorder = workshop.start(workshop.script_request("soon", source, InputDataConfig=inputs))
    job.stop(INTERRUPTED)
    assert recorder.end()["status"] == "Completed"
    assert recorder.phase_names[-5:] == ["Interrupted", "Restarting", "Downloading", "Training", "Uploading"]


def test_a_stop_during_an_interruption_wins(workshop):
    source = PATIENT.replace("sys.exit(0)", "print('ready=2'); time.sleep(0.5); sys.exit(0)")
    job, recorder = workshop.start(workshop.script_request("both", source))
    recorder.wait_for_metric("ready")
    job.stop(INTERRUPTED)
    recorder.wait_for_metric("ready", 2)
    job.stop(STOPPED)
    assert recorder.end()["secondary_status"] == "Stopped"
    assert "Restarting" not in recorder.phase_names


def test_checkpoints_are_uploaded_while_the_job_runs(workshop, eventually, monkeypatch):
    monkeypatch.setattr("airflow_sm_training.local.runner._CHECKPOINT_INTERVAL_IN_SECONDS", 0.1)
    workshop.put("checkpoints/earlier/epoch-1", "1")
    workshop.put("checkpoints-of-another", "x")
    source = """
        import os, pathlib, sys, time
        directory = pathlib.Path(sys.argv[2])
        (directory / "found").write_text(repr(sorted(os.listdir(directory))))
        (directory / "earlier" / "epoch-2").write_text("2")
        while not pathlib.Path(os.environ["SM_OUTPUT_DIR"], "go").exists():
            time.sleep(0.02)
    """
    config = {"S3Uri": "s3://a-bucket/checkpoints"}
    _, recorder = workshop.start(
        workshop.script_request("saving", source, {"dir": "/opt/ml/checkpoints"}, CheckpointConfig=config),
        workshop.runner(),
    )
    eventually(lambda: "checkpoints/earlier/epoch-2" in workshop.listing())
    assert not recorder.ended.is_set()
    (workshop.root / "saving/opt/ml/output/go").touch()
    assert recorder.end()["status"] == "Completed"
    assert workshop.get("checkpoints/found") == b"['earlier']"


def test_close_kills_whole_groups_and_tells_the_listeners(workshop, eventually):
    runner = workshop.runner()
    recorders = [workshop.start(workshop.script_request(f"left-{n}", STUBBORN), runner)[1] for n in range(2)]
    for recorder in recorders:
        recorder.wait_for_metric("ready")
    runner.close()
    for recorder in recorders:
        assert recorder.ends[0]["failure_reason"] == "InternalServerError: The endpoint was shut down"
        eventually(lambda recorder=recorder: not is_running(int(recorder.metrics[0][1])))


def test_a_daemon_that_holds_the_output_open_does_not_hold_up_the_job(workshop):
    source = """
        import os, subprocess, sys
        daemon = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"], start_new_session=True)
        print(f"ready={daemon.pid}")
    """
    recorder = workshop.run(workshop.script_request("daemonic", source))
    assert recorder.end()["status"] == "Completed"
    os.kill(int(recorder.metrics[0][1]), signal.SIGKILL)


def test_a_job_outlives_a_cloudwatch_that_is_down(workshop, monkeypatch, caplog):
    from airflow_sm_training.local.runner.clients import Clients

    class Down:
        def __getattr__(self, name):
            raise RuntimeError("down")

    real = Clients.get
    monkeypatch.setattr(
        Clients, "get", lambda self, name, region: Down() if name == "logs" else real(self, name, region)
    )
    request = workshop.script_request("unheard", "print('x')")
    assert workshop.run(request, workshop.runner()).end()["status"] == "Completed"
    assert "were lost" in caplog.text
