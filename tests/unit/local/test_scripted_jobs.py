"""Jobs that follow a timeline: the exact times of everything, whenever somebody asks."""

from __future__ import annotations

import json
import math

import pytest
from local_world import START, World, create_request, resources, steps

SPOT = {
    "EnableManagedSpotTraining": True,
    "StoppingCondition": {"MaxRuntimeInSeconds": 3600, "MaxWaitTimeInSeconds": 7200},
}
WHOLE = steps(("Starting", 10), ("Downloading", 5), ("Training", 60), ("Uploading", 5))


def test_a_job_goes_through_its_timeline_at_exact_times_however_late_it_is_asked():
    world = World(timeline=WHOLE)
    world.create("job")
    world.now += 1000
    described = world.describe("job")
    transitions = [
        (item["Status"], item["StartTime"] - START, item["EndTime"] - START)
        for item in described["SecondaryStatusTransitions"]
    ]
    assert transitions == [
        ("Starting", 0, 10),
        ("Downloading", 10, 15),
        ("Training", 15, 75),
        ("Uploading", 75, 80),
        ("Completed", 80, 80),
    ]
    assert described["TrainingJobStatus"] == "Completed"
    assert described["TrainingStartTime"] == START + 10
    assert described["TrainingEndTime"] == described["LastModifiedTime"] == START + 80
    assert described["TrainingTimeInSeconds"] == described["BillableTimeInSeconds"] == 70
    assert described["ModelArtifacts"] == {"S3ModelArtifacts": "s3://bucket/output/job/output/model.tar.gz"}


def test_what_a_running_job_does_not_have_is_absent(world):
    world.create("job")
    described = world.describe("job")
    absent = {
        "TrainingStartTime",
        "TrainingEndTime",
        "TrainingTimeInSeconds",
        "BillableTimeInSeconds",
        "FailureReason",
        "ModelArtifacts",
        "FinalMetricDataList",
        "WarmPoolStatus",
        "ProgressInfo",
    }
    assert absent.isdisjoint(described)
    assert "EndTime" not in described["SecondaryStatusTransitions"][-1]


def test_messages_are_sagemakers_own_unless_the_step_says_otherwise():
    world = World(timeline=[*steps(("Starting", 1)), {"secondary_status": "Training", "seconds": 1, "message": "mine"}])
    world.create("job")
    world.now += 10
    messages = [item["StatusMessage"] for item in world.describe("job")["SecondaryStatusTransitions"]]
    assert messages == ["Preparing the instances for training", "mine", "Training job completed"]


def test_two_steps_of_one_phase_are_one_transition_with_the_later_message():
    timeline = [
        {"secondary_status": "Starting", "seconds": 1, "message": "Starting the training job"},
        {"secondary_status": "Starting", "seconds": None, "message": "Launching requested ML instances"},
    ]
    world = World(timeline=timeline)
    world.create("job")
    world.now += 5
    transitions = world.describe("job")["SecondaryStatusTransitions"]
    assert [(item["Status"], item["StatusMessage"], item["StartTime"]) for item in transitions] == [
        ("Starting", "Launching requested ML instances", START)
    ]


def test_metrics_and_progress_come_with_their_step():
    timeline = [
        {"secondary_status": "Training", "seconds": 5, "metrics": {"loss": 2.0}, "progress": {"CurrentEpoch": 1}},
        {
            "secondary_status": "Training",
            "seconds": 5,
            "metrics": {"loss": 1.0, "f1": 0.5},
            "progress": {"CurrentEpoch": 2},
        },
    ]
    world = World(timeline=timeline)
    world.create("job")
    assert world.describe("job")["ProgressInfo"] == {"CurrentEpoch": 1}
    world.now += 5
    described = world.describe("job")
    assert described["ProgressInfo"] == {"CurrentEpoch": 2}
    assert described["FinalMetricDataList"] == [
        {"MetricName": "loss", "Value": 1.0, "Timestamp": START + 5},
        {"MetricName": "f1", "Value": 0.5, "Timestamp": START + 5},
    ]


def test_a_metric_that_is_not_finite_is_spelled_as_the_protocol_does():
    world = World(timeline=[{"secondary_status": "Training", "metrics": {"loss": math.nan, "norm": -math.inf}}])
    world.create("job")
    values = [item["Value"] for item in world.describe("job")["FinalMetricDataList"]]
    assert values == ["NaN", "-Infinity"]
    json.dumps(values, allow_nan=False)


