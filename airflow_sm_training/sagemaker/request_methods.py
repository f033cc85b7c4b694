# Generated from botocore 1.43.117 by scripts/generate_request_builder.py: run it again, never edit this file.
"""What can be read from and set in a TrainingJobRequest, field by field."""

# What is stored is JSON: its types are what the methods take.
# mypy: disable-error-code="no-any-return"
from __future__ import annotations

from typing import TYPE_CHECKING

from airflow_sm_training.sagemaker.request_base import RequestBase

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Literal, Self

    from airflow_sm_training.sagemaker.request_types import (
        AlgorithmSpecification,
        Channel,
        CheckpointConfig,
        DebugHookConfig,
        DebugRuleConfiguration,
        ExperimentConfig,
        InfraCheckConfig,
        MlflowConfig,
        ModelPackageConfig,
        OutputDataConfig,
        ProfilerConfig,
        ProfilerRuleConfiguration,
        RemoteDebugConfig,
        ResourceConfig,
        RetryStrategy,
        ServerlessJobConfig,
        SessionChainingConfig,
        StoppingCondition,
        Tag,
        TensorBoardOutputConfig,
        VpcConfig,
    )


class RequestMethods(RequestBase):
    """A property and the methods ``with_…`` and ``replace_…`` for each field of the request."""

    __slots__ = ()

    @property
    def training_job_name(self) -> str | None:
        """``TrainingJobName``; ``None`` if it is not set."""
        return self._get("training_job_name")

    def with_training_job_name(self, training_job_name: str | None) -> Self:
        """Return a copy with this ``TrainingJobName`` and no other; without any, if it is ``None``."""
        return self._set("training_job_name", training_job_name)

    @property
    def hyper_parameters(self) -> Mapping[str, str | float | bool] | None:
        """``HyperParameters``; ``None`` if it is not set."""
        return self._get("hyper_parameters")

    def with_hyper_parameters(self, hyper_parameters: Mapping[str, str | float | bool]) -> Self:
        """Return a copy with these added to ``HyperParameters``; they replace those of the same names."""
        return self._update("hyper_parameters", hyper_parameters)

    def replace_hyper_parameters(self, hyper_parameters: Mapping[str, str | float | bool] | None) -> Self:
        """Return a copy with this ``HyperParameters`` and no other; without any, if it is ``None``."""
        return self._set("hyper_parameters", hyper_parameters)

    @property
    def algorithm_specification(self) -> AlgorithmSpecification | None:
        """``AlgorithmSpecification``, its names in snake_case; ``None`` if it is not set."""
        return self._get("algorithm_specification")

    def with_algorithm_specification(self, algorithm_specification: AlgorithmSpecification | None) -> Self:
        """Return a copy with this ``AlgorithmSpecification`` and no other; without any, if it is ``None``."""
        return self._set("algorithm_specification", algorithm_specification)

    @property
    def role_arn(self) -> str | None:
        """``RoleArn``; ``None`` if it is not set."""
        return self._get("role_arn")

    def with_role_arn(self, role_arn: str | None) -> Self:
        """Return a copy with this ``RoleArn`` and no other; without any, if it is ``None``."""
        return self._set("role_arn", role_arn)

    @property
    def input_data_config(self) -> list[Channel] | None:
        """``InputDataConfig``, its names in snake_case; ``None`` if it is not set."""
        return self._get("input_data_config")

    def with_input_data_config(self, *input_data_config: Channel) -> Self:
        """Return a copy with these appended to ``InputDataConfig``."""
        return self._append("input_data_config", input_data_config)

    def replace_input_data_config(self, input_data_config: list[Channel] | None) -> Self:
        """Return a copy with this ``InputDataConfig`` and no other; without any, if it is ``None``."""
        return self._set("input_data_config", input_data_config)

    @property
    def output_data_config(self) -> OutputDataConfig | None:
        """``OutputDataConfig``, its names in snake_case; ``None`` if it is not set."""
        return self._get("output_data_config")

    def with_output_data_config(self, output_data_config: OutputDataConfig | None) -> Self:
        """Return a copy with this ``OutputDataConfig`` and no other; without any, if it is ``None``."""
        return self._set("output_data_config", output_data_config)

    @property
    def resource_config(self) -> ResourceConfig | None:
        """``ResourceConfig``, its names in snake_case; ``None`` if it is not set."""
        return self._get("resource_config")

    def with_resource_config(self, resource_config: ResourceConfig | None) -> Self:
        """Return a copy with this ``ResourceConfig`` and no other; without any, if it is ``None``."""
        return self._set("resource_config", resource_config)

    @property
    def vpc_config(self) -> VpcConfig | None:
        """``VpcConfig``, its names in snake_case; ``None`` if it is not set."""
        return self._get("vpc_config")

    def with_vpc_config(self, vpc_config: VpcConfig | None) -> Self:
        """Return a copy with this ``VpcConfig`` and no other; without any, if it is ``None``."""
        return self._set("vpc_config", vpc_config)

    @property
    def stopping_condition(self) -> StoppingCondition | None:
        """``StoppingCondition``, its names in snake_case; ``None`` if it is not set."""
        return self._get("stopping_condition")

    def with_stopping_condition(self, stopping_condition: StoppingCondition | None) -> Self:
        """Return a copy with this ``StoppingCondition`` and no other; without any, if it is ``None``."""
        return self._set("stopping_condition", stopping_condition)

    @property
    def tags(self) -> list[Tag] | None:
        """``Tags``, its names in snake_case; ``None`` if it is not set."""
        return self._get("tags")

    def replace_tags(self, tags: list[Tag] | Mapping[str, str] | None) -> Self:
        """Return a copy with this ``Tags`` and no other; without any, if it is ``None``."""
        return self._set("tags", tags)

    @property
    def enable_network_isolation(self) -> bool | str | None:
        """``EnableNetworkIsolation``; ``None`` if it is not set."""
        return self._get("enable_network_isolation")

    def with_enable_network_isolation(self, enable_network_isolation: bool | str | None) -> Self:
        """Return a copy with this ``EnableNetworkIsolation`` and no other; without any, if it is ``None``."""
        return self._set("enable_network_isolation", enable_network_isolation)

    @property
    def enable_inter_container_traffic_encryption(self) -> bool | str | None:
        """``EnableInterContainerTrafficEncryption``; ``None`` if it is not set."""
        return self._get("enable_inter_container_traffic_encryption")

    def with_enable_inter_container_traffic_encryption(self, enable_inter_container_traffic_encryption: bool | str | None) -> Self:
        """Return a copy with this ``EnableInterContainerTrafficEncryption`` and no other; without any, if it is ``None``."""
        return self._set("enable_inter_container_traffic_encryption", enable_inter_container_traffic_encryption)

    @property
    def enable_managed_spot_training(self) -> bool | str | None:
        """``EnableManagedSpotTraining``; ``None`` if it is not set."""
        return self._get("enable_managed_spot_training")

    def with_enable_managed_spot_training(self, enable_managed_spot_training: bool | str | None) -> Self:
        """Return a copy with this ``EnableManagedSpotTraining`` and no other; without any, if it is ``None``."""
        return self._set("enable_managed_spot_training", enable_managed_spot_training)

    @property
    def checkpoint_config(self) -> CheckpointConfig | None:
        """``CheckpointConfig``, its names in snake_case; ``None`` if it is not set."""
        return self._get("checkpoint_config")

    def with_checkpoint_config(self, checkpoint_config: CheckpointConfig | None) -> Self:
        """Return a copy with this ``CheckpointConfig`` and no other; without any, if it is ``None``."""
        return self._set("checkpoint_config", checkpoint_config)

    @property
    def debug_hook_config(self) -> DebugHookConfig | None:
        """``DebugHookConfig``, its names in snake_case; ``None`` if it is not set."""
        return self._get("debug_hook_config")

    def with_debug_hook_config(self, debug_hook_config: DebugHookConfig | None) -> Self:
        """Return a copy with this ``DebugHookConfig`` and no other; without any, if it is ``None``."""
        return self._set("debug_hook_config", debug_hook_config)

    @property
    def debug_rule_configurations(self) -> list[DebugRuleConfiguration] | None:
        """``DebugRuleConfigurations``, its names in snake_case; ``None`` if it is not set."""
        return self._get("debug_rule_configurations")

    def with_debug_rule_configurations(self, *debug_rule_configurations: DebugRuleConfiguration) -> Self:
        """Return a copy with these appended to ``DebugRuleConfigurations``."""
        return self._append("debug_rule_configurations", debug_rule_configurations)

    def replace_debug_rule_configurations(self, debug_rule_configurations: list[DebugRuleConfiguration] | None) -> Self:
        """Return a copy with this ``DebugRuleConfigurations`` and no other; without any, if it is ``None``."""
        return self._set("debug_rule_configurations", debug_rule_configurations)

    @property
    def tensor_board_output_config(self) -> TensorBoardOutputConfig | None:
        """``TensorBoardOutputConfig``, its names in snake_case; ``None`` if it is not set."""
        return self._get("tensor_board_output_config")

    def with_tensor_board_output_config(self, tensor_board_output_config: TensorBoardOutputConfig | None) -> Self:
        """Return a copy with this ``TensorBoardOutputConfig`` and no other; without any, if it is ``None``."""
        return self._set("tensor_board_output_config", tensor_board_output_config)

    @property
    def experiment_config(self) -> ExperimentConfig | None:
        """``ExperimentConfig``, its names in snake_case; ``None`` if it is not set."""
        return self._get("experiment_config")

    def with_experiment_config(self, experiment_config: ExperimentConfig | None) -> Self:
        """Return a copy with this ``ExperimentConfig`` and no other; without any, if it is ``None``."""
        return self._set("experiment_config", experiment_config)

    @property
    def profiler_config(self) -> ProfilerConfig | None:
        """``ProfilerConfig``, its names in snake_case; ``None`` if it is not set."""
        return self._get("profiler_config")

    def with_profiler_config(self, profiler_config: ProfilerConfig | None) -> Self:
        """Return a copy with this ``ProfilerConfig`` and no other; without any, if it is ``None``."""
        return self._set("profiler_config", profiler_config)

    @property
    def profiler_rule_configurations(self) -> list[ProfilerRuleConfiguration] | None:
        """``ProfilerRuleConfigurations``, its names in snake_case; ``None`` if it is not set."""
        return self._get("profiler_rule_configurations")

    def with_profiler_rule_configurations(self, *profiler_rule_configurations: ProfilerRuleConfiguration) -> Self:
        """Return a copy with these appended to ``ProfilerRuleConfigurations``."""
        return self._append("profiler_rule_configurations", profiler_rule_configurations)

    def replace_profiler_rule_configurations(self, profiler_rule_configurations: list[ProfilerRuleConfiguration] | None) -> Self:
        """Return a copy with this ``ProfilerRuleConfigurations`` and no other; without any, if it is ``None``."""
        return self._set("profiler_rule_configurations", profiler_rule_configurations)

    @property
    def environment(self) -> Mapping[str, str | float | bool] | None:
        """``Environment``; ``None`` if it is not set."""
        return self._get("environment")

    def with_environment(self, environment: Mapping[str, str | float | bool]) -> Self:
        """Return a copy with these added to ``Environment``; they replace those of the same names."""
        return self._update("environment", environment)

    def replace_environment(self, environment: Mapping[str, str | float | bool] | None) -> Self:
        """Return a copy with this ``Environment`` and no other; without any, if it is ``None``."""
        return self._set("environment", environment)

    @property
    def retry_strategy(self) -> RetryStrategy | None:
        """``RetryStrategy``, its names in snake_case; ``None`` if it is not set."""
        return self._get("retry_strategy")

    def with_retry_strategy(self, retry_strategy: RetryStrategy | None) -> Self:
        """Return a copy with this ``RetryStrategy`` and no other; without any, if it is ``None``."""
        return self._set("retry_strategy", retry_strategy)

    @property
    def remote_debug_config(self) -> RemoteDebugConfig | None:
        """``RemoteDebugConfig``, its names in snake_case; ``None`` if it is not set."""
        return self._get("remote_debug_config")

    def with_remote_debug_config(self, remote_debug_config: RemoteDebugConfig | None) -> Self:
        """Return a copy with this ``RemoteDebugConfig`` and no other; without any, if it is ``None``."""
        return self._set("remote_debug_config", remote_debug_config)

    @property
    def infra_check_config(self) -> InfraCheckConfig | None:
        """``InfraCheckConfig``, its names in snake_case; ``None`` if it is not set."""
        return self._get("infra_check_config")

    def with_infra_check_config(self, infra_check_config: InfraCheckConfig | None) -> Self:
        """Return a copy with this ``InfraCheckConfig`` and no other; without any, if it is ``None``."""
        return self._set("infra_check_config", infra_check_config)

    @property
    def session_chaining_config(self) -> SessionChainingConfig | None:
        """``SessionChainingConfig``, its names in snake_case; ``None`` if it is not set."""
        return self._get("session_chaining_config")

    def with_session_chaining_config(self, session_chaining_config: SessionChainingConfig | None) -> Self:
        """Return a copy with this ``SessionChainingConfig`` and no other; without any, if it is ``None``."""
        return self._set("session_chaining_config", session_chaining_config)

    @property
    def serverless_job_config(self) -> ServerlessJobConfig | None:
        """``ServerlessJobConfig``, its names in snake_case; ``None`` if it is not set."""
        return self._get("serverless_job_config")

    def with_serverless_job_config(self, serverless_job_config: ServerlessJobConfig | None) -> Self:
        """Return a copy with this ``ServerlessJobConfig`` and no other; without any, if it is ``None``."""
        return self._set("serverless_job_config", serverless_job_config)

    @property
    def mlflow_config(self) -> MlflowConfig | None:
        """``MlflowConfig``, its names in snake_case; ``None`` if it is not set."""
        return self._get("mlflow_config")

    def with_mlflow_config(self, mlflow_config: MlflowConfig | None) -> Self:
        """Return a copy with this ``MlflowConfig`` and no other; without any, if it is ``None``."""
        return self._set("mlflow_config", mlflow_config)

    @property
    def model_package_config(self) -> ModelPackageConfig | None:
        """``ModelPackageConfig``, its names in snake_case; ``None`` if it is not set."""
        return self._get("model_package_config")

    def with_model_package_config(self, model_package_config: ModelPackageConfig | None) -> Self:
        """Return a copy with this ``ModelPackageConfig`` and no other; without any, if it is ``None``."""
        return self._set("model_package_config", model_package_config)
