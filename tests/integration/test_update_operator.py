"""What an update comes to, for every window, both paths, over the wire."""

from __future__ import annotations

import itertools
from datetime import timedelta

import pytest

from airflow_sm_training.compat import AirflowFailException, AirflowTaskTimeout
from airflow_sm_training.hooks.training_job import SageMakerTrainingJobHook
from airflow_sm_training.local import LocalSageMaker
from airflow_sm_training.local.faults import Fault
from airflow_sm_training.local.timeline import Step
from airflow_sm_training.operators.training_job import SageMakerUpdateTrainingJobOperator
from airflow_sm_training.sagemaker import errors
from airflow_sm_training.sagemaker.statuses import SecondaryStatus as Phase
from tests.integration.task_runs import MovableTime, TaskRun, config

numbers = itertools.count()
SOON = 0.3
FOR_EVER = [Step(Phase.TRAINING, None)]
LATER = 900.0  # seconds; the time jumps there after the first look
STARTING = [Step(Phase.STARTING, LATER), Step(Phase.TRAINING, None)]
COMPLETES = [Step(Phase.TRAINING, SOON)]
FAILS = [Step(Phase.STARTING, SOON), Step(Phase.FAILED, failure_reason="ClientError: no such image")]
RULE = {"RuleConfigurationName": "stalls", "RuleEvaluatorImage": "rules:1"}
TIME = MovableTime()
WARM = {"ResourceConfig": {**config()["ResourceConfig"], "KeepAlivePeriodInSeconds": 600}}


@pytest.fixture(scope="module")
def shared_endpoint():
    with LocalSageMaker(run_processes=False, clock=TIME) as endpoint:
        yield endpoint


@pytest.fixture
def job(endpoint):
    def create(timeline, **fields):
        name = f"job-{next(numbers)}"
        endpoint.script(name, timeline)
        SageMakerTrainingJobHook().create_training_job(config(TrainingJobName=name, **fields))
        return name

    return create


@pytest.fixture(params=[True, False], ids=["deferrable", "synchronous"])
def run(request, endpoint):
    return TaskRun(deferrable=request.param)


def update(run, name, *, params=None, **parameters):
    parameters = {"poll_interval": 0.1, **parameters}
    operator = SageMakerUpdateTrainingJobOperator(
        task_id="update", training_job_name=name, deferrable=run.deferrable, **parameters
    )
    return run.of(operator, params)


def test_the_debugger_is_let_in_as_soon_as_the_job_trains(run, job, endpoint):
    name = job(STARTING)
    TIME.jump_after_a_look(endpoint, LATER)

    result = update(run, name, enable_remote_debug="{{ params.debug }}", params={"debug": True})

    assert result["remote_debug_config"] == {"enable_remote_debug": True}
    assert result["secondary_status"] == "Training"
    assert run.deferrals == run.deferrable
    assert endpoint.requests["UpdateTrainingJob"] == 1
    assert run.xcoms["sagemaker_training_job_link"]["training_job_name"] == name


def test_the_profiler_changes_while_the_job_starts(run, job):
    result = update(
        run,
        job([Step(Phase.STARTING, None)]),
        profiler_config={"ProfilingIntervalInMilliseconds": "{{ 10 * 100 }}"},
        profiler_rule_configurations=[RULE],
    )

    assert result["profiler_config"]["profiling_interval_in_milliseconds"] == 1000
    assert [rule["rule_configuration_name"] for rule in result["profiler_rule_configurations"]] == ["stalls"]
    assert run.deferrals == 0


def test_changes_with_different_windows_are_sent_together_in_the_narrower(run, job, endpoint):
    name = job(STARTING)
    TIME.jump_after_a_look(endpoint, LATER)

    result = update(run, name, enable_remote_debug=True, profiler_config={"S3OutputPath": "s3://bucket/p"})

    assert result["profiler_config"]["s3_output_path"] == "s3://bucket/p"
    assert result["remote_debug_config"] == {"enable_remote_debug": True}
    assert endpoint.requests["UpdateTrainingJob"] == 1


