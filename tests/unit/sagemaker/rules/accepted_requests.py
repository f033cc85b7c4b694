"""What every rule lets pass, though it is near what the rule refuses."""

from __future__ import annotations

from tests.unit.sagemaker.rules.rule_case import accepted
from tests.unit.sagemaker.rules.rule_requests import BUILTIN, KEY, REMOVED, VPC, file_system_channel, s3_channel

_S3 = "DataSource.S3DataSource"
_FIRST = f"InputDataConfig[0].{_S3}"
_ALGORITHM = "AlgorithmSpecification"
_CONDITION = "StoppingCondition"
_SERVERLESS = "ServerlessJobConfig"
_RESOURCES = "ResourceConfig"
_KEEP_ALIVE = f"{_RESOURCES}.KeepAlivePeriodInSeconds"
_ISOLATED = "520713654638.dkr.ecr.us-east-1.amazonaws.com/sagemaker-chainer:5.0.0-gpu-py3"
_TAGS = [{"Key": f"key-{number}", "Value": "value"} for number in range(50)]

ACCEPTED_JOBS = [
    accepted("required-unless-serverless", "fine-tuning", {}),
    accepted("required-unless-serverless", "plain", {_RESOURCES: "{{ params.resources }}"}),
    accepted("serverless-eula", "fine-tuning", {f"{_SERVERLESS}.AcceptEula": "{{ params.accepted }}"}),
    accepted("channel-eula", "gated model", {}),
    accepted("serverless-evaluation-type", "evaluation", {}),
    accepted("serverless-evaluation-type", "fine-tuning", {}),
    accepted("serverless-sequence-length", "fine-tuning", {f"{_SERVERLESS}.SequenceLength": "128K"}),
    accepted("serverless-volume-size", "fine-tuning", {f"{_RESOURCES}.VolumeSizeInGB": 0}),
    accepted("image-or-algorithm-required", "algorithm", {}),
    accepted(
        "image-or-algorithm-required",
        "plain",
        {_ALGORITHM: {"{{ params.kind }}": "x", "TrainingInputMode": "File"}},
    ),
    accepted("image-or-algorithm-required", "fine-tuning", {_ALGORITHM: {"TrainingInputMode": "File"}}),
    accepted("image-and-algorithm-exclusive", "plain", {f"{_ALGORITHM}.AlgorithmName": None}),
    accepted("private-registry-vpc", "private registry", {}),
    accepted("private-registry-vpc", "private registry", {"VpcConfig": "{{ var.json.vpc }}"}),
    accepted("private-registry-credentials", "private registry", {}),
    *(
        accepted("metric-regex", "plain", {f"{_ALGORITHM}.MetricDefinitions[0].Regex": regex})
        for regex in (
            r"\p{L}+=(\d++)",
            "(?<loss>x)(?i)y",
            r"a (?P<n>b)(?P=n)",
            r"[\w-.]+=(.*?);",
            r"(?<=a+)b",
            "[a&&[b]]",
        )
    ),
    accepted("metric-definitions-own-image", "builtin", {}),
    accepted(
        "metric-definitions-own-image",
        "plain",
        {f"{_ALGORITHM}.TrainingImage": BUILTIN.replace("382416733822", "123456789012")},
    ),
    accepted("instances-required", "plain", {f"{_RESOURCES}.InstanceType": "{{ params.type }}"}),
    accepted("instance-groups-exclusive", "heterogeneous", {f"{_RESOURCES}.InstanceCount": 0}),
    accepted("instance-group-names-unique", "heterogeneous", {}),
    accepted("instance-group-exists", "heterogeneous", {}),
    accepted(
        "instance-group-exists",
        "heterogeneous",
        {
            f"{_RESOURCES}.InstanceGroups[0].InstanceGroupName": "{{ params.group }}",
            f"{_FIRST}.InstanceGroupNames": ["other"],
        },
    ),
    accepted("warm-pool-instance-groups", "heterogeneous", {_KEEP_ALIVE: 0}),
    accepted("warm-pool-spot", "spot", {_KEEP_ALIVE: 0}),
    accepted("selected-instances-read-only", "plain", {f"{_RESOURCES}.SelectedInstanceType": None}),
    accepted("instance-preferences-exclusive", "preferences, counts", {"EnableManagedSpotTraining": False}),
    accepted("instance-preferences-unique", "preferences, one count", {}),
    accepted("instance-preferences-count", "preferences, one count", {}),
    accepted(
        "instance-preferences-count",
        "preferences, counts",
        {f"{_RESOURCES}.InstancePreferences[1].InstanceCount": "{{ params.count }}"},
    ),
    accepted(
        "instance-preferences-count",
        "preferences, one count",
        {
            f"{_RESOURCES}.InstanceCount": REMOVED,
            f"{_RESOURCES}.InstancePreferences[1].InstanceCount": "{{ params.count }}",
        },
    ),
    accepted("training-plan-exclusive", "preferences, counts", {}),
    accepted("placement-ultraserver", "ultraserver", {}),
    accepted("placement-instance-count", "ultraserver", {}),
    accepted("volume-key-local-storage", "local storage", {}),
    accepted(
        "volume-key-form",
        "plain",
        {f"{_RESOURCES}.VolumeKmsKeyId": f"arn:aws:kms:us-west-2:111122223333:key/{KEY}"},
    ),
    accepted(
        "volume-size-required",
        "fine-tuning",
        {_RESOURCES: {"InstanceType": "ml.m5.large", "InstanceCount": 1}},
    ),
    accepted("volume-size-required", "local storage", {}),
    accepted(
        "output-key-express-zone",
        "plain",
        {"OutputDataConfig": {"S3OutputPath": "s3://fast--use1-az4--x-s3/output"}},
    ),
    accepted("spot-max-wait-required", "spot", {}),
    accepted("spot-max-wait-required", "spot", {f"{_CONDITION}.MaxWaitTimeInSeconds": "{{ params.wait }}"}),
    accepted("max-wait-covers-max-runtime", "spot", {f"{_CONDITION}.MaxRuntimeInSeconds": REMOVED}),
    accepted("max-wait-spot-only", "spot", {"EnableManagedSpotTraining": "{{ params.spot }}"}),
    accepted("max-runtime-limit", "plain", {f"{_CONDITION}.MaxRuntimeInSeconds": 28 * 86400}),
]

