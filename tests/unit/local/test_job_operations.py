"""Create, update, delete, tags: what is accepted, and how the rest is refused."""

from __future__ import annotations

import pytest
from local_world import World, create_request, resources, steps

ALGORITHM = {"TrainingInputMode": "File"}
GROUP = {"InstanceType": "ml.m5.large", "InstanceCount": 1, "InstanceGroupName": "group"}
RULE = {"RuleConfigurationName": "rule", "RuleEvaluatorImage": "image"}


def test_what_was_asked_is_described(world):
    request = create_request(
        "job",
        HyperParameters={"a": "1"},
        Environment={"B": "2"},
        RetryStrategy={"MaximumRetryAttempts": 3},
        VpcConfig={"SecurityGroupIds": ["sg-1"], "Subnets": ["subnet-1"]},
    )
    world.call("CreateTrainingJob", **request)
    described = world.describe("job")
    assert {name: described[name] for name in request} == request
    assert described["EnableManagedSpotTraining"] is False


def test_what_the_caller_does_to_the_request_later_does_not_matter(world):
    request = create_request("job", HyperParameters={"a": "1"})
    world.call("CreateTrainingJob", **request)
    request["HyperParameters"]["a"] = "2"
    assert world.describe("job")["HyperParameters"] == {"a": "1"}


@pytest.mark.parametrize(
    ("changes", "path", "requirement"),
    [
        (
            {"TrainingJobName": "-x"},
            "Value '-x' at 'trainingJobName'",
            "satisfy regular expression pattern: [a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}",
        ),
        ({"TrainingJobName": "x" * 64}, "at 'trainingJobName'", "have length less than or equal to 63"),
        ({"RoleArn": None}, "Value null at 'roleArn'", "not be null"),
        (
            {"ResourceConfig": resources(InstanceType="ml.z9.big")},
            "Value 'ml.z9.big' at 'resourceConfig.instanceType'",
            "satisfy enum value set: [ml.m4.xlarge, ",
        ),
        (
            {"ResourceConfig": resources(InstanceCount=-1)},
            "at 'resourceConfig.instanceCount'",
            "have value greater than or equal to 0",
        ),
        (
            {"InputDataConfig": [{"ChannelName": "c"}]},
            "Value null at 'inputDataConfig.1.member.dataSource'",
            "not be null",
        ),
        ({"Tags": [{"Key": "a", "Value": "b"}] * 51}, "at 'tags'", "have length less than or equal to 50"),
        ({"TrainingJobName": "-", "RoleArn": None}, "2 validation errors detected: ", "not be null; Value '-' at"),
    ],
)
def test_violations_of_the_model_are_worded_as_sagemaker_words_them(world, changes, path, requirement):
    request = create_request("job") | changes
    error = world.error("CreateTrainingJob", **{name: value for name, value in request.items() if value is not None})
    assert error.code == "ValidationException"
    assert path in error.message
    assert f"failed to satisfy constraint: Member must {requirement}" in error.message


def test_a_value_of_the_wrong_type_cannot_be_read(world):
    error = world.error("CreateTrainingJob", **create_request("job", ResourceConfig=resources(InstanceCount="two")))
    assert (error.code, error.message) == (
        "SerializationException",
        "resourceConfig.instanceCount: str cannot be converted to Integer",
    )