def test_a_warm_pool_is_kept_longer_once_there_is_one(run, job, endpoint):
    result = update(run, job(COMPLETES, **WARM), keep_alive_period_in_seconds="{{ 60 * 20 }}")

    assert result["resource_config"]["keep_alive_period_in_seconds"] == 1200
    assert result["warm_pool_status"]["status"] == "Available"
    assert endpoint.requests["UpdateTrainingJob"] == 1


def test_nothing_to_change_is_a_success_without_a_call(run, job, endpoint):
    name = job(FOR_EVER, RemoteDebugConfig={"EnableRemoteDebug": True})

    assert update(run, name, enable_remote_debug=True)["training_job_name"] == name
    assert endpoint.requests["UpdateTrainingJob"] == 0


@pytest.mark.parametrize(
    ("timeline", "fields", "changes", "says"),
    [
        (
            FAILS,
            {},
            {"enable_remote_debug": True},
            "is Failed; SageMaker takes this change while .* Downloading or Train",
        ),
        (
            [Step(Phase.COMPLETED)],
            {},
            {"profiler_config": {"DisableProfiler": True}},
            "takes this change while a job is In",
        ),
        (FOR_EVER, {}, {"keep_alive_period_in_seconds": 60}, "was not set when it was created"),
        (FAILS, WARM, {"keep_alive_period_in_seconds": 60}, "only a completed job keeps its warm pool: ClientError"),
        (
            FOR_EVER,
            {"ProfilerRuleConfigurations": [RULE]},
            {"profiler_rule_configurations": [{**RULE, "RuleEvaluatorImage": "rules:2"}]},
            "profiler rule 'stalls' already",
        ),
        (FOR_EVER, {}, {"keep_alive_period_in_seconds": "soon"}, "'soon' is not a whole number"),
    ],
)
def test_what_can_never_be_changed_spends_no_retry(run, job, endpoint, timeline, fields, changes, says):  # noqa: PLR0917
    with pytest.raises(AirflowFailException, match=says):
        update(run, job(timeline, **fields), **changes)

    assert endpoint.requests["UpdateTrainingJob"] == 0


def test_without_waiting_a_closed_window_is_an_error_that_a_retry_may_mend(run, job, endpoint):
    name = job([Step(Phase.STARTING, None)])

    with pytest.raises(
        errors.UpdateWindowClosed, match=r"InProgress \(Starting\).*Downloading or Training.*Nothing was sent"
    ):
        update(run, name, enable_remote_debug=True, wait_until_updatable=False)
    assert endpoint.requests["UpdateTrainingJob"] == 0
    assert run.deferrals == 0


def test_a_window_that_closes_before_the_update_arrives_is_waited_for_again(run, job, endpoint, monkeypatch):
    spot = {"MaxRuntimeInSeconds": 600, "MaxWaitTimeInSeconds": 600}
    name = job(FOR_EVER, EnableManagedSpotTraining=True, StoppingCondition=spot)
    sent = SageMakerTrainingJobHook.update_training_job

    def interrupted(hook, *arguments, **changes):
        if not endpoint.requests["UpdateTrainingJob"]:
            endpoint.interrupt(name)
        return sent(hook, *arguments, **changes)

    monkeypatch.setattr(SageMakerTrainingJobHook, "update_training_job", interrupted)

    assert update(run, name, enable_remote_debug=True)["remote_debug_config"] == {"enable_remote_debug": True}
    assert endpoint.requests["UpdateTrainingJob"] == 2


def test_a_lost_answer_is_no_error(run, job, endpoint):
    endpoint.faults.add(Fault("lose_response", ["UpdateTrainingJob"], times=1))

    result = update(run, job(FOR_EVER), profiler_rule_configurations=[RULE])

    assert [rule["rule_configuration_name"] for rule in result["profiler_rule_configurations"]] == ["stalls"]


def test_execution_timeout_ends_the_wait(run, job):
    with pytest.raises(AirflowTaskTimeout, match="deadline"):
        update(
            run,
            job([Step(Phase.STARTING, None)]),
            enable_remote_debug=True,
            execution_timeout=timedelta(seconds=0.3),
        )
