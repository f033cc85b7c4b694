from __future__ import annotations

import io
import json
import tarfile
import textwrap
import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest

from airflow_sm_training.local.runner import ProcessRunner

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from airflow_sm_training.local.jobs.listener import RunningTrainingJob, TrainingJobRunner
    from airflow_sm_training.sagemaker.statuses import SecondaryStatus

REGION = "eu-west-1"
BUCKET = "a-bucket"


@dataclass
class Recorder:
    """A listener that remembers."""

    phases: list[tuple[str, str]] = field(default_factory=list)
    metrics: list[tuple[str, float]] = field(default_factory=list)
    ends: list[dict[str, Any]] = field(default_factory=list)
    ended: threading.Event = field(default_factory=threading.Event)
    changed: threading.Condition = field(default_factory=threading.Condition)

    def on_phase(self, secondary_status: SecondaryStatus, message: str) -> None:
        with self.changed:
            self.phases.append((str(secondary_status), message))
            self.changed.notify_all()

    def on_metric(self, name: str, value: float, timestamp: Any) -> None:
        with self.changed:
            self.metrics.append((name, value))
            self.changed.notify_all()

    def on_end(self, status, secondary_status, message, *, failure_reason=None, model_artifacts=None) -> None:
        self.ends.append(
            {
                "status": str(status),
                "secondary_status": str(secondary_status),
                "message": message,
                "failure_reason": failure_reason,
                "model_artifacts": model_artifacts,
            },
        )
        self.ended.set()

    @property
    def phase_names(self) -> list[str]:
        return [name for name, _ in self.phases]

    def wait_for_metric(self, name: str, count: int = 1) -> None:
        """Scripts print a metric to say that they are ready, so that no test has to guess a duration."""
        with self.changed:
            assert self.changed.wait_for(lambda: sum(each == name for each, _ in self.metrics) >= count, 15), self.ends

    def wait_for_phase(self, name: str) -> None:
        with self.changed:
            assert self.changed.wait_for(lambda: name in self.phase_names, 15), self.phases

    def end(self) -> dict[str, Any]:
        assert self.ended.wait(20), self.phases
        return self.ends[0]


