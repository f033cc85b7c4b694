"""The endpoint seen from the benchmark: started, filled with jobs, asked what came in, ended."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import urllib.request
from collections import Counter
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_AGE_IN_SECONDS = 6 * 3600
_CONNECTIONS = 16
_TARGETS_OF_THE_BENCHMARK = ("CreateTrainingJob", "StopTrainingJob")


class Endpoint:
    """A SageMaker endpoint in a process of its own, as a context manager."""

    def __init__(self) -> None:
        self.url = ""
        self._process: subprocess.Popen[str] | None = None

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.endpoint.serve"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.url = self._read()["url"]
        return self

    def __exit__(self, *_: object) -> None:
        if self._process is not None and self._process.stdin is not None:
            self._process.stdin.close()
            self._process.wait()

    def create_jobs(self, names: Sequence[str]) -> None:
        """
        Create jobs that train until they are stopped, and began hours ago.

        A poll for what changed lately must not find a thousand jobs only because the benchmark has just made them.
        """
        self._ask({"age": _AGE_IN_SECONDS})
        asyncio.run(self._post_all("CreateTrainingJob", [_job(name) for name in names]))
        self._ask({"age": 0})

    async def end_jobs(self, names: Sequence[str], *, seconds: float) -> None:
        """
        Stop jobs one by one, evenly over a time.

        :param seconds: the time.
        """
        import aiohttp

        loop = asyncio.get_running_loop()
        start, pause = loop.time(), seconds / max(1, len(names))
        async with aiohttp.ClientSession(self.url) as session, asyncio.TaskGroup() as group:
            for number, name in enumerate(names):
                await asyncio.sleep(start + number * pause - loop.time())
                group.create_task(_post(session, "StopTrainingJob", {"TrainingJobName": name}))

    def ends(self) -> dict[str, float]:
        """Return when jobs ended since this was last asked: name and epoch seconds."""
        ends: dict[str, float] = self._ask({"ends": True})["ends"]
        return ends

    def requests(self) -> Counter[str]:
        """Return how many requests came in so far, by operation, without those of the benchmark itself."""
        with urllib.request.urlopen(f"{self.url}/_local/requests") as answer:  # noqa: S310 - our own endpoint
            counts = Counter(json.loads(answer.read()))
        for operation in _TARGETS_OF_THE_BENCHMARK:
            del counts[operation]
        return counts

    def set_faults(self, faults: Sequence[Mapping[str, Any]]) -> None:
        """Let these things go wrong from now on: the JSON of :mod:`airflow_sm_training.local.faults`."""
        body = json.dumps(list(faults)).encode()
        request = urllib.request.Request(f"{self.url}/_local/faults", data=body, method="PUT")  # noqa: S310
        urllib.request.urlopen(request).close()  # noqa: S310

    async def _post_all(self, operation: str, bodies: Sequence[Mapping[str, Any]]) -> None:
        import aiohttp

        waiting = iter(bodies)
        async with aiohttp.ClientSession(self.url) as session, asyncio.TaskGroup() as group:

            async def work() -> None:
                for body in waiting:
                    await _post(session, operation, body)

            for _ in range(_CONNECTIONS):
                group.create_task(work())

    def _ask(self, command: Mapping[str, Any]) -> Any:
        assert self._process is not None
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(command) + "\n")
        self._process.stdin.flush()
        return self._read()

    def _read(self) -> Any:
        assert self._process is not None
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"the endpoint ended by itself with exit code {self._process.wait()}")
        return json.loads(line)


async def _post(session: Any, operation: str, body: Mapping[str, Any]) -> None:
    # By hand, because boto3 takes longer to ask than the endpoint takes to answer.
    headers = {
        "X-Amz-Target": f"SageMaker.{operation}",
        "Content-Type": "application/x-amz-json-1.1",
        "Authorization": "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/sagemaker/aws4_request, Signature=0",
    }
    async with session.post("/", data=json.dumps(body), headers=headers) as response:
        answer = await response.text()
        if not response.ok:
            raise RuntimeError(f"{operation} {body}: {answer}")


def _job(name: str) -> dict[str, Any]:
    return {
        "TrainingJobName": name,
        "RoleArn": "arn:aws:iam::123456789012:role/SageMakerExecutionRole",
        "AlgorithmSpecification": {"TrainingImage": "image", "TrainingInputMode": "File"},
        "HyperParameters": {"epochs": "25", "learning-rate": "0.001"},
        "OutputDataConfig": {"S3OutputPath": "s3://sagemaker-us-east-1-123456789012/models"},
        "ResourceConfig": {"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 10},
        "StoppingCondition": {"MaxRuntimeInSeconds": 5 * 86_400},
    }
