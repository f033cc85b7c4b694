# Generated from botocore 1.43.117 by scripts/generate_request_builder.py: run it again, never edit this file.
"""The structures of a CreateTrainingJob request, with the names of their fields in snake_case."""

from collections.abc import Mapping
from typing import Literal, Required, TypedDict


class MetricDefinition(TypedDict, total=False):
    """https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_MetricDefinition.html"""

    name: Required[str]
    """``Name``, 1 to 255 characters."""
    regex: Required[str]
    """``Regex``, 1 to 500 characters."""


class TrainingRepositoryAuthConfig(TypedDict, total=False):
    """https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_TrainingRepositoryAuthConfig.html"""

    training_repository_credentials_provider_arn: Required[str]
    """``TrainingRepositoryCredentialsProviderArn``, 1 to 2048 characters."""


class TrainingImageConfig(TypedDict, total=False):
    """https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_TrainingImageConfig.html"""

    training_repository_access_mode: Required[Literal["Platform", "Vpc"] | str]
    """``TrainingRepositoryAccessMode``."""
    training_repository_auth_config: TrainingRepositoryAuthConfig
    """``TrainingRepositoryAuthConfig``."""


class AlgorithmSpecification(TypedDict, total=False):
    """https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_AlgorithmSpecification.html"""

    training_image: str
    """``TrainingImage``, 0 to 255 characters."""
    algorithm_name: str
    """``AlgorithmName``, 1 to 170 characters."""
    training_input_mode: Required[Literal["Pipe", "File", "FastFile"] | str]
    """``TrainingInputMode``."""
    metric_definitions: list[MetricDefinition]
    """``MetricDefinitions``, 0 to 40 entries."""
    enable_sage_maker_metrics_time_series: bool | str
    """``EnableSageMakerMetricsTimeSeries``."""
    container_entrypoint: list[str]
    """``ContainerEntrypoint``, 1 to 100 entries."""
    container_arguments: list[str]
    """``ContainerArguments``, 1 to 100 entries."""
    training_image_config: TrainingImageConfig
    """``TrainingImageConfig``."""


class ModelAccessConfig(TypedDict, total=False):
    """https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ModelAccessConfig.html"""

    accept_eula: Required[bool | str]
    """``AcceptEula``."""


class HubAccessConfig(TypedDict, total=False):
    """https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_HubAccessConfig.html"""

    hub_content_arn: Required[str]
    """``HubContentArn``, 0 to 255 characters."""


class S3DataSource(TypedDict, total=False):
    """https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_S3DataSource.html"""

    s3_data_type: Required[Literal["ManifestFile", "S3Prefix", "AugmentedManifestFile", "Converse"] | str]
    """``S3DataType``."""
    s3_uri: Required[str]
    """``S3Uri``, 0 to 1024 characters."""
    s3_data_distribution_type: Literal["FullyReplicated", "ShardedByS3Key"] | str
    """``S3DataDistributionType``."""
    attribute_names: list[str]
    """``AttributeNames``, 0 to 16 entries."""
    instance_group_names: list[str]
    """``InstanceGroupNames``, 0 to 5 entries."""
    model_access_config: ModelAccessConfig
    """``ModelAccessConfig``."""
    hub_access_config: HubAccessConfig
    """``HubAccessConfig``."""


class FileSystemDataSource(TypedDict, total=False):
    """https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_FileSystemDataSource.html"""

    file_system_id: Required[str]
    """``FileSystemId``, 11 to 21 characters."""
    file_system_access_mode: Required[Literal["rw", "ro"] | str]
    """``FileSystemAccessMode``."""
    file_system_type: Required[Literal["EFS", "FSxLustre"] | str]
    """``FileSystemType``."""
    directory_path: Required[str]
    """``DirectoryPath``, 0 to 4096 characters."""


class DatasetSource(TypedDict, total=False):
    """https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_DatasetSource.html"""

    dataset_arn: Required[str]
    """``DatasetArn``, 0 to 2048 characters."""


class DataSource(TypedDict, total=False):
    """https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_DataSource.html"""

    s3_data_source: S3DataSource
    """``S3DataSource``."""
    file_system_data_source: FileSystemDataSource
    """``FileSystemDataSource``."""
    dataset_source: DatasetSource
    """``DatasetSource``."""


class ShuffleConfig(TypedDict, total=False):
    """https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ShuffleConfig.html"""

    seed: Required[int | str]
    """``Seed``."""