ACCEPTED_DATA = [
    accepted(
        "channel-names-unique", "plain", {"InputDataConfig": [s3_channel("{{ name }}"), s3_channel("{{ name }}")]}
    ),
    accepted("data-source-one", "file systems", {}),
    accepted("data-source-one", "plain", {"InputDataConfig[0].DataSource": "{{ source }}"}),
    accepted("augmented-manifest-pipe", "streams", {}),
    accepted("augmented-manifest-pipe", "streams", {"InputDataConfig[0].InputMode": "{{ params.mode }}"}),
    accepted("augmented-manifest-attributes", "streams", {}),
    accepted("attribute-names-augmented-only", "plain", {f"{_FIRST}.AttributeNames": []}),
    accepted("manifest-is-object", "plain", {f"{_FIRST}.S3Uri": "s3://bucket/train/"}),
    accepted("compression-pipe-only", "plain", {"InputDataConfig[0].CompressionType": "None"}),
    accepted("record-wrapper-not-in-file-mode", "plain", {"InputDataConfig[0].RecordWrapperType": "None"}),
    accepted("file-system-mode", "file systems", {}),
    accepted("file-system-vpc", "plain", {"InputDataConfig": [file_system_channel()], "VpcConfig": VPC}),
    *(
        accepted("s3-uri-form", "plain", {f"{_FIRST}.S3Uri": uri})
        for uri in (
            "s3://b-1.c/x",
            "s3://arn:aws:s3:us-west-2:123456789012:accesspoint/mine/x",
            "s3://fast--use1-az4--x-s3",
            "https://s3.amazonaws.com/bucket/x",
            "s3://{{ params.bucket }}/x",
            "{{ params.uri }}",
        )
    ),
    *(
        accepted("s3-bucket-name", "plain", {f"{_FIRST}.S3Uri": uri})
        for uri in (
            "s3://b-1.c/x",
            "s3://arn:aws:s3:us-west-2:123456789012:accesspoint/mine/x",
            "s3://fast--use1-az4--x-s3",
            "https://s3.amazonaws.com/bucket/x",
            "s3://{{ params.bucket }}/x",
            "{{ params.uri }}",
        )
    ),
    *(
        accepted("role-form", "plain", {"RoleArn": f"arn:{partition}:iam::123456789012:role/path/sage.maker"})
        for partition in ("aws", "aws-cn", "aws-us-gov")
    ),
    accepted("role-form", "plain", {"RoleArn": "AmazonSageMaker-ExecutionRole"}),
    accepted("role-form", "plain", {"RoleArn": "{{ conn.aws.extra_dejson.role }}"}),
    accepted(
        "network-isolation-image",
        "plain",
        {f"{_ALGORITHM}.TrainingImage": _ISOLATED, "EnableNetworkIsolation": False},
    ),
    accepted("profiler-disabled-settings", "profiler off", {}),
    accepted("profiler-disabled-rules", "debugger", {"ProfilerConfig.DisableProfiler": False}),
    accepted("rule-names-unique", "debugger", {}),
    accepted("collection-names-unique", "debugger", {}),
    *(
        accepted("profiler-interval", "debugger", {"ProfilerConfig.ProfilingIntervalInMilliseconds": interval})
        for interval in (100, 200, 500, 1000, 5000, 60000)
    ),
    accepted("tag-keys-unique", "plain", {"Tags[1].Key": "Team"}),
    accepted("tag-key-reserved", "plain", {"Tags[0].Key": "awsome:team"}),
    accepted("tag-count", "plain", {"Tags": _TAGS[:45]}),
    accepted("tag-count", "plain", {"Tags": [*_TAGS[:45], {"Key": "airflow:dag_id", "Value": "mine"}]}),
    accepted("secret-in-hyperparameters", "plain", {"HyperParameters": {"password": "{{ conn.x.password }}"}}),
    accepted("secret-in-environment", "plain", {"Environment": {"DB_PASSWORD": "arn:aws:secretsmanager:x"}}),
    accepted("secret-in-tags", "plain", {"Tags[0].Value": "{{ params.tag }}"}),
    accepted("secret-in-arguments", "plain", {f"{_ALGORITHM}.ContainerArguments": ["{{ params.x }}", "--token"]}),
]