class Workshop:
    """Submits jobs to a runner, and looks into S3 and CloudWatch Logs."""

    def __init__(self, endpoint_url: str, root: Path) -> None:
        import boto3

        self.endpoint_url = endpoint_url
        self.root = root
        session = boto3.Session(aws_access_key_id="test", aws_secret_access_key="test", region_name=REGION)
        self.s3 = session.client("s3", endpoint_url=endpoint_url)
        self.logs = session.client("logs", endpoint_url=endpoint_url)
        self.runners: list[ProcessRunner] = []
        self.shared_runner = ProcessRunner(root=root, endpoint_url=endpoint_url, grace_period_in_seconds=10.0)

    def runner(self, **options: Any) -> ProcessRunner:
        options = {"root": self.root, "endpoint_url": self.endpoint_url, "grace_period_in_seconds": 10.0} | options
        runner = ProcessRunner(**options)
        self.runners.append(runner)
        return runner

    def put(self, key: str, body: bytes | str = b"") -> None:
        self.s3.put_object(Bucket=BUCKET, Key=key, Body=body)

    def get(self, key: str) -> bytes:
        return self.s3.get_object(Bucket=BUCKET, Key=key)["Body"].read()

    def listing(self, prefix: str = "") -> list[str]:
        return [each["Key"] for each in self.s3.list_objects_v2(Bucket=BUCKET, Prefix=prefix).get("Contents", [])]

    def upload_code(self, files: dict[str, str], key: str = "code/sourcedir.tar.gz") -> str:
        buffer = io.BytesIO()
        with tarfile.open(fileobj=buffer, mode="w:gz") as tar:
            for name, text in files.items():
                content = textwrap.dedent(text).encode()
                info = tarfile.TarInfo(name)
                info.size, info.mode = len(content), 0o755
                tar.addfile(info, io.BytesIO(content))
        self.put(key, buffer.getvalue())
        return f"s3://{BUCKET}/{key}"

    def request(self, name: str, **fields: Any) -> dict[str, Any]:
        return {
            "TrainingJobName": name,
            "RoleArn": "arn:aws:iam::123456789012:role/trainer",
            "AlgorithmSpecification": {"TrainingImage": "an-image", "TrainingInputMode": "File"},
            "OutputDataConfig": {"S3OutputPath": f"s3://{BUCKET}/output"},
            "ResourceConfig": {"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 1},
            "StoppingCondition": {"MaxRuntimeInSeconds": 60},
            **fields,
        }

    def script_request(
        self, name: str, source: str, hyperparameters: dict[str, Any] | None = None, **fields: Any
    ) -> dict:
        """Ask for script mode, with values encoded as the SageMaker Python SDK encodes them."""
        uri = self.upload_code({"train.py": source}, f"code/{name}/sourcedir.tar.gz")
        values = {"sagemaker_program": "train.py", "sagemaker_submit_directory": uri, **(hyperparameters or {})}
        encoded = {key: json.dumps(value) for key, value in values.items()}
        algorithm = {
            "TrainingImage": "an-image",
            "TrainingInputMode": "File",
            "MetricDefinitions": [{"Name": "ready", "Regex": r"ready=(\d+)"}],
        } | fields.pop("AlgorithmSpecification", {})
        return self.request(name, HyperParameters=encoded, AlgorithmSpecification=algorithm, **fields)

    def start(
        self,
        request: dict[str, Any],
        runner: TrainingJobRunner | None = None,
    ) -> tuple[RunningTrainingJob, Recorder]:
        recorder = Recorder()
        name = request["TrainingJobName"]
        arn = f"arn:aws:sagemaker:{REGION}:123456789012:training-job/{name}"
        job = (runner or self.shared_runner).start(arn=arn, region_name=REGION, request=request, listener=recorder)
        return job, recorder

    def run(self, request: dict[str, Any], runner: TrainingJobRunner | None = None) -> Recorder:
        _, recorder = self.start(request, runner)
        recorder.end()
        return recorder

    def log_lines(self, name: str) -> list[str]:
        group = "/aws/sagemaker/TrainingJobs"
        streams = self.logs.describe_log_streams(logGroupName=group, logStreamNamePrefix=f"{name}/algo-1-")[
            "logStreams"
        ]
        lines = []
        for stream in streams:
            arguments = {"logGroupName": group, "logStreamName": stream["logStreamName"], "startFromHead": True}
            while page := self.logs.get_log_events(**arguments):
                lines += [event["message"] for event in page["events"]]
                if page["nextForwardToken"] == arguments.get("nextToken"):
                    break
                arguments["nextToken"] = page["nextForwardToken"]
        return lines

    def model(self, name: str) -> dict[str, bytes]:
        with tarfile.open(fileobj=io.BytesIO(self.get(f"output/{name}/output/model.tar.gz"))) as tar:
            return {each.name: tar.extractfile(each).read() for each in tar.getmembers() if each.isfile()}


@pytest.fixture(scope="session")
def moto_url() -> Iterator[str]:
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture(scope="session")
def shared_workshop(moto_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workshop]:
    """Build the clients once: that takes longer than most jobs."""
    workshop = Workshop(moto_url, tmp_path_factory.mktemp("jobs"))
    yield workshop
    workshop.shared_runner.close()


@pytest.fixture
def workshop(shared_workshop: Workshop) -> Iterator[Workshop]:
    """Give a runner's surroundings, with nothing in S3 and no log."""
    workshop = shared_workshop
    workshop.s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION})
    yield workshop
    while workshop.runners:
        workshop.runners.pop().close()
    for key in workshop.listing():
        workshop.s3.delete_object(Bucket=BUCKET, Key=key)
    workshop.s3.delete_bucket(Bucket=BUCKET)
    for group in workshop.logs.describe_log_groups()["logGroups"]:
        workshop.logs.delete_log_group(logGroupName=group["logGroupName"])


@pytest.fixture
def eventually() -> Callable[[Callable[[], Any]], Any]:
    def wait(condition: Callable[[], Any]) -> Any:
        deadline = time.monotonic() + 10
        while not (result := condition()):
            assert time.monotonic() < deadline, "it did not come about"
            threading.Event().wait(0.05)
        return result

    return wait