def test_a_field_of_a_newer_model_is_passed_over(world):
    world.call("CreateTrainingJob", **create_request("job"), FieldOfTheFuture=1)
    assert "FieldOfTheFuture" not in world.describe("job")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"AlgorithmSpecification": ALGORITHM}, "Exactly one of TrainingImage and AlgorithmName"),
        (
            {"AlgorithmSpecification": {**ALGORITHM, "TrainingImage": "a", "AlgorithmName": "b"}},
            "Exactly one of TrainingImage and AlgorithmName",
        ),
        ({"AlgorithmSpecification": None}, "AlgorithmSpecification is required"),
        ({"ResourceConfig": None}, "ResourceConfig is required"),
        ({"StoppingCondition": None}, "StoppingCondition is required"),
        (
            {"StoppingCondition": {"MaxRuntimeInSeconds": 5, "MaxWaitTimeInSeconds": 5}},
            "Invalid MaxWaitTimeInSeconds. It is only supported when EnableManagedSpotTraining is set to true",
        ),
        ({"EnableManagedSpotTraining": True}, "Invalid MaxWaitTimeInSeconds. It must be specified"),
        (
            {
                "EnableManagedSpotTraining": True,
                "StoppingCondition": {"MaxRuntimeInSeconds": 6, "MaxWaitTimeInSeconds": 5},
            },
            "greater than or equal to MaxRuntimeInSeconds",
        ),
        (
            {
                "EnableManagedSpotTraining": True,
                "StoppingCondition": {"MaxRuntimeInSeconds": 5, "MaxWaitTimeInSeconds": 6},
                "ResourceConfig": resources(KeepAlivePeriodInSeconds=60),
            },
            "KeepAlivePeriodInSeconds is not supported",
        ),
        (
            {"ResourceConfig": resources(InstanceGroups=[GROUP])},
            "InstanceGroups cannot be specified together",
        ),
        ({"Tags": [{"Key": "a", "Value": "1"}, {"Key": "a", "Value": "2"}]}, "Duplicate tag keys found: a"),
        ({"Tags": [{"Key": "aws:a", "Value": "1"}]}, "aws: prefixed tag key names"),
    ],
)
def test_fields_that_contradict_one_another_are_refused_and_no_job_is_left(world, changes, message):
    error = world.error("CreateTrainingJob", **create_request("job", **changes))
    assert error.code == "ValidationException"
    assert message in error.message
    assert world.error("DescribeTrainingJob", TrainingJobName="job").message == "Requested resource not found."


def test_a_serverless_job_needs_neither_image_nor_instances(world):
    hub = "arn:aws:sagemaker:us-east-1:aws:hub-content/SageMakerPublicHub/Model/llama/1.0.0"
    world.create(
        "job",
        AlgorithmSpecification=None,
        ResourceConfig=None,
        StoppingCondition=None,
        ServerlessJobConfig={"BaseModelArn": hub, "JobType": "FineTuning"},
    )
    assert world.describe("job")["ServerlessJobConfig"]["JobType"] == "FineTuning"


def test_a_name_is_taken_until_its_job_is_deleted(world):
    arn = world.create("job")
    error = world.error("CreateTrainingJob", **create_request("job"))
    assert error.code == "ResourceInUse"
    assert error.message == (
        "Training job names must be unique within an AWS account and region, and a training job with this name already "
        f"exists ({arn})"
    )
    world.now += 60
    world.call("DeleteTrainingJob", TrainingJobName="job")
    assert world.status("job")[0] == "Deleting"
    assert world.error("CreateTrainingJob", **create_request("job")).code == "ResourceInUse"
    assert world.error("StopTrainingJob", TrainingJobName="job").message.endswith("is in status Deleting.")
    world.now += 1
    assert world.error("DescribeTrainingJob", TrainingJobName="job").message == "Requested resource not found."
    assert world.list_names(LastModifiedTimeAfter=0) == []
    world.create("job")
    assert world.status("job") == ("InProgress", "Starting")


def test_what_was_planned_for_a_deleted_job_does_not_strike_the_next_of_its_name():
    world = World(timeline=steps(("Training", 5)))
    world.create("job", StoppingCondition={"MaxRuntimeInSeconds": 60})
    world.now += 10
    world.call("DeleteTrainingJob", TrainingJobName="job")
    world.now += 1
    world.scripts.default = type(world.scripts.default).parse(steps(("Training", None)))
    world.create("job")
    world.now += 200
    assert world.status("job") == ("InProgress", "Training")


def test_the_warm_pool_of_a_deleted_job_does_not_bring_it_back(world):
    world.create("job", ResourceConfig=resources(KeepAlivePeriodInSeconds=1000))
    world.now += 70
    world.call("UpdateTrainingJob", TrainingJobName="job", ResourceConfig={"KeepAlivePeriodInSeconds": 0})
    world.call("DeleteTrainingJob", TrainingJobName="job")
    world.now += 1
    world.create("job")
    world.now += 900
    assert world.list_names(LastModifiedTimeAfter=0) == ["job"]
    changed = world.now
    world.now += 1000  # the first job's pool would have ended meanwhile
    assert world.list_names(LastModifiedTimeAfter=changed) == []