class Channel(TypedDict, total=False):
    """https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_Channel.html"""

    channel_name: Required[str]
    """``ChannelName``, 1 to 64 characters."""
    data_source: Required[DataSource]
    """``DataSource``."""
    content_type: str
    """``ContentType``, 0 to 256 characters."""
    compression_type: Literal["None", "Gzip"] | str
    """``CompressionType``."""
    record_wrapper_type: Literal["None", "RecordIO"] | str
    """``RecordWrapperType``."""
    input_mode: Literal["Pipe", "File", "FastFile"] | str
    """``InputMode``."""
    shuffle_config: ShuffleConfig
    """``ShuffleConfig``."""


class OutputDataConfig(TypedDict, total=False):
    """https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_OutputDataConfig.html"""

    kms_key_id: str
    """``KmsKeyId``, 0 to 2048 characters."""
    s3_output_path: Required[str]
    """``S3OutputPath``, 0 to 1024 characters."""
    compression_type: Literal["GZIP", "NONE"] | str
    """``CompressionType``."""


class InstanceGroup(TypedDict, total=False):
    """https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_InstanceGroup.html"""

    instance_type: Required[str]
    """``InstanceType``."""
    instance_count: Required[int | str]
    """``InstanceCount``, 0 or more."""
    instance_group_name: Required[str]
    """``InstanceGroupName``, 1 to 64 characters."""


class PlacementSpecification(TypedDict, total=False):
    """https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_PlacementSpecification.html"""

    ultra_server_id: str
    """``UltraServerId``, 0 to 256 characters."""
    instance_count: Required[int | str]
    """``InstanceCount``, 0 or more."""


class InstancePlacementConfig(TypedDict, total=False):
    """https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_InstancePlacementConfig.html"""

    enable_multiple_jobs: bool | str
    """``EnableMultipleJobs``."""
    placement_specifications: list[PlacementSpecification]
    """``PlacementSpecifications``, 0 to 10 entries."""


class InstancePreference(TypedDict, total=False):
    """https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_InstancePreference.html"""

    instance_type: Required[str]
    """``InstanceType``."""
    instance_count: int | str
    """``InstanceCount``, 0 or more."""
    training_plan_arns: list[str]
    """``TrainingPlanArns``, 1 to 1 entries."""


class ResourceConfig(TypedDict, total=False):
    """https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ResourceConfig.html"""

    instance_type: str
    """``InstanceType``."""
    instance_count: int | str
    """``InstanceCount``, 0 or more."""
    volume_size_in_gb: int | str
    """``VolumeSizeInGB``, 0 or more."""
    volume_kms_key_id: str
    """``VolumeKmsKeyId``, 0 to 2048 characters."""
    keep_alive_period_in_seconds: int | str
    """``KeepAlivePeriodInSeconds``, 0 to 21600."""
    instance_groups: list[InstanceGroup]
    """``InstanceGroups``, 0 to 5 entries."""
    training_plan_arn: str
    """``TrainingPlanArn``, 50 to 2048 characters."""
    instance_placement_config: InstancePlacementConfig
    """``InstancePlacementConfig``."""
    instance_preferences: list[InstancePreference]
    """``InstancePreferences``, 1 to 5 entries."""
    selected_instance_type: str
    """``SelectedInstanceType``."""
    selected_instance_count: int | str
    """``SelectedInstanceCount``, 0 or more."""


class VpcConfig(TypedDict, total=False):
    """https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_VpcConfig.html"""

    security_group_ids: Required[list[str]]
    """``SecurityGroupIds``, 1 to 5 entries."""
    subnets: Required[list[str]]
    """``Subnets``, 1 to 16 entries."""


class StoppingCondition(TypedDict, total=False):
    """https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_StoppingCondition.html"""

    max_runtime_in_seconds: int | str
    """``MaxRuntimeInSeconds``, 1 or more."""
    max_wait_time_in_seconds: int | str
    """``MaxWaitTimeInSeconds``, 1 or more."""
    max_pending_time_in_seconds: int | str
    """``MaxPendingTimeInSeconds``, 1800 to 2419200."""


class Tag(TypedDict, total=False):
    """https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_Tag.html"""

    key: Required[str]
    """``Key``, 1 to 128 characters."""
    value: Required[str]
    """``Value``, 0 to 256 characters."""


