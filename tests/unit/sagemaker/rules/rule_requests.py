"""Valid requests of every kind, and how to break one."""

from __future__ import annotations

import copy
import re

ROLE = "arn:aws:iam::123456789012:role/service-role/sagemaker"
IMAGE = "123456789012.dkr.ecr.us-east-1.amazonaws.com/digits:1"
BUILTIN = "382416733822.dkr.ecr.us-east-1.amazonaws.com/linear-learner:1"
KEY = "1234abcd-12ab-34cd-56ef-1234567890ab"
PLAN = "arn:aws:sagemaker:us-east-1:123456789012:training-plan/plan"
MODEL = "arn:aws:sagemaker:us-east-1:aws:hub-content/SageMakerPublicHub/Model/llama/1.0.0"
VPC = {"SecurityGroupIds": ["sg-0123"], "Subnets": ["subnet-0123"]}
REMOVED = object()


def s3_channel(name="train", **fields):
    source = {"S3DataType": "S3Prefix", "S3Uri": f"s3://bucket/{name}"}
    return {"ChannelName": name, "DataSource": {"S3DataSource": source}, **fields}


def file_system_channel(name="train", **fields):
    source = {
        "FileSystemId": "fs-0123456789",
        "FileSystemAccessMode": "ro",
        "FileSystemType": "EFS",
        "DirectoryPath": "/data",
    }
    return {"ChannelName": name, "DataSource": {"FileSystemDataSource": source}, **fields}


def debug_rule(name, **fields):
    return {"RuleConfigurationName": name, "RuleEvaluatorImage": "rules", **fields}


def edited(request, edits):
    """Return a copy in which each path, such as ``Tags[0].Key``, has the value, or is ``REMOVED``."""
    request = copy.deepcopy(request)
    for path, value in edits.items():
        *parents, last = [int(name) if name.isdigit() else name for name in re.findall(r"[^.\[\]]+", path)]
        target = request
        for name in parents:
            target = target.setdefault(name, {}) if isinstance(target, dict) else target[name]
        if value is REMOVED:
            del target[last]
        else:
            target[last] = copy.deepcopy(value)
    return request


PLAIN = {
    "TrainingJobName": "digits",
    "RoleArn": ROLE,
    "AlgorithmSpecification": {
        "TrainingImage": IMAGE,
        "TrainingInputMode": "File",
        "MetricDefinitions": [{"Name": "loss", "Regex": r"loss=(?P<loss>[0-9\.]+)"}],
        "ContainerEntrypoint": ["python", "train.py"],
        "ContainerArguments": ["--epochs", "3"],
    },
    "HyperParameters": {"max_tokens": "256", "pad_token": "<pad>", "tokenizer": '"bert"', "key_column": "user_id"},
    "Environment": {"LOG_LEVEL": "info", "SECRET_NAME": "prod/db"},
    "InputDataConfig": [s3_channel("train"), s3_channel("validation")],
    "OutputDataConfig": {"S3OutputPath": "s3://bucket/output", "KmsKeyId": "alias/output"},
    "ResourceConfig": {
        "InstanceType": "ml.m5.large",
        "InstanceCount": 1,
        "VolumeSizeInGB": 10,
        "VolumeKmsKeyId": KEY,
    },
    "StoppingCondition": {"MaxRuntimeInSeconds": 3600},
    "CheckpointConfig": {"S3Uri": "s3://bucket/checkpoints"},
    "Tags": [{"Key": "team", "Value": "vision"}, {"Key": "cost-centre", "Value": "42"}],
    "EnableNetworkIsolation": True,
    "RetryStrategy": {"MaximumRetryAttempts": 3},
}
_CORE = edited(PLAIN, {"ResourceConfig": REMOVED, "InputDataConfig": REMOVED})
_SERVERLESS = {
    "TrainingJobName": "tune",
    "RoleArn": ROLE,
    "OutputDataConfig": {"S3OutputPath": "s3://bucket/output"},
    "InputDataConfig": [s3_channel("train")],
    "ServerlessJobConfig": {"BaseModelArn": MODEL, "AcceptEula": True, "JobType": "FineTuning", "SequenceLength": "4K"},
}

