"""The environment of a training job: what the sagemaker-training toolkit sets, and nothing of the endpoint's own."""

from __future__ import annotations

import json
import logging
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from airflow_sm_training.local.runner import configuration, hyperparameters
from airflow_sm_training.local.runner.directory import ML_ROOT

if TYPE_CHECKING:
    from collections.abc import Mapping

    from airflow_sm_training.local.runner.command import Script
    from airflow_sm_training.local.runner.directory import JobDirectory

# An allow-list, because what else the endpoint's environment holds (AWS_*, AIRFLOW__*, tokens) is not the job's.
_INHERITED = frozenset(
    {
        *("PATH", "HOME", "USER", "LOGNAME", "SHELL", "LANG", "LANGUAGE", "TZ", "TMPDIR"),
        *("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "CUDA_VISIBLE_DEVICES"),
        *("SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"),
        *("HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy"),
    },
)
# Parts of the toolkit's environment object that become variables under other names.
_NOT_VARIABLES = frozenset({"hyperparameters", "additional_framework_parameters", "channel_input_dirs", "job_name"})


def inherited(environ: Mapping[str, str], python: str) -> dict[str, str]:
    """
    Keep of the endpoint's environment what any process needs.

    :param environ: the endpoint's environment
    :param python: the job's Python; its directory leads ``PATH``, so that shell scripts find the same one
    """
    kept = {name: value for name, value in environ.items() if name in _INHERITED or name.startswith("LC_")}
    search = kept.get("PATH", os.defpath)
    directory = os.fspath(Path(python).parent)
    kept["PATH"] = f"{directory}{os.pathsep}{search}" if Path(python).is_absolute() else search
    return kept


def without_proxy(variables: Mapping[str, str], endpoint_url: str) -> dict[str, str]:
    """Keep calls to the endpoint away from a proxy: it could not find its way back to this machine."""
    existing = variables.get("no_proxy") or variables.get("NO_PROXY")
    hosts = ",".join(filter(None, [existing, urlsplit(endpoint_url).hostname]))
    return {"NO_PROXY": hosts, "no_proxy": hosts}


def for_pip(environ: Mapping[str, str]) -> dict[str, str]:
    """Keep what configures pip. Only pip gets it: an index URL may carry a password."""
    return {name: value for name, value in environ.items() if name.startswith("PIP_")}


def aws(endpoint_url: str, region_name: str) -> dict[str, str]:
    """Make boto3 in the job talk to the endpoint, and to nothing that the user's own AWS files name."""
    return {
        "AWS_ENDPOINT_URL": endpoint_url,
        "AWS_REGION": region_name,
        "AWS_DEFAULT_REGION": region_name,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
    }


def job(request: Mapping[str, Any], arn: str, directory: JobDirectory) -> dict[str, str]:
    """Set what SageMaker itself sets on a container: the request's ``Environment`` and the job's name and ARN."""
    own = {name: directory.localise(str(value)) for name, value in (request.get("Environment") or {}).items()}
    modules = (os.fspath(directory.code_packages), os.fspath(directory.code), own.get("PYTHONPATH"))
    return {
        "PYTHONUNBUFFERED": "1",
        **own,
        "PYTHONPATH": os.pathsep.join(filter(None, modules)),
        "TRAINING_JOB_NAME": str(request["TrainingJobName"]),
        "TRAINING_JOB_ARN": arn,
    }


def toolkit(
    request: Mapping[str, Any],
    *,
    decoded: Mapping[str, Any],
    directory: JobDirectory,
    script: Script | None,
) -> dict[str, str]:
    """
    Set the ``SM_…`` variables as the sagemaker-training toolkit does.

    :param request: a CreateTrainingJob request
    :param decoded: its hyperparameters, decoded and localised
    :param directory: the job's directory
    :param script: the script, if the job is in script mode
    """
    properties = _properties(request, decoded=decoded, directory=directory, script=script)
    inputs = properties["channel_input_dirs"]
    values = {
        **{name: value for name, value in properties.items() if name not in _NOT_VARIABLES},
        "hps": properties["hyperparameters"],
        "framework_params": properties["additional_framework_parameters"],
        "channels": sorted(inputs),
        "training_env": properties,
        "user_args": hyperparameters.arguments(properties["hyperparameters"]),
        **{f"channel_{name}": path for name, path in inputs.items()},
        **{f"hp_{name}": value for name, value in properties["hyperparameters"].items()},
    }
    return {f"SM_{name.upper()}": _value(value) for name, value in values.items() if _is_variable_name(name)}


def _properties(
    request: Mapping[str, Any],
    *,
    decoded: Mapping[str, Any],
    directory: JobDirectory,
    script: Script | None,
) -> dict[str, Any]:
    """Gather the toolkit's ``Environment`` object, which is ``SM_TRAINING_ENV`` and nearly every other variable."""
    resources = configuration.resource_config(request)
    own = hyperparameters.for_script(decoded)
    settings = {name: value for name, value in decoded.items() if name not in own}
    inputs = configuration.input_data_config(request)
    group = resources["current_group_name"]
    groups = {entry["instance_group_name"]: entry for entry in resources["instance_groups"]}
    return {
        "additional_framework_parameters": settings,
        "channel_input_dirs": {name: os.fspath(directory.channel(name)) for name in inputs},
        "current_host": resources["current_host"],
        "current_instance_group": group,
        "current_instance_group_hosts": resources["hosts"],
        "current_instance_type": resources["current_instance_type"],
        "hosts": resources["hosts"],
        "hyperparameters": own,
        "input_config_dir": os.fspath(directory.input_config),
        "input_data_config": inputs,
        "input_dir": os.fspath(directory.input),
        "instance_groups": list(groups),
        "instance_groups_dict": groups,
        "is_hetero": False,
        "is_master": True,
        "job_name": request["TrainingJobName"],
        "log_level": settings.get("sagemaker_container_log_level", logging.INFO),
        "master_hostname": resources["current_host"],
        "model_dir": os.fspath(directory.model),
        "module_dir": directory.localise((script and script.submit_directory) or f"{ML_ROOT}/code"),
        "module_name": script.program.removesuffix(".py") if script else None,
        "network_interface_name": resources["network_interface_name"],
        "num_cpus": os.cpu_count() or 1,
        "num_gpus": 0,
        "output_data_dir": os.fspath(directory.output_data),
        "output_dir": os.fspath(directory.output),
        "output_intermediate_dir": os.fspath(directory.output / "intermediate"),
        "resource_config": resources,
        "user_entry_point": script.program if script else None,
    }


def _value(value: Any) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, sort_keys=True, separators=(",", ":"))


def _is_variable_name(name: str) -> bool:
    return "=" not in name and "\0" not in name
