"""What a task comes to, for every way a job can go: one table, both paths, over the wire."""

from __future__ import annotations

import itertools
import json
import re
from datetime import timedelta

import pytest

from airflow_sm_training.compat import AirflowFailException, AirflowTaskTimeout
from airflow_sm_training.local import LocalSageMaker
from airflow_sm_training.local.faults import Fault
from airflow_sm_training.local.timeline import Step
from airflow_sm_training.sagemaker import backoff, errors
from airflow_sm_training.sagemaker.statuses import SecondaryStatus as Phase
from tests.integration.task_runs import BUCKET, TaskRun, config

BRIEFLY = [Step(Phase.TRAINING, 0.3, metrics={"accuracy": 0.9}, progress={"CurrentEpoch": 2, "MaxEpoch": 3})]
FOR_EVER = [Step(Phase.TRAINING, None)]
numbers = itertools.count()


@pytest.fixture(scope="module")
def shared_endpoint():
    with LocalSageMaker(grace_period_in_seconds=2, quotas={"ml.p4d.24xlarge": 0}) as endpoint:
        yield endpoint


@pytest.fixture(params=[True, False], ids=["deferrable", "synchronous"])
def run(request, endpoint):
    return TaskRun(deferrable=request.param, run_id=f"run-{next(numbers)}")


@pytest.fixture
def scripted(endpoint):
    """Make a request whose job follows a timeline."""

    def make(timeline, **fields):
        name = f"scripted-{next(numbers)}"
        endpoint.script(f"{name}*", timeline)
        return config(TrainingJobName=name, **fields)

    return make


class TaskLog:
    """What the task wrote: to standard output under Airflow 3, through ``logging`` under Airflow 2."""

    def __init__(self, capsys, caplog):
        self._capsys, self._caplog, self._printed = capsys, caplog, ""

    @property
    def text(self):
        return "".join(self._both())

    def matching(self, pattern):
        # A console handler of Airflow 2 can make every line appear in both.
        return max((re.findall(pattern, text) for text in self._both()), key=len)

    def _both(self):
        self._printed += self._capsys.readouterr().out
        return self._printed, self._caplog.text


@pytest.fixture
def log(capsys, caplog):
    caplog.set_level("INFO")
    return TaskLog(capsys, caplog)


def status_of(endpoint, name):
    return endpoint.client("sagemaker").describe_training_job(TrainingJobName=name)["TrainingJobStatus"]


def test_a_real_job_from_submission_to_xcom(run, endpoint, log):
    request = config("import time; print('epoch=1 accuracy=0.75'); time.sleep(0.5); print('epoch=2 accuracy=0.97')")
    request["AlgorithmSpecification"]["MetricDefinitions"] = [{"Name": "accuracy", "Regex": r"accuracy=([0-9.]+)"}]

    result = run(request)

    assert json.loads(json.dumps(result, allow_nan=False)) == result
    assert result["training_job_status"] == "Completed"
    assert result["creation_time"].endswith("+00:00")
    assert result["derived"]["metrics"] == {"accuracy": 0.97}
    assert [phase["status"] for phase in result["derived"]["phases"]][-3:] == ["Training", "Uploading", "Completed"]
    key = result["model_artifacts"]["s3_model_artifacts"].removeprefix(f"s3://{BUCKET}/")
    assert endpoint.client("s3").head_object(Bucket=BUCKET, Key=key)["ContentLength"]

    assert run.deferrals == run.deferrable
    assert run.xcoms["training_job_name"] == result["training_job_name"]
    assert run.xcoms["training_job_arn"] == result["training_job_arn"]
    assert len(log.matching(r"\[algo-1\] epoch=2 accuracy=0.97")) == 1
    assert len(log.matching(r": Training \(Training image download completed")) == 1


def test_the_job_carries_its_owner_for_cost_allocation_and_adoption(run, endpoint, scripted):
    arn = run(scripted(BRIEFLY))["training_job_arn"]
    tags = {tag["Key"]: tag["Value"] for tag in endpoint.client("sagemaker").list_tags(ResourceArn=arn)["Tags"]}

    assert tags == {
        "airflow:dag_id": "nightly",
        "airflow:task_id": "train",
        "airflow:run_id": run.run_id,
        "airflow:map_index": "-1",
        "airflow:epoch": "1",
    }


