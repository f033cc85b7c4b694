from __future__ import annotations

import itertools

import pytest

from airflow_sm_training.hooks.training_job import SageMakerTrainingJobHook
from airflow_sm_training.local import LocalSageMaker
from airflow_sm_training.local.faults import Fault
from airflow_sm_training.local.timeline import Step
from airflow_sm_training.sagemaker import errors
from airflow_sm_training.sagemaker.request import TrainingJobRequest
from airflow_sm_training.sagemaker.statuses import SecondaryStatus as Phase
from tests.integration.task_runs import config

numbers = itertools.count()


@pytest.fixture(scope="module")
def shared_endpoint():
    with LocalSageMaker(timeline=[Step(Phase.TRAINING, None)], run_processes=False) as endpoint:
        yield endpoint


@pytest.fixture
def hook(endpoint):
    return SageMakerTrainingJobHook()


@pytest.fixture
def running(hook):
    name = f"job-{next(numbers)}"
    hook.create_training_job(config(TrainingJobName=name, Tags=[{"Key": "team", "Value": "vision"}]))
    return name


def test_creates_from_a_dict_and_from_a_request(hook):
    body = config(TrainingJobName="created")

    assert hook.create_training_job(body) == "arn:aws:sagemaker:us-east-1:123456789012:training-job/created"
    with pytest.raises(errors.TrainingJobNameTaken):
        hook.create_training_job(TrainingJobRequest(body))


def test_describes_with_and_without_tags(hook, running):
    assert hook.describe_training_job(running).tags == {}
    assert hook.describe_training_job(running, with_tags=True).tags == {"team": "vision"}


def test_tags_that_must_not_be_read_are_done_without(hook, endpoint, running):
    endpoint.faults.add(Fault("deny", ["ListTags"]))

    assert hook.describe_training_job(running, with_tags=True).tags == {}


@pytest.mark.parametrize("call", ["describe_training_job", "stop_training_job"])
def test_an_unknown_name_is_not_found(hook, call):
    with pytest.raises(errors.TrainingJobNotFound, match=r"no-such-job.*Check the name") as raised:
        getattr(hook, call)("no-such-job")
    assert raised.value.training_job_name == "no-such-job"


def test_stopping_twice_is_not_an_error(hook, running):
    assert hook.stop_training_job(running) is True
    hook.wait_until_settled(running, poll_interval=0.1)

    assert hook.describe_training_job(running).status == "Stopped"
    assert hook.stop_training_job(running) is False


def test_updates_what_is_running(hook, running):
    hook.update_training_job(running, RemoteDebugConfig={"EnableRemoteDebug": True})

    assert hook.describe_training_job(running).to_dict()["remote_debug_config"] == {"enable_remote_debug": True}


def test_an_update_out_of_its_window_is_refused(hook, running):
    with pytest.raises(errors.RequestRejected):
        hook.update_training_job(running, ResourceConfig={"KeepAlivePeriodInSeconds": 60})


def test_lists_over_pages(hook):
    names = {f"page-{number:02}" for number in range(25)}
    for name in names:
        hook.create_training_job(config(TrainingJobName=name))

    found = [job["TrainingJobName"] for job in hook.list_training_jobs(NameContains="page-")]
    assert (len(found), set(found)) == (25, names)


def test_searches_by_tag(hook, running):
    expression = {
        "Filters": [
            {"Name": "Tags.team", "Operator": "Equals", "Value": "vision"},
            {"Name": "TrainingJobName", "Operator": "Equals", "Value": running},
        ]
    }

    assert [job["TrainingJobName"] for job in hook.search_training_jobs(expression)] == [running]


def test_a_deleted_job_has_settled(hook, endpoint, running):
    hook.stop_training_job(running)
    hook.wait_until_settled(running, poll_interval=0.1)
    endpoint.client("sagemaker").delete_training_job(TrainingJobName=running)

    hook.wait_until_settled(running, poll_interval=0.1)
    with pytest.raises(errors.TrainingJobNotFound):
        hook.describe_training_job(running)


async def test_everybody_on_a_loop_shares_a_client(endpoint):
    one, other = SageMakerTrainingJobHook(), SageMakerTrainingJobHook()
    elsewhere = SageMakerTrainingJobHook(region_name="eu-west-1")

    async with one.async_client() as mine, other.async_client() as yours, elsewhere.async_client() as theirs:
        assert mine is yours
        assert theirs is not mine
        async with one.async_client("logs") as logs:
            assert logs is not mine


def test_the_provider_default_chain_serves_without_aws_default(monkeypatch):
    monkeypatch.delenv("AIRFLOW_CONN_AWS_DEFAULT", raising=False)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "machine")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "machine")

    hook = SageMakerTrainingJobHook(region_name="us-east-1")

    assert hook.get_session().get_credentials().access_key == "machine"