def test_a_failure_carries_its_reason():
    world = World(timeline=[{"secondary_status": "Failed", "failure_reason": "AlgorithmError: exit code 7"}])
    world.create("job")
    described = world.describe("job")
    assert (described["TrainingJobStatus"], described["FailureReason"]) == ("Failed", "AlgorithmError: exit code 7")
    assert "ModelArtifacts" not in described
    assert "TrainingTimeInSeconds" not in described


@pytest.mark.parametrize(
    ("attempts", "outcome", "phases"),
    [
        (None, "Failed", ["Training", "Failed"]),
        (1, "Completed", ["Training", "Restarting", "Training", "Completed"]),
    ],
)
def test_an_internal_error_is_retried_as_the_retry_strategy_says(attempts, outcome, phases):
    timeline = [
        *steps(("Training", 5)),
        {"secondary_status": "Failed", "failure_reason": "InternalServerError: out of luck"},
        *steps(("Training", 5)),
    ]
    world = World(timeline=timeline)
    world.create("job", RetryStrategy={"MaximumRetryAttempts": attempts} if attempts else None)
    world.now += 100
    described = world.describe("job")
    assert described["TrainingJobStatus"] == outcome
    assert [item["Status"] for item in described["SecondaryStatusTransitions"]] == phases
    assert ("FailureReason" in described) == (outcome == "Failed")


def test_a_timeline_that_ends_with_an_internal_error_fails_when_its_retries_are_spent():
    timeline = [*steps(("Training", 5)), {"secondary_status": "Failed", "failure_reason": "InternalServerError: x"}]
    world = World(timeline=timeline)
    world.create("job", RetryStrategy={"MaximumRetryAttempts": 2})
    world.now += 100
    phases = [item["Status"] for item in world.describe("job")["SecondaryStatusTransitions"]]
    assert phases == ["Training", "Restarting", "Training", "Restarting", "Training", "Failed"]


def test_a_stopped_job_is_stopping_for_a_moment_and_forgets_its_timeline(world):
    world.create("job")
    world.now += 20
    world.call("StopTrainingJob", TrainingJobName="job")
    assert world.status("job") == ("Stopping", "Stopping")
    world.call("StopTrainingJob", TrainingJobName="job")
    world.now += 1
    assert world.status("job") == ("Stopped", "Stopped")
    world.now += 1000
    described = world.describe("job")
    assert described["TrainingEndTime"] == START + 21
    assert [item["Status"] for item in described["SecondaryStatusTransitions"]] == [
        "Starting",
        "Training",
        "Stopping",
        "Stopped",
    ]


def test_a_job_that_has_ended_cannot_be_stopped(world):
    world.create("job")
    world.now += 100
    error = world.error("StopTrainingJob", TrainingJobName="job")
    assert error.code == "ValidationException"
    assert error.message == "The request was rejected because the training job is in status Completed."


def test_max_runtime_counts_from_the_start_of_training():
    world = World(timeline=steps(("Starting", 100), ("Training", None)))
    world.create("job", StoppingCondition={"MaxRuntimeInSeconds": 60})
    world.now += 159
    assert world.status("job") == ("InProgress", "Training")
    world.now += 1
    assert world.status("job") == ("Stopping", "Stopping")
    world.now += 1
    assert world.status("job") == ("Stopped", "MaxRuntimeExceeded")


def test_max_wait_time_counts_from_the_creation_and_for_spot_only():
    world = World(timeline=steps(("Starting", None)))
    world.create(
        "job", EnableManagedSpotTraining=True, StoppingCondition={"MaxRuntimeInSeconds": 5, "MaxWaitTimeInSeconds": 9}
    )
    world.now += 10
    assert world.status("job") == ("Stopped", "MaxWaitTimeExceeded")


def test_an_interruption_restarts_the_training_and_is_not_billed():
    world = World(timeline=WHOLE)
    world.create("job", **SPOT)
    world.now += 35  # 20 s of training
    world.service.interrupt("us-east-1", "job")
    assert world.status("job") == ("InProgress", "Interrupted")
    world.now += 3
    assert world.status("job") == ("InProgress", "Restarting")
    world.now += 2
    assert world.status("job") == ("InProgress", "Training")
    world.now += 65
    described = world.describe("job")
    assert described["TrainingJobStatus"] == "Completed"
    assert described["TrainingTimeInSeconds"] == 5 + 20 + 60 + 5
    assert described["BillableTimeInSeconds"] == 27


