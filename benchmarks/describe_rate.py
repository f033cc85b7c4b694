"""
How many DescribeTrainingJob requests a second the local endpoint answers: asked by another process over N connections.

Run it with ``python benchmarks/describe_rate.py [CONNECTIONS] [SECONDS] [JOBS]``.
"""

from __future__ import annotations

import asyncio
import json
import multiprocessing
import sys
import time

from airflow_sm_training.local import LocalSageMaker, Step, Timeline
from airflow_sm_training.sagemaker.statuses import SecondaryStatus

HEADERS = {
    "X-Amz-Target": "SageMaker.DescribeTrainingJob",
    "Content-Type": "application/x-amz-json-1.1",
    "Authorization": "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/sagemaker/aws4_request, Signature=0",
}


async def ask(url: str, connections: int, seconds: float) -> int:
    import aiohttp

    answered = 0
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=connections)) as session:
        end = time.monotonic() + seconds

        async def one(number: int) -> None:
            nonlocal answered
            body = json.dumps({"TrainingJobName": f"job-{number}"})
            while time.monotonic() < end:
                async with session.post(url, data=body, headers=HEADERS) as response:
                    described = json.loads(await response.read())
                    if response.status != 200:  # noqa: PLR2004
                        raise RuntimeError(described)
                answered += 1

        await asyncio.gather(*(one(number) for number in range(connections)))
    return answered


def run_client(url: str, connections: int, seconds: float, answered: multiprocessing.Queue[int]) -> None:
    answered.put(asyncio.run(ask(url, connections, seconds)))


def main() -> None:
    connections, seconds, jobs = (int(text) for text in (*sys.argv[1:], *("20", "5", "1000")[len(sys.argv) - 1 :]))
    for_ever = Timeline([Step(SecondaryStatus.STARTING, 0.1), Step(SecondaryStatus.TRAINING, None)])
    with LocalSageMaker(timeline=for_ever) as endpoint:
        client = endpoint.client("sagemaker")
        for number in range(max(jobs, connections)):
            client.create_training_job(
                TrainingJobName=f"job-{number}",
                RoleArn=endpoint.role_arn,
                AlgorithmSpecification={"TrainingImage": "image", "TrainingInputMode": "File"},
                OutputDataConfig={"S3OutputPath": f"s3://{endpoint.bucket}/"},
                ResourceConfig={"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 1},
                StoppingCondition={"MaxRuntimeInSeconds": 3600},
            )
        context = multiprocessing.get_context("spawn")
        answered: multiprocessing.Queue[int] = context.Queue()
        process = context.Process(target=run_client, args=(endpoint.endpoint_url, connections, seconds, answered))
        process.start()
        count = answered.get()
        process.join()
    print(
        f"{count / seconds:.0f} DescribeTrainingJob a second: {connections} connections, {max(jobs, connections)} jobs"
    )


if __name__ == "__main__":
    main()