class CheckpointConfig(TypedDict, total=False):
    """https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CheckpointConfig.html"""

    s3_uri: Required[str]
    """``S3Uri``, 0 to 1024 characters."""
    local_path: str
    """``LocalPath``, 0 to 4096 characters."""


class CollectionConfiguration(TypedDict, total=False):
    """https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CollectionConfiguration.html"""

    collection_name: str
    """``CollectionName``, 1 to 256 characters."""
    collection_parameters: Mapping[str, str | float | bool]
    """``CollectionParameters``, 0 to 20 entries."""


class DebugHookConfig(TypedDict, total=False):
    """https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_DebugHookConfig.html"""

    local_path: str
    """``LocalPath``, 0 to 4096 characters."""
    s3_output_path: Required[str]
    """``S3OutputPath``, 0 to 1024 characters."""
    hook_parameters: Mapping[str, str | float | bool]
    """``HookParameters``, 0 to 20 entries."""
    collection_configurations: list[CollectionConfiguration]
    """``CollectionConfigurations``, 0 to 20 entries."""


class DebugRuleConfiguration(TypedDict, total=False):
    """https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_DebugRuleConfiguration.html"""

    rule_configuration_name: Required[str]
    """``RuleConfigurationName``, 1 to 256 characters."""
    local_path: str
    """``LocalPath``, 0 to 4096 characters."""
    s3_output_path: str
    """``S3OutputPath``, 0 to 1024 characters."""
    rule_evaluator_image: Required[str]
    """``RuleEvaluatorImage``, 0 to 255 characters."""
    instance_type: str
    """``InstanceType``."""
    volume_size_in_gb: int | str
    """``VolumeSizeInGB``, 0 or more."""
    rule_parameters: Mapping[str, str | float | bool]
    """``RuleParameters``, 0 to 100 entries."""


class TensorBoardOutputConfig(TypedDict, total=False):
    """https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_TensorBoardOutputConfig.html"""

    local_path: str
    """``LocalPath``, 0 to 4096 characters."""
    s3_output_path: Required[str]
    """``S3OutputPath``, 0 to 1024 characters."""


class ExperimentConfig(TypedDict, total=False):
    """https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ExperimentConfig.html"""

    experiment_name: str
    """``ExperimentName``, 1 to 120 characters."""
    trial_name: str
    """``TrialName``, 1 to 120 characters."""
    trial_component_display_name: str
    """``TrialComponentDisplayName``, 1 to 120 characters."""
    run_name: str
    """``RunName``, 1 to 120 characters."""


class ProfilerConfig(TypedDict, total=False):
    """https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ProfilerConfig.html"""

    s3_output_path: str
    """``S3OutputPath``, 0 to 1024 characters."""
    profiling_interval_in_milliseconds: int | str
    """``ProfilingIntervalInMilliseconds``."""
    profiling_parameters: Mapping[str, str | float | bool]
    """``ProfilingParameters``, 0 to 20 entries."""
    disable_profiler: bool | str
    """``DisableProfiler``."""


class ProfilerRuleConfiguration(TypedDict, total=False):
    """https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ProfilerRuleConfiguration.html"""

    rule_configuration_name: Required[str]
    """``RuleConfigurationName``, 1 to 256 characters."""
    local_path: str
    """``LocalPath``, 0 to 4096 characters."""
    s3_output_path: str
    """``S3OutputPath``, 0 to 1024 characters."""
    rule_evaluator_image: Required[str]
    """``RuleEvaluatorImage``, 0 to 255 characters."""
    instance_type: str
    """``InstanceType``."""
    volume_size_in_gb: int | str
    """``VolumeSizeInGB``, 0 or more."""
    rule_parameters: Mapping[str, str | float | bool]
    """``RuleParameters``, 0 to 100 entries."""


class RetryStrategy(TypedDict, total=False):
    """https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_RetryStrategy.html"""

    maximum_retry_attempts: Required[int | str]
    """``MaximumRetryAttempts``, 1 to 30."""


class RemoteDebugConfig(TypedDict, total=False):
    """https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_RemoteDebugConfig.html"""

    enable_remote_debug: bool | str
    """``EnableRemoteDebug``."""


class InfraCheckConfig(TypedDict, total=False):
    """https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_InfraCheckConfig.html"""

    enable_infra_check: bool | str
    """``EnableInfraCheck``."""