FAILURE = Step(Phase.FAILED, failure_reason="AlgorithmError: out of cheese")
MISTAKE = Step(Phase.FAILED, failure_reason="ClientError: no such image")
TRAINING = Step(Phase.TRAINING, 0.2)


@pytest.mark.parametrize(
    ("timeline", "parameters", "expected", "says"),
    [
        (BRIEFLY, {}, None, ""),
        ([TRAINING, FAILURE], {}, errors.TrainingJobFailed, "failed while Training: AlgorithmError: out of cheese"),
        ([TRAINING, MISTAKE], {}, AirflowFailException, "ClientError: no such image"),
        ([TRAINING, Step(Phase.STOPPED)], {}, errors.TrainingJobStopped, "somebody asked"),
        ([TRAINING, Step(Phase.STOPPED)], {"accept_stopped": True}, None, ""),
        ([TRAINING, Step(Phase.MAX_RUNTIME_EXCEEDED)], {}, errors.TrainingJobStopped, "MaxRuntimeInSeconds"),
        ([TRAINING, Step(Phase.MAX_RUNTIME_EXCEEDED)], {"accept_stopped": {"MaxRuntimeExceeded"}}, None, ""),
        (
            [TRAINING, Step(Phase.STOPPED)],
            {"accept_stopped": {"MaxRuntimeExceeded"}},
            errors.TrainingJobStopped,
            "somebody asked",
        ),
        ([Step(Phase.FAILED, failure_reason="CapacityError: none")], {}, errors.TrainingJobFailed, "CapacityError"),
    ],
)
def test_what_each_end_comes_to(run, scripted, timeline, parameters, expected, says):  # noqa: PLR0917
    request = scripted(timeline)
    if expected is None:
        assert run(request, **parameters)["derived"]["phases"]
    else:
        with pytest.raises(expected, match=says) as raised:
            run(request, **parameters)
        assert type(raised.value) is expected


@pytest.mark.parametrize(
    "fault",
    [
        Fault("throttle", ["DescribeTrainingJob"], rate=0.5, seed=7),
        Fault("server_error", ["DescribeTrainingJob"], rate=0.5, seed=7),
        Fault("reset", ["DescribeTrainingJob"], rate=0.5, seed=7),
        Fault("lose_response", ["CreateTrainingJob"], times=1),
        Fault("deny", ["logs:*"]),
        Fault("latency", ["logs:*"], seconds=1),
    ],
    ids=lambda fault: fault.kind.value,
)
def test_faults_that_pass_do_not_fail_the_task(run, endpoint, scripted, fault, monkeypatch):
    monkeypatch.setattr(backoff, "_LONGEST_SECONDS", 0.1)
    endpoint.faults.add(fault)

    result = run(scripted(BRIEFLY))

    assert result["training_job_status"] == "Completed"
    jobs = endpoint.client("sagemaker").list_training_jobs(NameContains=result["training_job_name"])
    assert len(jobs["TrainingJobSummaries"]) == 1


def test_a_log_that_must_not_be_read_is_told_once(run, endpoint, scripted, log):
    endpoint.faults.add(Fault("deny", ["logs:*"]))
    run(scripted(BRIEFLY))

    assert len(log.matching("read the log")) == 1


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        (Fault("deny", ["CreateTrainingJob"]), "CreateTrainingJob"),
        (Fault("deny", ["DescribeTrainingJob"]), "DescribeTrainingJob"),
    ],
    ids=["create", "describe"],
)
def test_missing_permission_spends_no_retry(run, endpoint, scripted, fault, expected):
    endpoint.faults.add(fault)

    with pytest.raises(AirflowFailException, match=rf"{expected}.*Grant this action"):
        run(scripted(BRIEFLY))


def test_a_quota_leaves_the_retries_to_airflow(run, scripted):
    request = scripted(BRIEFLY)
    request["ResourceConfig"]["InstanceType"] = "ml.p4d.24xlarge"

    with pytest.raises(errors.QuotaExceeded, match=r"ml\.p4d\.24xlarge"):
        run(request)


def test_execution_timeout_stops_the_job(run, endpoint, scripted):
    with pytest.raises(AirflowTaskTimeout, match="deadline"):
        run(scripted(FOR_EVER), execution_timeout=timedelta(seconds=1))

    assert endpoint.requests["StopTrainingJob"] == 1
    assert status_of(endpoint, run.xcoms["training_job_name"]) in {"Stopping", "Stopped"}