def test_only_spot_jobs_under_way_can_be_interrupted(world):
    world.create("on-demand")
    with pytest.raises(Exception, match="not managed spot training"):
        world.service.interrupt("us-east-1", "on-demand")


def test_a_job_with_a_timeline_of_its_own_follows_that_and_runs_nothing():
    world = World()
    request = create_request(
        "job", AlgorithmSpecification={"TrainingImage": "runnable-image", "TrainingInputMode": "File"}
    )
    timeline = json.dumps(json.dumps(steps(("Updating", None))))  # as the SageMaker SDK encodes hyperparameters
    world.call("CreateTrainingJob", **request, HyperParameters={"local_timeline": timeline})
    assert world.status("job") == ("InProgress", "Updating")
    assert world.runner.processes == []


def test_a_hyperparameter_timeline_that_is_wrong_is_refused_by_step_and_field():
    error = World().error(
        "CreateTrainingJob",
        **create_request("job", HyperParameters={"local_timeline": '[{"secondary_status": "Trainning"}]'}),
    )
    assert error.code == "ValidationException"
    assert error.message.startswith("Hyperparameter local_timeline: step 0: secondary_status is 'Trainning'")


def test_the_latest_script_that_matches_the_name_counts(world):
    from airflow_sm_training.local.timeline import Timeline

    world.scripts.add("sweep-*", Timeline.parse(steps(("Pending", None))))
    world.scripts.add("sweep-1", Timeline.parse(steps(("Uploading", None))))
    for name in ("sweep-0", "sweep-1", "other"):
        world.create(name)
    assert [world.status(name)[1] for name in ("sweep-0", "sweep-1", "other")] == ["Pending", "Uploading", "Starting"]


def test_observers_hear_of_every_phase_once(world):
    world.create("job")
    world.now += 100
    world.store.advance()
    world.store.advance()
    assert [event.secondary_status for event in world.events] == ["Starting", "Training", "Completed"]
    assert [event.time - START for event in world.events] == [0, 10, 60]


class TestWarmPool:
    POOL = resources(KeepAlivePeriodInSeconds=100)

    def completed(self, world, name="first", **changes):
        world.create(name, ResourceConfig=self.POOL, **changes)
        assert world.describe(name)["WarmPoolStatus"] == {"Status": "InUse"}
        world.now += 60
        return world.describe(name)

    def test_nothing_is_said_right_after_completion_then_it_is_available_then_terminated(self, world):
        assert "WarmPoolStatus" not in self.completed(world)
        world.now += 10
        assert world.describe("first")["WarmPoolStatus"] == {
            "Status": "Available",
            "ResourceRetainedBillableTimeInSeconds": 10,
        }
        world.now += 1000
        assert world.describe("first")["WarmPoolStatus"] == {
            "Status": "Terminated",
            "ResourceRetainedBillableTimeInSeconds": 100,
        }

    def test_a_matching_job_takes_it_over(self, world):
        self.completed(world)
        world.now += 20
        world.create("second", ResourceConfig=self.POOL)
        world.now += 7
        assert world.describe("first")["WarmPoolStatus"] == {
            "Status": "Reused",
            "ReusedByJob": "second",
            "ResourceRetainedBillableTimeInSeconds": 20,
        }
        assert world.describe("second")["WarmPoolStatus"] == {"Status": "InUse"}

    def test_a_job_that_does_not_match_leaves_it_alone(self, world):
        self.completed(world)
        world.now += 20
        world.create("other", ResourceConfig=resources(InstanceType="ml.m5.xlarge"))
        assert world.describe("first")["WarmPoolStatus"]["Status"] == "Available"

    def test_its_changes_are_seen_by_those_who_poll_for_changes(self, world):
        self.completed(world)
        world.now += 1
        assert world.list_names(LastModifiedTimeAfter=START + 60) == ["first"]
        world.now += 200
        assert world.list_names(LastModifiedTimeAfter=START + 150) == ["first"]
        assert world.list_names(WarmPoolStatusEquals="Terminated") == ["first"]

    def test_a_stopped_job_leaves_nothing_warm(self, world):
        world.create("job", ResourceConfig=self.POOL)
        world.call("StopTrainingJob", TrainingJobName="job")
        world.now += 1
        assert world.describe("job")["WarmPoolStatus"] == {"Status": "Terminated"}