class SessionChainingConfig(TypedDict, total=False):
    """https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_SessionChainingConfig.html"""

    enable_session_tag_chaining: bool | str
    """``EnableSessionTagChaining``."""


class ServerlessJobConfig(TypedDict, total=False):
    """https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ServerlessJobConfig.html"""

    base_model_arn: Required[str]
    """``BaseModelArn``, 1 to 2048 characters."""
    accept_eula: bool | str
    """``AcceptEula``."""
    job_type: Required[Literal["FineTuning", "Evaluation"] | str]
    """``JobType``."""
    customization_technique: Literal["SFT", "DPO", "RLVR", "RLAIF"] | str
    """``CustomizationTechnique``."""
    peft: Literal["LORA"] | str
    """``Peft``."""
    evaluation_type: Literal["LLMAJEvaluation", "CustomScorerEvaluation", "BenchmarkEvaluation"] | str
    """``EvaluationType``."""
    evaluator_arn: str
    """``EvaluatorArn``."""
    sequence_length: str
    """``SequenceLength``, 1 to 50 characters."""


class MlflowConfig(TypedDict, total=False):
    """https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_MlflowConfig.html"""

    mlflow_resource_arn: Required[str]
    """``MlflowResourceArn``, 0 to 2048 characters."""
    mlflow_experiment_name: str
    """``MlflowExperimentName``, 1 to 256 characters."""
    mlflow_run_name: str
    """``MlflowRunName``, 1 to 256 characters."""


class ModelPackageConfig(TypedDict, total=False):
    """https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ModelPackageConfig.html"""

    model_package_group_arn: Required[str]
    """``ModelPackageGroupArn``, 1 to 2048 characters."""
    source_model_package_arn: str
    """``SourceModelPackageArn``, 1 to 2048 characters."""


class CreateTrainingJobRequest(TypedDict, total=False):
    """https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateTrainingJob.html"""

    training_job_name: str
    """``TrainingJobName``, 1 to 63 characters."""
    hyper_parameters: Mapping[str, str | float | bool]
    """``HyperParameters``, 0 to 100 entries."""
    algorithm_specification: AlgorithmSpecification
    """``AlgorithmSpecification``."""
    role_arn: str
    """``RoleArn``, 20 to 2048 characters."""
    input_data_config: list[Channel]
    """``InputDataConfig``, 1 to 20 entries."""
    output_data_config: OutputDataConfig
    """``OutputDataConfig``."""
    resource_config: ResourceConfig
    """``ResourceConfig``."""
    vpc_config: VpcConfig
    """``VpcConfig``."""
    stopping_condition: StoppingCondition
    """``StoppingCondition``."""
    tags: list[Tag] | Mapping[str, str]
    """``Tags``, 0 to 50 entries."""
    enable_network_isolation: bool | str
    """``EnableNetworkIsolation``."""
    enable_inter_container_traffic_encryption: bool | str
    """``EnableInterContainerTrafficEncryption``."""
    enable_managed_spot_training: bool | str
    """``EnableManagedSpotTraining``."""
    checkpoint_config: CheckpointConfig
    """``CheckpointConfig``."""
    debug_hook_config: DebugHookConfig
    """``DebugHookConfig``."""
    debug_rule_configurations: list[DebugRuleConfiguration]
    """``DebugRuleConfigurations``, 0 to 20 entries."""
    tensor_board_output_config: TensorBoardOutputConfig
    """``TensorBoardOutputConfig``."""
    experiment_config: ExperimentConfig
    """``ExperimentConfig``."""
    profiler_config: ProfilerConfig
    """``ProfilerConfig``."""
    profiler_rule_configurations: list[ProfilerRuleConfiguration]
    """``ProfilerRuleConfigurations``, 0 to 20 entries."""
    environment: Mapping[str, str | float | bool]
    """``Environment``, 0 to 100 entries."""
    retry_strategy: RetryStrategy
    """``RetryStrategy``."""
    remote_debug_config: RemoteDebugConfig
    """``RemoteDebugConfig``."""
    infra_check_config: InfraCheckConfig
    """``InfraCheckConfig``."""
    session_chaining_config: SessionChainingConfig
    """``SessionChainingConfig``."""
    serverless_job_config: ServerlessJobConfig
    """``ServerlessJobConfig``."""
    mlflow_config: MlflowConfig
    """``MlflowConfig``."""
    model_package_config: ModelPackageConfig
    """``ModelPackageConfig``."""