def test_execution_timeout_leaves_the_job_when_told_to(run, endpoint, scripted):
    with pytest.raises(AirflowTaskTimeout):
        run(scripted(FOR_EVER), execution_timeout=timedelta(seconds=1), stop_on_kill=False)

    assert endpoint.requests["StopTrainingJob"] == 0


def test_a_retry_takes_up_the_job_of_the_try_before(run, endpoint, scripted, log):
    # Long enough for the second try to find it still running on a busy machine.
    request = scripted([Step(Phase.TRAINING, 4.0)])
    run(request, wait_for_completion=False)
    first = run.xcoms["training_job_name"]

    assert run(request)["training_job_name"] == first
    assert log.matching("Took up the job")
    assert run(request)["training_job_name"] == first
    assert log.matching("has already finished its job")


def test_a_failed_job_is_trained_again_by_the_retry(run, endpoint, scripted):
    request = scripted([FAILURE])
    with pytest.raises(errors.TrainingJobFailed):
        run(request)
    endpoint.script(f"{request['TrainingJobName']}*", BRIEFLY)

    assert run(request)["training_job_name"] == f"{request['TrainingJobName']}-g2"


def test_a_cleared_task_trains_again(run, endpoint, scripted):
    request = scripted(BRIEFLY)
    run(request)
    run.max_tries = 1

    assert run(request)["training_job_name"] == f"{request['TrainingJobName']}-e2"


def test_a_foreign_job_of_that_name_is_an_error_that_names_its_owner(run, endpoint, scripted):
    request = scripted(FOR_EVER)
    body = request | {"Tags": [{"Key": "owner", "Value": "somebody"}]}
    endpoint.client("sagemaker").create_training_job(**body)

    with pytest.raises(AirflowFailException, match=r"owner=somebody.*ts_nodash"):
        run(request)


def test_templates_become_what_the_model_asks_for_at_every_depth(run, endpoint, scripted):
    request = scripted(BRIEFLY, EnableManagedSpotTraining="{{ params.spot }}")
    request["ResourceConfig"]["InstanceCount"] = "{{ params.instances }}"
    request["StoppingCondition"] = {"MaxRuntimeInSeconds": "{{ 60 * 60 }}", "MaxWaitTimeInSeconds": "7200"}
    request["HyperParameters"] = {"epochs": 3, "lr": "{{ params.lr }}"}
    request["RetryStrategy"] = {"MaximumRetryAttempts": "{{ 1 + 1 }}"}

    result = run(request, params={"spot": True, "instances": 2, "lr": 0.5})

    assert result["enable_managed_spot_training"] is True
    assert result["resource_config"]["instance_count"] == 2
    assert result["stopping_condition"] == {"max_runtime_in_seconds": 3600, "max_wait_time_in_seconds": 7200}
    assert result["hyper_parameters"] == {"epochs": "3", "lr": "0.5"}
    assert result["retry_strategy"] == {"maximum_retry_attempts": 2}


def test_secrets_stay_out_of_log_xcom_and_error(run, endpoint, log):
    # What is surely a secret is refused; what only looks like one to Airflow is masked.
    program = "import os; print('using', os.environ['TOKENIZER']); raise SystemExit(os.environ['TOKENIZER'])"
    request = config(program, Environment={"TOKENIZER": "hunter22"}, HyperParameters={"secretary": "abcdef123"})

    with pytest.raises(errors.TrainingJobFailed) as raised:
        run(request)

    assert "using ***" in log.text
    for place in (log.text, str(raised.value), json.dumps(run.xcoms)):
        assert "hunter22" not in place
        assert "abcdef123" not in place


def test_without_waiting_the_task_ends_with_the_running_job(run, endpoint, scripted):
    result = run(scripted(FOR_EVER), wait_for_completion=False)

    assert result["training_job_status"] == "InProgress"
    assert run.deferrals == 0
    assert run.xcoms["training_job_name"] == result["training_job_name"]


def test_log_lines_without_streaming(run, endpoint, log):
    run(config("for i in range(20): print('line', i)"), stream_logs=False, log_lines=3)

    assert log.matching(r"\[algo-1\] line (\d+)") == ["17", "18", "19"]


def test_no_log_at_all(run, endpoint, log):
    run(config("print('a line')"), stream_logs=False, log_lines=0)

    assert "a line" not in log.text
    assert endpoint.requests["logs:FilterLogEvents"] == endpoint.requests["logs:GetLogEvents"] == 0
