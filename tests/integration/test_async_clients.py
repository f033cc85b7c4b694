"""The shared async client: built off the event loop, one STS call for everybody, credentials refreshed off the loop."""

from __future__ import annotations

import asyncio
import gc
import json
import time
from datetime import UTC, datetime

import pytest

from airflow_sm_training.hooks import async_clients
from airflow_sm_training.hooks.training_job import SageMakerTrainingJobHook
from airflow_sm_training.local import Fault, LocalSageMaker, Step
from airflow_sm_training.sagemaker import errors
from airflow_sm_training.sagemaker.statuses import SecondaryStatus as Phase
from airflow_sm_training.triggers.training_job import SageMakerTrainingJobTrigger
from tests.integration.task_runs import ROLE_ARN, config


@pytest.fixture(scope="module")
def shared_endpoint():
    with LocalSageMaker(timeline=[Step(Phase.TRAINING, None)], run_processes=False) as endpoint:
        yield endpoint


@pytest.fixture
def assumed_role(endpoint, monkeypatch):
    connection = json.loads(endpoint.airflow_connection)
    connection["extra"] |= {"role_arn": ROLE_ARN, "service_config": {"sts": {"endpoint_url": endpoint.endpoint_url}}}
    monkeypatch.setenv("AIRFLOW_CONN_AWS_DEFAULT", json.dumps(connection))
    return endpoint


@pytest.fixture
def jobs(shared_endpoint):
    client = shared_endpoint.client("sagemaker")
    names = [f"shared-{number}" for number in range(60)]
    known = {
        job["TrainingJobName"]
        for page in client.get_paginator("list_training_jobs").paginate()
        for job in page["TrainingJobSummaries"]
    }
    for name in names:
        if name not in known:
            client.create_training_job(**config(TrainingJobName=name))
    return names


async def trigger_all(endpoint, names, **parameters):
    """Start a trigger for each, until each was seen, and cancel them."""
    triggers = [SageMakerTrainingJobTrigger(training_job_name=name, poll_interval=0.3, **parameters) for name in names]
    tasks = [asyncio.create_task(anext(trigger.run())) for trigger in triggers]
    before = endpoint.requests["ListTrainingJobs"]
    while endpoint.requests["ListTrainingJobs"] < before + 3:  # noqa: ASYNC110 - the endpoint is on threads of its own
        await asyncio.sleep(0.05)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def test_an_assumed_role_is_one_sts_call_for_everybody_and_every_service(assumed_role, jobs):
    before = assumed_role.requests["sts:AssumeRole"]
    hook = SageMakerTrainingJobHook()
    async with hook.async_client("logs") as logs:
        await trigger_all(assumed_role, jobs)
        assert assumed_role.requests["sts:AssumeRole"] == before + 1
        assert (await logs._request_signer._credentials.get_frozen_credentials()).token


@pytest.mark.parametrize("configured_by", ["connection", "environment"])
async def test_a_web_identity_is_one_sts_call_for_everybody_and_every_service(
    endpoint, jobs, monkeypatch, tmp_path, configured_by
):
    token = tmp_path / "token"
    token.write_text("web-identity-token")
    connection = json.loads(endpoint.airflow_connection)
    del connection["login"], connection["password"]
    if configured_by == "connection":
        connection["extra"] |= {
            "role_arn": ROLE_ARN,
            "assume_role_method": "assume_role_with_web_identity",
            "assume_role_with_web_identity_federation": "file",
            "assume_role_with_web_identity_token_file": str(token),
        }
    else:
        monkeypatch.setenv("AWS_ROLE_ARN", ROLE_ARN)
        monkeypatch.setenv("AWS_WEB_IDENTITY_TOKEN_FILE", str(token))
    monkeypatch.setenv("AWS_ENDPOINT_URL_STS", endpoint.endpoint_url)
    monkeypatch.setenv("AIRFLOW_CONN_AWS_DEFAULT", json.dumps(connection))

    before = endpoint.requests["sts:AssumeRoleWithWebIdentity"]
    async with SageMakerTrainingJobHook().async_client("logs") as logs:
        await trigger_all(endpoint, jobs)
        assert endpoint.requests["sts:AssumeRoleWithWebIdentity"] == before + 1
        assert (await logs._request_signer._credentials.get_frozen_credentials()).token