CREATE = {
    "plain": PLAIN,
    "algorithm": edited(
        PLAIN,
        {"AlgorithmSpecification": {"AlgorithmName": "my-algorithm", "TrainingInputMode": "File"}},
    ),
    "builtin": edited(
        PLAIN,
        {"AlgorithmSpecification": {"TrainingImage": BUILTIN, "TrainingInputMode": "Pipe"}},
    ),
    "private registry": edited(
        PLAIN,
        {
            "AlgorithmSpecification.TrainingImage": "registry.example.com/digits:1",
            "AlgorithmSpecification.TrainingImageConfig": {
                "TrainingRepositoryAccessMode": "Vpc",
                "TrainingRepositoryAuthConfig": {
                    "TrainingRepositoryCredentialsProviderArn": "arn:aws:lambda:us-east-1:123456789012:function:login",
                },
            },
            "VpcConfig": VPC,
        },
    ),
    "spot": edited(
        PLAIN,
        {"EnableManagedSpotTraining": True, "StoppingCondition.MaxWaitTimeInSeconds": 3600},
    ),
    "warm pool": edited(PLAIN, {"ResourceConfig.KeepAlivePeriodInSeconds": 600}),
    "local storage": edited(PLAIN, {"ResourceConfig": {"InstanceType": "ml.g5.xlarge", "InstanceCount": 1}}),
    "heterogeneous": {
        **_CORE,
        "ResourceConfig": {
            "InstanceGroups": [
                {"InstanceType": "ml.c5.xlarge", "InstanceCount": 2, "InstanceGroupName": "prepare"},
                {"InstanceType": "ml.p3.2xlarge", "InstanceCount": 1, "InstanceGroupName": "train"},
            ],
            "VolumeSizeInGB": 10,
        },
        "InputDataConfig": [
            edited(s3_channel("train"), {"DataSource.S3DataSource.InstanceGroupNames": ["prepare", "train"]}),
        ],
    },
    "preferences, one count": {
        **_CORE,
        "ResourceConfig": {
            "InstancePreferences": [{"InstanceType": "ml.m5.large"}, {"InstanceType": "ml.c5.xlarge"}],
            "InstanceCount": 1,
            "VolumeSizeInGB": 10,
        },
    },
    "preferences, counts": {
        **_CORE,
        "ResourceConfig": {
            "InstancePreferences": [
                {"InstanceType": "ml.g5.xlarge", "InstanceCount": 2, "TrainingPlanArns": [PLAN]},
                {"InstanceType": "ml.p5.48xlarge", "InstanceCount": 1},
            ],
        },
    },
    "ultraserver": {
        **_CORE,
        "ResourceConfig": {
            "InstanceType": "ml.p6e-gb200.36xlarge",
            "InstanceCount": 2,
            "TrainingPlanArn": PLAN,
            "InstancePlacementConfig": {"PlacementSpecifications": [{"InstanceCount": 2}]},
        },
    },
    "streams": edited(
        PLAIN,
        {
            "AlgorithmSpecification.TrainingInputMode": "Pipe",
            "InputDataConfig": [
                edited(
                    s3_channel("train", RecordWrapperType="RecordIO"),
                    {
                        "DataSource.S3DataSource.S3DataType": "AugmentedManifestFile",
                        "DataSource.S3DataSource.AttributeNames": ["image-ref", "label"],
                    },
                ),
                s3_channel("validation", CompressionType="Gzip"),
                edited(
                    s3_channel("test", InputMode="FastFile", CompressionType="None"),
                    {"DataSource.S3DataSource.S3DataType": "ManifestFile"},
                ),
            ],
        },
    ),
    "file systems": edited(
        PLAIN,
        {
            "AlgorithmSpecification.TrainingInputMode": "FastFile",
            "InputDataConfig": [file_system_channel(InputMode="File"), s3_channel("validation")],
            "VpcConfig": VPC,
        },
    ),
    "debugger": edited(
        PLAIN,
        {
            "DebugHookConfig": {
                "S3OutputPath": "s3://bucket/debug",
                "CollectionConfigurations": [{"CollectionName": "losses"}, {"CollectionName": "weights"}],
            },
            "DebugRuleConfigurations": [debug_rule("LossNotDecreasing"), debug_rule("Overfit")],
            "ProfilerConfig": {"S3OutputPath": "s3://bucket/profile", "ProfilingIntervalInMilliseconds": 500},
            "ProfilerRuleConfigurations": [debug_rule("Report", S3OutputPath="s3://bucket/report")],
            "TensorBoardOutputConfig": {"S3OutputPath": "s3://bucket/board"},
        },
    ),
    "profiler off": edited(PLAIN, {"ProfilerConfig": {"DisableProfiler": True, "S3OutputPath": "s3://bucket/off"}}),
    "fine-tuning": {
        **_SERVERLESS,
        "ModelPackageConfig": {
            "ModelPackageGroupArn": "arn:aws:sagemaker:us-east-1:123456789012:model-package-group/group",
        },
    },
    "evaluation": edited(
        _SERVERLESS,
        {"ServerlessJobConfig.JobType": "Evaluation", "ServerlessJobConfig.EvaluationType": "BenchmarkEvaluation"},
    ),
    # As the SageMaker Python SDK sends it for an estimator in script mode with its defaults.
    "estimator": edited(
        PLAIN,
        {
            "EnableNetworkIsolation": False,
            "AlgorithmSpecification": {
                "TrainingImage": "763104351884.dkr.ecr.us-east-1.amazonaws.com/pytorch-training:2.3-cpu-py311",
                "TrainingInputMode": "File",
                "EnableSageMakerMetricsTimeSeries": True,
                "MetricDefinitions": [{"Name": "loss", "Regex": r"loss: ([0-9\.]+)"}],
            },
            "HyperParameters": {
                "epochs": "1",
                "sagemaker_submit_directory": '"s3://sagemaker-us-east-1-123456789012/job/source/sourcedir.tar.gz"',
                "sagemaker_program": '"train.py"',
                "sagemaker_container_log_level": "20",
                "sagemaker_job_name": '"job"',
                "sagemaker_region": '"us-east-1"',
            },
            "DebugHookConfig": {"S3OutputPath": "s3://bucket/", "CollectionConfigurations": []},
            "ProfilerConfig": {"S3OutputPath": "s3://bucket/", "DisableProfiler": False},
        },
    ),
    "gated model": edited(
        PLAIN,
        {"InputDataConfig[0].DataSource.S3DataSource.ModelAccessConfig": {"AcceptEula": True}},
    ),
}

UPDATE = {
    "profiler": {
        "TrainingJobName": "digits",
        "ProfilerConfig": {"ProfilingIntervalInMilliseconds": 1000, "S3OutputPath": "s3://bucket/profile"},
        "ProfilerRuleConfigurations": [debug_rule("Report")],
    },
    "keep-alive": {"TrainingJobName": "digits", "ResourceConfig": {"KeepAlivePeriodInSeconds": 0}},
    "remote debug": {"TrainingJobName": "digits", "RemoteDebugConfig": {"EnableRemoteDebug": False}},
}
