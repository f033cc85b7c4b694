"""
What each rule refuses and what it lets pass: a base request, edits, and where the fault is found.

``words`` are what the message must say: the value, and the remedy.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from tests.unit.sagemaker.rules.rule_requests import (
    BUILTIN,
    KEY,
    PLAN,
    REMOVED,
    VPC,
    debug_rule,
    file_system_channel,
    s3_channel,
)

GITHUB = "ghp" + "_" + "a1B2" * 9
ACCESS_KEY = "AKIA" + "Q" * 16
_S3 = "DataSource.S3DataSource"
_FIRST = f"InputDataConfig[0].{_S3}"
_ALGORITHM = "AlgorithmSpecification"
_CONDITION = "StoppingCondition"
_SERVERLESS = "ServerlessJobConfig"
_RESOURCES = "ResourceConfig"
_KEEP_ALIVE = f"{_RESOURCES}.KeepAlivePeriodInSeconds"
_ISOLATED = "520713654638.dkr.ecr.us-east-1.amazonaws.com/sagemaker-chainer:5.0.0-gpu-py3"
_TAGS = [{"Key": f"key-{number}", "Value": "value"} for number in range(50)]


@dataclass(frozen=True)
class Refused:
    rule: str
    base: str
    edits: dict[str, Any]
    path: str
    words: tuple[str, ...]
    also: frozenset[tuple[str, str]] = field(default_factory=frozenset)


@dataclass(frozen=True)
class Accepted:
    rule: str
    base: str
    edits: dict[str, Any]


def refused(rule, base, edits, path, *words, also=()):
    return Refused(rule, base, edits, path, words, frozenset(also))


REFUSED = [
    refused("required-unless-serverless", "plain", {_ALGORITHM: REMOVED}, _ALGORITHM, "ServerlessJobConfig"),
    refused("required-unless-serverless", "plain", {_RESOURCES: REMOVED}, _RESOURCES, "required"),
    refused("required-unless-serverless", "plain", {_CONDITION: None}, _CONDITION, "required"),
    refused(
        "serverless-eula", "fine-tuning", {f"{_SERVERLESS}.AcceptEula": False}, f"{_SERVERLESS}.AcceptEula", "True"
    ),
    refused(
        "serverless-eula", "evaluation", {f"{_SERVERLESS}.AcceptEula": REMOVED}, f"{_SERVERLESS}.AcceptEula", "set"
    ),
    refused(
        "channel-eula",
        "gated model",
        {f"{_FIRST}.ModelAccessConfig.AcceptEula": False},
        f"{_FIRST}.ModelAccessConfig.AcceptEula",
        "False",
        "True",
    ),
    refused(
        "serverless-evaluation-type",
        "evaluation",
        {f"{_SERVERLESS}.EvaluationType": REMOVED},
        f"{_SERVERLESS}.EvaluationType",
        "'BenchmarkEvaluation'",
    ),
    refused(
        "serverless-sequence-length",
        "fine-tuning",
        {f"{_SERVERLESS}.SequenceLength": "3K"},
        f"{_SERVERLESS}.SequenceLength",
        "'3K'",
        "128K",
    ),
    refused(
        "serverless-volume-size",
        "fine-tuning",
        {f"{_RESOURCES}.VolumeSizeInGB": 30},
        f"{_RESOURCES}.VolumeSizeInGB",
        "30",
        "leave VolumeSizeInGB out",
    ),
    refused(
        "image-or-algorithm-required", "plain", {f"{_ALGORITHM}.TrainingImage": REMOVED}, _ALGORITHM, "AlgorithmName"
    ),
    refused(
        "image-or-algorithm-required", "algorithm", {f"{_ALGORITHM}.AlgorithmName": ""}, _ALGORITHM, "TrainingImage"
    ),
    refused(
        "image-and-algorithm-exclusive",
        "plain",
        {f"{_ALGORITHM}.AlgorithmName": "mine"},
        f"{_ALGORITHM}.AlgorithmName",
        "'mine'",
        "digits:1",
        "leave out one",
    ),
    refused(
        "private-registry-vpc",
        "private registry",
        {"VpcConfig": REMOVED},
        f"{_ALGORITHM}.TrainingImageConfig.TrainingRepositoryAccessMode",
        "'Vpc'",
        "VpcConfig",
    ),
    refused(
        "private-registry-credentials",
        "private registry",
        {f"{_ALGORITHM}.TrainingImageConfig.TrainingRepositoryAccessMode": "Platform"},
        f"{_ALGORITHM}.TrainingImageConfig.TrainingRepositoryAuthConfig",
        "'Platform'",
        "'Vpc'",
    ),
    refused(
        "metric-regex",
        "plain",
        {f"{_ALGORITHM}.MetricDefinitions[0].Regex": "loss=(.*"},
        f"{_ALGORITHM}.MetricDefinitions[0].Regex",
        "'loss=(.*'",
        "escape",
    ),
    refused(
        "metric-definitions-own-image",
        "builtin",
        {f"{_ALGORITHM}.MetricDefinitions": [{"Name": "a", "Regex": "b"}]},
        f"{_ALGORITHM}.MetricDefinitions",
        "linear-learner",
        "leave MetricDefinitions out",
    ),
    refused("instances-required", "plain", {_RESOURCES: {"VolumeSizeInGB": 1}}, _RESOURCES, "InstanceGroups"),
    refused(
        "instances-required",
        "plain",
        {f"{_RESOURCES}.InstanceType": REMOVED},
        f"{_RESOURCES}.InstanceType",
        "InstanceCount 1",
    ),
    refused(
        "instances-required",
        "plain",
        {f"{_RESOURCES}.InstanceCount": 0},
        f"{_RESOURCES}.InstanceCount",
        "'ml.m5.large'",
    ),
    refused(
        "instance-groups-exclusive",
        "heterogeneous",
        {f"{_RESOURCES}.InstanceType": "ml.m5.large"},
        f"{_RESOURCES}.InstanceType",
        "'ml.m5.large'",
        "leave out one",
    ),
    refused(
        "instance-groups-exclusive",
        "heterogeneous",
        {f"{_RESOURCES}.InstanceCount": 3},
        f"{_RESOURCES}.InstanceCount",
        "3",
        "leave out one",
    ),
    refused(
        "instance-group-names-unique",
        "heterogeneous",
        {f"{_RESOURCES}.InstanceGroups[0].InstanceGroupName": "train", f"{_FIRST}.InstanceGroupNames": ["train"]},
        f"{_RESOURCES}.InstanceGroups[1].InstanceGroupName",
        "'train'",
        "name of its own",
    ),
    refused(
        "instance-group-exists",
        "heterogeneous",
        {f"{_FIRST}.InstanceGroupNames[1]": "trian"},
        f"{_FIRST}.InstanceGroupNames[1]",
        "'trian'",
        "prepare, train",
    ),
    refused(
        "instance-group-exists",
        "plain",
        {f"{_FIRST}.InstanceGroupNames": ["train"]},
        f"{_FIRST}.InstanceGroupNames[0]",
        "'train'",
        "no InstanceGroups",
    ),
    refused("warm-pool-instance-groups", "heterogeneous", {_KEEP_ALIVE: 60}, _KEEP_ALIVE, "60", "leave it out"),
    refused("warm-pool-spot", "spot", {_KEEP_ALIVE: 60}, _KEEP_ALIVE, "60", "turn EnableManagedSpotTraining off"),
    refused(
        "selected-instances-read-only",
        "plain",
        {f"{_RESOURCES}.SelectedInstanceCount": 0},
        f"{_RESOURCES}.SelectedInstanceCount",
        "0",
        "leave it out",
    ),
    refused(
        "selected-instances-read-only",
        "plain",
        {f"{_RESOURCES}.SelectedInstanceType": "ml.m5.large"},
        f"{_RESOURCES}.SelectedInstanceType",
        "'ml.m5.large'",
        "leave it out",
    ),
    refused(
        "instance-preferences-exclusive",
        "preferences, one count",
        {f"{_RESOURCES}.InstanceType": "ml.m5.large"},
        f"{_RESOURCES}.InstanceType",
        "'ml.m5.large'",
        "leave out one",
    ),
    refused(
        "instance-preferences-exclusive",
        "preferences, counts",
        {f"{_RESOURCES}.InstancePlacementConfig": {"EnableMultipleJobs": True}},
        f"{_RESOURCES}.InstancePlacementConfig",
        "EnableMultipleJobs",
    ),
    refused(
        "instance-preferences-exclusive",
        "preferences, counts",
        {
            f"{_RESOURCES}.InstanceGroups": [
                {"InstanceType": "ml.g5.xlarge", "InstanceCount": 1, "InstanceGroupName": "a"}
            ]
        },
        f"{_RESOURCES}.InstanceGroups",
        "leave out one",
    ),
    refused(
        "instance-preferences-exclusive",
        "preferences, counts",
        {"EnableManagedSpotTraining": True, f"{_CONDITION}.MaxWaitTimeInSeconds": 7200},
        "EnableManagedSpotTraining",
        "True",
        "leave out one",
    ),
    refused(
        "instance-preferences-unique",
        "preferences, one count",
        {f"{_RESOURCES}.InstancePreferences[1].InstanceType": "ml.m5.large"},
        f"{_RESOURCES}.InstancePreferences[1].InstanceType",
        "'ml.m5.large'",
        "once",
    ),
    refused(
        "instance-preferences-count",
        "preferences, counts",
        {f"{_RESOURCES}.InstancePreferences[1].InstanceCount": REMOVED},
        f"{_RESOURCES}.InstancePreferences[1].InstanceCount",
        "each preference",
    ),
    refused(
        "instance-preferences-count",
        "preferences, counts",
        {f"{_RESOURCES}.InstanceCount": 4},
        f"{_RESOURCES}.InstanceCount",
        "4",
        "leave out one",
    ),
    refused(
        "instance-preferences-count",
        "preferences, one count",
        {f"{_RESOURCES}.InstanceCount": REMOVED},
        f"{_RESOURCES}.InstanceCount",
        "required",
    ),
    refused(
        "training-plan-exclusive",
        "preferences, counts",
        {f"{_RESOURCES}.TrainingPlanArn": PLAN},
        f"{_RESOURCES}.InstancePreferences[0].TrainingPlanArns",
        PLAN,
        "leave out one",
    ),
    refused(
        "placement-ultraserver",
        "plain",
        {f"{_RESOURCES}.InstancePlacementConfig": {"EnableMultipleJobs": True}},
        f"{_RESOURCES}.InstancePlacementConfig",
        "'ml.m5.large'",
        "leave InstancePlacementConfig out",
    ),
    refused(
        "placement-instance-count",
        "ultraserver",
        {f"{_RESOURCES}.InstancePlacementConfig.PlacementSpecifications[0].InstanceCount": 0},
        f"{_RESOURCES}.InstancePlacementConfig.PlacementSpecifications[0].InstanceCount",
        "0",
        "minimum 1",
    ),
    refused(
        "volume-key-local-storage",
        "local storage",
        {f"{_RESOURCES}.VolumeKmsKeyId": KEY},
        f"{_RESOURCES}.VolumeKmsKeyId",
        KEY,
        "ml.g5.xlarge",
        "leave VolumeKmsKeyId out",
    ),
    refused(
        "volume-key-local-storage",
        "heterogeneous",
        {
            f"{_RESOURCES}.InstanceGroups[1].InstanceType": "ml.p4d.24xlarge",
            f"{_RESOURCES}.VolumeKmsKeyId": KEY,
        },
        f"{_RESOURCES}.VolumeKmsKeyId",
        "ml.p4d.24xlarge",
    ),
    refused(
        "volume-key-form",
        "plain",
        {f"{_RESOURCES}.VolumeKmsKeyId": "alias/mine"},
        f"{_RESOURCES}.VolumeKmsKeyId",
        "'alias/mine'",
        "ARN",
    ),
    refused(
        "volume-size-required",
        "plain",
        {f"{_RESOURCES}.VolumeSizeInGB": REMOVED},
        f"{_RESOURCES}.VolumeSizeInGB",
        "ml.m5.large",
        "1 or more",
    ),
    refused(
        "volume-size-required",
        "heterogeneous",
        {f"{_RESOURCES}.VolumeSizeInGB": 0},
        f"{_RESOURCES}.VolumeSizeInGB",
        "c5",
    ),
    refused(
        "output-key-express-zone",
        "plain",
        {"OutputDataConfig.S3OutputPath": "s3://fast--use1-az4--x-s3/output"},
        "OutputDataConfig.KmsKeyId",
        "'alias/output'",
        "leave it out",
    ),
    refused(
        "spot-max-wait-required",
        "spot",
        {f"{_CONDITION}.MaxWaitTimeInSeconds": REMOVED},
        f"{_CONDITION}.MaxWaitTimeInSeconds",
        "EnableManagedSpotTraining",
        "seconds",
    ),
    refused(
        "max-wait-covers-max-runtime",
        "spot",
        {f"{_CONDITION}.MaxWaitTimeInSeconds": 3599},
        f"{_CONDITION}.MaxWaitTimeInSeconds",
        "3599",
        "3600",
        "raise it",
    ),
    refused(
        "max-wait-spot-only",
        "spot",
        {"EnableManagedSpotTraining": False},
        f"{_CONDITION}.MaxWaitTimeInSeconds",
        "3600",
        "turn EnableManagedSpotTraining on",
    ),
    refused(
        "max-wait-spot-only",
        "spot",
        {"EnableManagedSpotTraining": REMOVED},
        f"{_CONDITION}.MaxWaitTimeInSeconds",
        "leave it out",
    ),
    refused(
        "max-runtime-limit",
        "plain",
        {f"{_CONDITION}.MaxRuntimeInSeconds": 28 * 86400 + 1},
        f"{_CONDITION}.MaxRuntimeInSeconds",
        "2419201",
        "2419200",
        "lower it",
    ),
    refused(
        "channel-names-unique",
        "plain",
        {"InputDataConfig[1].ChannelName": "train"},
        "InputDataConfig[1].ChannelName",
        "'train'",
        "name of its own",
    ),
    refused(
        "data-source-one",
        "plain",
        {"InputDataConfig[0].DataSource.DatasetSource": {"DatasetArn": "arn"}},
        "InputDataConfig[0].DataSource",
        "S3DataSource and DatasetSource",
        "keep one",
    ),
    refused("data-source-one", "plain", {"InputDataConfig[1].DataSource": {}}, "InputDataConfig[1].DataSource", "give"),
    refused(
        "augmented-manifest-pipe",
        "streams",
        {"InputDataConfig[0].InputMode": "FastFile"},
        f"{_FIRST}.S3DataType",
        "FastFile",
        "'Pipe'",
    ),
    refused(
        "augmented-manifest-pipe",
        "plain",
        {f"{_FIRST}.S3DataType": "AugmentedManifestFile", f"{_FIRST}.AttributeNames": ["label"]},
        f"{_FIRST}.S3DataType",
        "File mode",
        "'Pipe'",
    ),
    refused(
        "augmented-manifest-attributes",
        "streams",
        {f"{_FIRST}.AttributeNames": []},
        f"{_FIRST}.AttributeNames",
        "'AugmentedManifestFile'",
        "list the attributes",
    ),
    refused(
        "attribute-names-augmented-only",
        "plain",
        {f"{_FIRST}.AttributeNames": ["label"]},
        f"{_FIRST}.AttributeNames",
        "['label']",
        "'S3Prefix'",
        "leave it out",
    ),
    refused(
        "manifest-is-object",
        "streams",
        {f"InputDataConfig[2].{_S3}.S3Uri": "s3://bucket/test/"},
        f"InputDataConfig[2].{_S3}.S3Uri",
        "'s3://bucket/test/'",
        "name the manifest file",
    ),
    refused(
        "compression-pipe-only",
        "plain",
        {"InputDataConfig[1].CompressionType": "Gzip"},
        "InputDataConfig[1].CompressionType",
        "'Gzip'",
        "File",
        "leave it out",
    ),
    refused(
        "compression-pipe-only",
        "streams",
        {"InputDataConfig[2].CompressionType": "Gzip"},
        "InputDataConfig[2].CompressionType",
        "FastFile",
    ),
    refused(
        "record-wrapper-not-in-file-mode",
        "plain",
        {"InputDataConfig[0].RecordWrapperType": "RecordIO"},
        "InputDataConfig[0].RecordWrapperType",
        "'RecordIO'",
        "leave it out",
    ),
    refused(
        "file-system-mode",
        "file systems",
        {"InputDataConfig[0].InputMode": REMOVED},
        "InputDataConfig[0].InputMode",
        "'FastFile'",
        "'File'",
    ),
    refused(
        "file-system-vpc",
        "file systems",
        {"VpcConfig": REMOVED},
        "InputDataConfig[0].DataSource.FileSystemDataSource",
        "'fs-0123456789'",
        "VpcConfig",
    ),
    refused(
        "s3-uri-form", "plain", {f"{_FIRST}.S3Uri": "bucket/train"}, f"{_FIRST}.S3Uri", "'bucket/train'", "'s3://bucket"
    ),
    refused(
        "s3-bucket-name",
        "plain",
        {"CheckpointConfig.S3Uri": "s3://My_Bucket/x"},
        "CheckpointConfig.S3Uri",
        "'My_Bucket'",
        "lowercase",
        "mend",
    ),
    refused(
        "s3-bucket-name",
        "debugger",
        {"ProfilerRuleConfigurations[0].S3OutputPath": "s3:///x"},
        "ProfilerRuleConfigurations[0].S3OutputPath",
        "''",
    ),
    refused("role-form", "plain", {"RoleArn": "arn:aws:iam::123456789012:user/me"}, "RoleArn", "user/me", "role/name"),
    refused("role-form", "plain", {"RoleArn": "service-role/sagemaker"}, "RoleArn", "without its path"),
    refused(
        "network-isolation-image",
        "plain",
        {f"{_ALGORITHM}.TrainingImage": _ISOLATED},
        "EnableNetworkIsolation",
        "chainer",
        "turn it off",
    ),
    refused(
        "profiler-interval",
        "debugger",
        {"ProfilerConfig.ProfilingIntervalInMilliseconds": 300},
        "ProfilerConfig.ProfilingIntervalInMilliseconds",
        "300",
        "100, 200, 500, 1000, 5000, 60000",
    ),
    refused(
        "profiler-disabled-settings",
        "profiler off",
        {"ProfilerConfig.ProfilingParameters": {"LocalPath": "/x"}},
        "ProfilerConfig.ProfilingParameters",
        "/x",
        "leave out one",
    ),
    refused(
        "profiler-disabled-rules",
        "profiler off",
        {"ProfilerRuleConfigurations": [debug_rule("Report")]},
        "ProfilerRuleConfigurations",
        "DisableProfiler",
        "leave out one",
    ),
    refused(
        "rule-names-unique",
        "debugger",
        {"ProfilerRuleConfigurations[0].RuleConfigurationName": "Overfit"},
        "ProfilerRuleConfigurations[0].RuleConfigurationName",
        "'Overfit'",
        "name of its own",
    ),
    refused(
        "collection-names-unique",
        "debugger",
        {"DebugHookConfig.CollectionConfigurations[1].CollectionName": "losses"},
        "DebugHookConfig.CollectionConfigurations[1].CollectionName",
        "'losses'",
        "merge",
    ),
    refused("tag-keys-unique", "plain", {"Tags[1].Key": "team"}, "Tags[1].Key", "'team'", "keep one"),
    refused("tag-key-reserved", "plain", {"Tags[0].Key": "AWS:team"}, "Tags[0].Key", "'AWS:team'", "another key"),
    refused("tag-count", "plain", {"Tags": _TAGS[:46]}, "Tags", "46", "45", "drop 1"),
    refused(
        "secret-in-hyperparameters",
        "plain",
        {"HyperParameters": {"note": f"use {GITHUB}"}},
        'HyperParameters["note"]',
        "GitHub token",
        "Secrets Manager",
    ),
    refused(
        "secret-in-hyperparameters",
        "plain",
        {"HyperParameters": {"db_password": '"hunter2"'}},
        'HyperParameters["db_password"]',
        "name",
        "Secrets Manager",
    ),
    refused(
        "secret-in-environment",
        "plain",
        {"Environment": {"AWS_ACCESS_KEY_ID": ACCESS_KEY}},
        'Environment["AWS_ACCESS_KEY_ID"]',
        "AWS access key",
        "its role",
    ),
    refused("secret-in-tags", "plain", {"Tags[0].Value": ACCESS_KEY}, "Tags[0].Value", "AWS access key", "its role"),
    refused(
        "secret-in-arguments",
        "plain",
        {f"{_ALGORITHM}.ContainerArguments[1]": f"--token={GITHUB}"},
        f"{_ALGORITHM}.ContainerArguments[1]",
        "GitHub token",
        "its role",
    ),
]

REFUSED_UPDATES = [
    refused("update-changes-something", "keep-alive", {_RESOURCES: REMOVED}, "", "ProfilerConfig", "give one"),
    refused("update-changes-something", "remote debug", {"RemoteDebugConfig": {}}, "", "RemoteDebugConfig"),
    refused(
        "update-keep-alive-only",
        "keep-alive",
        {f"{_RESOURCES}.InstanceCount": 2},
        f"{_RESOURCES}.InstanceCount",
        "2",
        "only KeepAlivePeriodInSeconds",
    ),
    refused(
        "profiler-interval",
        "profiler",
        {"ProfilerConfig.ProfilingIntervalInMilliseconds": 0},
        "ProfilerConfig.ProfilingIntervalInMilliseconds",
        "0",
        "60000",
    ),
    refused(
        "profiler-disabled-settings",
        "profiler",
        {"ProfilerConfig.DisableProfiler": True, "ProfilerRuleConfigurations": []},
        "ProfilerConfig.ProfilingIntervalInMilliseconds",
        "1000",
    ),
    refused(
        "profiler-disabled-rules",
        "profiler",
        {"ProfilerConfig": {"DisableProfiler": True}},
        "ProfilerRuleConfigurations",
        "1 given",
    ),
    refused(
        "rule-names-unique",
        "profiler",
        {"ProfilerRuleConfigurations": [debug_rule("Report"), debug_rule("Report")]},
        "ProfilerRuleConfigurations[1].RuleConfigurationName",
        "'Report'",
    ),
    refused(
        "s3-uri-form",
        "profiler",
        {"ProfilerConfig.S3OutputPath": "profile"},
        "ProfilerConfig.S3OutputPath",
        "'profile'",
    ),
]


def _accepted():
    yield Accepted("required-unless-serverless", "fine-tuning", {})
    yield Accepted("required-unless-serverless", "plain", {_RESOURCES: "{{ params.resources }}"})
    yield Accepted("serverless-eula", "fine-tuning", {f"{_SERVERLESS}.AcceptEula": "{{ params.accepted }}"})
    yield Accepted("channel-eula", "gated model", {})
    yield Accepted("serverless-evaluation-type", "evaluation", {})
    yield Accepted("serverless-evaluation-type", "fine-tuning", {})
    yield Accepted("serverless-sequence-length", "fine-tuning", {f"{_SERVERLESS}.SequenceLength": "128K"})
    yield Accepted("serverless-volume-size", "fine-tuning", {f"{_RESOURCES}.VolumeSizeInGB": 0})
    yield Accepted("image-or-algorithm-required", "algorithm", {})
    yield Accepted(
        "image-or-algorithm-required",
        "plain",
        {_ALGORITHM: {"{{ params.kind }}": "x", "TrainingInputMode": "File"}},
    )
    yield Accepted("image-and-algorithm-exclusive", "plain", {f"{_ALGORITHM}.AlgorithmName": None})
    yield Accepted("private-registry-vpc", "private registry", {})
    yield Accepted("private-registry-vpc", "private registry", {"VpcConfig": "{{ var.json.vpc }}"})
    yield Accepted("private-registry-credentials", "private registry", {})
    for regex in (r"\p{L}+=(\d++)", "(?<loss>x)(?i)y", r"a (?P<n>b)(?P=n)", r"[\w-.]+=(.*?);", r"(?<=a+)b", "[a&&[b]]"):
        yield Accepted("metric-regex", "plain", {f"{_ALGORITHM}.MetricDefinitions[0].Regex": regex})
    yield Accepted("metric-definitions-own-image", "builtin", {})
    yield Accepted(
        "metric-definitions-own-image",
        "plain",
        {f"{_ALGORITHM}.TrainingImage": BUILTIN.replace("382416733822", "123456789012")},
    )
    yield Accepted("instances-required", "plain", {f"{_RESOURCES}.InstanceType": "{{ params.type }}"})
    yield Accepted("instance-groups-exclusive", "heterogeneous", {f"{_RESOURCES}.InstanceCount": 0})
    yield Accepted("instance-group-names-unique", "heterogeneous", {})
    yield Accepted("instance-group-exists", "heterogeneous", {})
    yield Accepted(
        "instance-group-exists",
        "heterogeneous",
        {
            f"{_RESOURCES}.InstanceGroups[0].InstanceGroupName": "{{ params.group }}",
            f"{_FIRST}.InstanceGroupNames": ["other"],
        },
    )
    yield Accepted("warm-pool-instance-groups", "heterogeneous", {_KEEP_ALIVE: 0})
    yield Accepted("warm-pool-spot", "spot", {_KEEP_ALIVE: 0})
    yield Accepted("selected-instances-read-only", "plain", {f"{_RESOURCES}.SelectedInstanceType": None})
    yield Accepted("instance-preferences-exclusive", "preferences, counts", {"EnableManagedSpotTraining": False})
    yield Accepted("instance-preferences-unique", "preferences, one count", {})
    yield Accepted("instance-preferences-count", "preferences, one count", {})
    yield Accepted(
        "instance-preferences-count",
        "preferences, counts",
        {f"{_RESOURCES}.InstancePreferences[1].InstanceCount": "{{ params.count }}"},
    )
    yield Accepted("training-plan-exclusive", "preferences, counts", {})
    yield Accepted("placement-ultraserver", "ultraserver", {})
    yield Accepted("placement-instance-count", "ultraserver", {})
    yield Accepted("volume-key-local-storage", "local storage", {})
    yield Accepted(
        "volume-key-form",
        "plain",
        {f"{_RESOURCES}.VolumeKmsKeyId": f"arn:aws:kms:us-west-2:111122223333:key/{KEY}"},
    )
    yield Accepted("volume-size-required", "local storage", {})
    yield Accepted(
        "output-key-express-zone",
        "plain",
        {"OutputDataConfig": {"S3OutputPath": "s3://fast--use1-az4--x-s3/output"}},
    )
    yield Accepted("spot-max-wait-required", "spot", {})
    yield Accepted("spot-max-wait-required", "spot", {f"{_CONDITION}.MaxWaitTimeInSeconds": "{{ params.wait }}"})
    yield Accepted("max-wait-covers-max-runtime", "spot", {f"{_CONDITION}.MaxRuntimeInSeconds": REMOVED})
    yield Accepted("max-wait-spot-only", "spot", {"EnableManagedSpotTraining": "{{ params.spot }}"})
    yield Accepted("max-runtime-limit", "plain", {f"{_CONDITION}.MaxRuntimeInSeconds": 28 * 86400})
    yield Accepted(
        "channel-names-unique", "plain", {"InputDataConfig": [s3_channel("{{ name }}"), s3_channel("{{ name }}")]}
    )
    yield Accepted("data-source-one", "file systems", {})
    yield Accepted("data-source-one", "plain", {"InputDataConfig[0].DataSource": "{{ source }}"})
    yield Accepted("augmented-manifest-pipe", "streams", {})
    yield Accepted("augmented-manifest-pipe", "streams", {"InputDataConfig[0].InputMode": "{{ params.mode }}"})
    yield Accepted("augmented-manifest-attributes", "streams", {})
    yield Accepted("attribute-names-augmented-only", "plain", {f"{_FIRST}.AttributeNames": []})
    yield Accepted("manifest-is-object", "plain", {f"{_FIRST}.S3Uri": "s3://bucket/train/"})
    yield Accepted("compression-pipe-only", "plain", {"InputDataConfig[0].CompressionType": "None"})
    yield Accepted("record-wrapper-not-in-file-mode", "plain", {"InputDataConfig[0].RecordWrapperType": "None"})
    yield Accepted("file-system-mode", "file systems", {})
    yield Accepted("file-system-vpc", "plain", {"InputDataConfig": [file_system_channel()], "VpcConfig": VPC})
    for uri in (
        "s3://b-1.c/x",
        "s3://arn:aws:s3:us-west-2:123456789012:accesspoint/mine/x",
        "s3://fast--use1-az4--x-s3",
        "https://s3.amazonaws.com/bucket/x",
        "s3://{{ params.bucket }}/x",
        "{{ params.uri }}",
    ):
        yield Accepted("s3-uri-form", "plain", {f"{_FIRST}.S3Uri": uri})
        yield Accepted("s3-bucket-name", "plain", {f"{_FIRST}.S3Uri": uri})
    for partition in ("aws", "aws-cn", "aws-us-gov"):
        yield Accepted("role-form", "plain", {"RoleArn": f"arn:{partition}:iam::123456789012:role/path/sage.maker"})
    yield Accepted("role-form", "plain", {"RoleArn": "AmazonSageMaker-ExecutionRole"})
    yield Accepted("role-form", "plain", {"RoleArn": "{{ conn.aws.extra_dejson.role }}"})
    yield Accepted(
        "network-isolation-image",
        "plain",
        {f"{_ALGORITHM}.TrainingImage": _ISOLATED, "EnableNetworkIsolation": False},
    )
    yield Accepted("profiler-disabled-settings", "profiler off", {})
    yield Accepted("profiler-disabled-rules", "debugger", {"ProfilerConfig.DisableProfiler": False})
    yield Accepted("rule-names-unique", "debugger", {})
    yield Accepted("collection-names-unique", "debugger", {})
    for interval in (100, 200, 500, 1000, 5000, 60000):
        yield Accepted("profiler-interval", "debugger", {"ProfilerConfig.ProfilingIntervalInMilliseconds": interval})
    yield Accepted("tag-keys-unique", "plain", {"Tags[1].Key": "Team"})
    yield Accepted("tag-key-reserved", "plain", {"Tags[0].Key": "awsome:team"})
    yield Accepted("tag-count", "plain", {"Tags": _TAGS[:45]})
    yield Accepted("tag-count", "plain", {"Tags": [*_TAGS[:45], {"Key": "airflow:dag_id", "Value": "mine"}]})
    yield Accepted("secret-in-hyperparameters", "plain", {"HyperParameters": {"password": "{{ conn.x.password }}"}})
    yield Accepted("secret-in-environment", "plain", {"Environment": {"DB_PASSWORD": "arn:aws:secretsmanager:x"}})
    yield Accepted("secret-in-tags", "plain", {"Tags[0].Value": "{{ params.tag }}"})
    yield Accepted("secret-in-arguments", "plain", {f"{_ALGORITHM}.ContainerArguments": ["{{ params.x }}", "--token"]})


ACCEPTED = list(_accepted())
ACCEPTED_UPDATES = [
    Accepted("update-changes-something", "keep-alive", {}),
    Accepted("update-changes-something", "keep-alive", {_RESOURCES: "{{ params.resources }}"}),
    Accepted("update-keep-alive-only", "keep-alive", {f"{_RESOURCES}.KeepAlivePeriodInSeconds": 600}),
]