async def test_credentials_are_refreshed_while_the_event_loop_runs_on(assumed_role):
    async with SageMakerTrainingJobHook().async_client() as client:
        client._request_signer._credentials._expiry_time = datetime.now(UTC)
        before = assumed_role.requests["sts:AssumeRole"]
        assumed_role.faults.add(Fault("latency", ["sts:AssumeRole"], seconds=0.6))
        stalls = await stalls_while(client.list_training_jobs())

    assert assumed_role.requests["sts:AssumeRole"] == before + 1
    assert sum(stalls) > 0.6
    assert max(stalls) < 0.5


async def stalls_while(awaitable):
    """Return how late the event loop was, again and again, while it waited."""
    task, stalls = asyncio.ensure_future(awaitable), []
    while not task.done():
        before = time.perf_counter()
        await asyncio.sleep(0.001)
        stalls.append(time.perf_counter() - before)
    await task
    return stalls


def test_the_first_client_does_not_hold_the_event_loop_up(endpoint, jobs, monkeypatch):
    slow = async_clients._build_session

    def slow_session(hook):
        time.sleep(0.7)  # STS on a bad day
        return slow(hook)

    monkeypatch.setattr(async_clients, "_build_session", slow_session)

    async def main():
        async def connect():
            async with SageMakerTrainingJobHook().async_client():
                pass

        return await stalls_while(connect())

    gc.disable()  # a collection stops every thread, whoever causes it
    try:
        stalls = asyncio.run(main())
    finally:
        gc.enable()
    assert sum(stalls) > 0.7
    assert max(stalls) < 0.5


async def test_equal_settings_share_a_client_and_others_do_not(endpoint):
    retries = {"retries": {"max_attempts": 2}}
    one, same, other = (SageMakerTrainingJobHook(config=config) for config in (retries, dict(retries), None))

    async with one.async_client() as mine, same.async_client() as yours, other.async_client() as theirs:
        assert mine is yours
        assert mine is not theirs
        assert theirs.meta.config.max_pool_connections == 32


async def test_the_users_pool_size_is_kept(endpoint):
    async with SageMakerTrainingJobHook(config={"max_pool_connections": 7}).async_client() as client:
        assert client.meta.config.max_pool_connections == 7


async def test_a_discarded_client_is_replaced_for_who_comes_next(endpoint, jobs):
    hook = SageMakerTrainingJobHook()
    async with hook.reader() as old:
        old.discard()
        old.discard()
        async with hook.reader() as new:
            assert new._client is not old._client
            assert (await old.describe(jobs[0])).description == (await new.describe(jobs[0])).description


async def test_a_role_that_may_not_be_assumed_is_one_clear_error(assumed_role):
    assumed_role.faults.add(Fault("deny", ["sts:AssumeRole"]))

    with pytest.raises(errors.AccessDenied, match=r"connect to sagemaker .*'aws_default'"):
        async with SageMakerTrainingJobHook().async_client():
            pass


async def test_an_unknown_connection_is_one_clear_error(endpoint):
    event = await SageMakerTrainingJobTrigger(training_job_name="digits", aws_conn_id="nowhere").wait()

    assert event["error"]["type"] == "CredentialsUnusable"
    assert "nowhere" in event["error"]["message"]


async def test_many_triggers_are_served_by_lists_and_leave_nothing_running(endpoint, jobs):
    before = endpoint.requests["DescribeTrainingJob"]
    await trigger_all(endpoint, jobs, stream_logs=False)
    for _ in range(100):
        left = asyncio.all_tasks() - {asyncio.current_task()}
        if not left:
            break
        await asyncio.sleep(0.02)

    assert not left
    assert endpoint.requests["DescribeTrainingJob"] - before <= 30