class TestDelete:
    def test_only_jobs_that_have_ended(self, world):
        world.create("job")
        error = world.error("DeleteTrainingJob", TrainingJobName="job")
        assert (error.code, error.message) == (
            "ResourceInUse",
            "The request was rejected because the training job is in status InProgress.",
        )

    def test_not_while_its_warm_pool_is_available(self, world):
        world.create("job", ResourceConfig=resources(KeepAlivePeriodInSeconds=60))
        world.now += 70
        assert world.error("DeleteTrainingJob", TrainingJobName="job").code == "ResourceInUse"
        world.now += 60
        world.call("DeleteTrainingJob", TrainingJobName="job")

    def test_an_unknown_job(self, world):
        assert world.error("DeleteTrainingJob", TrainingJobName="job").code == "ResourceNotFound"


class TestQuota:
    def test_is_counted_by_instance_type_while_jobs_run(self):
        world = World(timeline=steps(("Training", 50)), quotas={"ml.m5.large": 3, "ml.p4d.24xlarge": 0})
        world.create("a", ResourceConfig=resources(InstanceCount=2))
        error = world.error("CreateTrainingJob", **create_request("b", ResourceConfig=resources(InstanceCount=2)))
        assert error.code == "ResourceLimitExceeded"
        assert error.message.startswith(
            "The account-level service limit 'ml.m5.large for training job usage' is 3 Instances, with current "
            "utilization of 2 Instances and a request delta of 2 Instances. Please use AWS Service Quotas"
        )
        world.create("c", ResourceConfig=resources(InstanceType="ml.m5.xlarge", InstanceCount=50))
        world.now += 50
        world.create("b", ResourceConfig=resources(InstanceCount=3))

    def test_counts_instance_groups_and_spot_apart(self):
        world = World(timeline=steps(("Training", None)), quotas={"ml.m5.large": 1})
        groups = [{"InstanceType": "ml.m5.large", "InstanceCount": 2, "InstanceGroupName": "g"}]
        error = world.error("CreateTrainingJob", **create_request("a", ResourceConfig={"InstanceGroups": groups}))
        assert "request delta of 2 Instances" in error.message
        spot = {
            "EnableManagedSpotTraining": True,
            "StoppingCondition": {"MaxRuntimeInSeconds": 5, "MaxWaitTimeInSeconds": 6},
        }
        world.create("on-demand")
        world.create("spot", **spot)
        error = world.error("CreateTrainingJob", **create_request("spot-2", **spot))
        assert "'ml.m5.large for spot training job usage' is 1 Instances" in error.message


class TestUpdate:
    def update(self, world, **body):
        return world.call("UpdateTrainingJob", TrainingJobName="job", **body)

    def refused(self, world, **body):
        error = world.error("UpdateTrainingJob", TrainingJobName="job", **body)
        assert error.code == "ValidationException"
        return error.message

    def test_profiler_config_while_in_progress(self, world):
        world.create("job", ProfilerConfig={"S3OutputPath": "s3://bucket/a"})
        arn = self.update(world, ProfilerConfig={"DisableProfiler": True})["TrainingJobArn"]
        described = world.describe("job")
        assert arn == described["TrainingJobArn"]
        assert described["ProfilerConfig"] == {"S3OutputPath": "s3://bucket/a", "DisableProfiler": True}
        assert described["ProfilingStatus"] == "Disabled"
        world.now += 60
        assert "status InProgress" in self.refused(world, ProfilerConfig={"DisableProfiler": False})

    def test_profiler_rules_can_be_added_not_changed(self, world):
        world.create("job", ProfilerRuleConfigurations=[RULE])
        other = {**RULE, "RuleConfigurationName": "other"}
        self.update(world, ProfilerRuleConfigurations=[other])
        assert world.describe("job")["ProfilerRuleConfigurations"] == [RULE, other]
        message = self.refused(world, ProfilerRuleConfigurations=[{**RULE, "RuleEvaluatorImage": "new"}])
        assert "rule exists: rules can be added" in message
        assert world.describe("job")["ProfilerRuleConfigurations"] == [RULE, other]

    def test_remote_debug_while_downloading_or_training(self, world):
        world.create("job")
        assert "Downloading or Training" in self.refused(world, RemoteDebugConfig={"EnableRemoteDebug": True})
        world.now += 10
        self.update(world, RemoteDebugConfig={"EnableRemoteDebug": True})
        assert world.describe("job")["RemoteDebugConfig"] == {"EnableRemoteDebug": True}
        world.now += 50
        assert "Downloading or Training" in self.refused(world, RemoteDebugConfig={"EnableRemoteDebug": False})

    def test_keep_alive_once_the_warm_pool_is_there(self, world):
        world.create("job", ResourceConfig=resources(KeepAlivePeriodInSeconds=60))
        keep = {"ResourceConfig": {"KeepAlivePeriodInSeconds": 1000}}
        assert "status Completed" in self.refused(world, **keep)
        world.now += 60
        assert "not known yet" in self.refused(world, **keep)
        world.now += 1
        self.update(world, **keep)
        assert world.describe("job")["ResourceConfig"] == resources(KeepAlivePeriodInSeconds=1000)
        world.now += 500
        assert world.describe("job")["WarmPoolStatus"]["Status"] == "Available"
        self.update(world, ResourceConfig={"KeepAlivePeriodInSeconds": 0})
        assert world.describe("job")["WarmPoolStatus"]["Status"] == "Terminated"
        assert "is Terminated" in self.refused(world, **keep)

    def test_keep_alive_only_if_there_was_one_at_creation(self, world):
        world.create("job")
        world.now += 100
        message = self.refused(world, ResourceConfig={"KeepAlivePeriodInSeconds": 60})
        assert "not specified when the training job was created" in message

    def test_one_closed_window_changes_nothing(self, world):
        world.create("job")
        self.refused(world, ProfilerConfig={"DisableProfiler": True}, RemoteDebugConfig={"EnableRemoteDebug": True})
        assert "ProfilerConfig" not in world.describe("job")

    def test_nothing_to_update(self, world):
        world.create("job")
        assert "At least one" in self.refused(world)

    def test_an_unknown_job(self, world):
        error = world.error("UpdateTrainingJob", TrainingJobName="job", ProfilerConfig={"DisableProfiler": True})
        assert error.code == "ResourceNotFound"


class TestTags:
    def test_are_added_overwritten_and_deleted(self, world):
        arn = world.create("job", Tags=[{"Key": "a", "Value": "1"}])
        answer = world.call("AddTags", ResourceArn=arn, Tags=[{"Key": "a", "Value": "2"}, {"Key": "b", "Value": "3"}])
        assert answer["Tags"] == [{"Key": "a", "Value": "2"}, {"Key": "b", "Value": "3"}]
        world.call("DeleteTags", ResourceArn=arn, TagKeys=["a", "unknown"])
        assert world.call("ListTags", ResourceArn=arn)["Tags"] == [{"Key": "b", "Value": "3"}]

    def test_fifty_at_most(self, world):
        arn = world.create("job", Tags=[{"Key": f"k{number}", "Value": "v"} for number in range(50)])
        error = world.error("AddTags", ResourceArn=arn, Tags=[{"Key": "one-more", "Value": "v"}])
        assert error.message.endswith("limit of 50")
        assert len(world.call("ListTags", ResourceArn=arn)["Tags"]) == 50

    @pytest.mark.parametrize("change", [("123456789012", "210987654321"), ("arn:aws:", "arn:aws-cn:")])
    def test_of_another_account_or_partition(self, world, change):
        arn = world.create("job").replace(*change)
        assert world.error("ListTags", ResourceArn=arn).message == f"Could not find resource with ARN: {arn}"

    @pytest.mark.parametrize("operation", ["AddTags", "ListTags", "DeleteTags"])
    def test_of_an_unknown_job(self, world, operation):
        arn = "arn:aws:sagemaker:us-east-1:123456789012:training-job/unknown"
        extra = {"AddTags": {"Tags": []}, "DeleteTags": {"TagKeys": ["a"]}}.get(operation, {})
        error = world.error(operation, ResourceArn=arn, **extra)
        assert (error.code, error.message) == ("ValidationException", f"Could not find resource with ARN: {arn}")
