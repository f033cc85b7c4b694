"""The command line: ``airflow-sm-training local|validate|describe|demo``."""

from __future__ import annotations

import argparse
import json
import sys
from typing import TYPE_CHECKING

from airflow_sm_training import __version__

if TYPE_CHECKING:
    from collections.abc import Sequence

_UNUSABLE = 2


def main(arguments: Sequence[str] | None = None) -> int:
    """
    Run one command.

    :param arguments: the words after the program's name; default is the process's own.
    :return: exit code: 0 is good, 1 that something is wrong with what was asked about, 2 that it could not be asked.
    """
    options = _parser().parse_args(arguments)
    return int(options.run(options))


def _parser() -> argparse.ArgumentParser:
    from airflow_sm_training.demo import command as demo  # noqa: PLC0415
    from airflow_sm_training.local import command as local  # noqa: PLC0415
    from airflow_sm_training.validation import command as validate  # noqa: PLC0415

    parser = argparse.ArgumentParser(
        prog="airflow-sm-training", description="Amazon SageMaker training jobs from Apache Airflow."
    )
    parser.add_argument("--version", action="version", version=__version__)
    commands = parser.add_subparsers(required=True, metavar="command")

    for module, name, what in (
        (local, "local", "run a SageMaker training endpoint on this machine"),
        (demo, "demo", "train a real model through a real Airflow against the local endpoint"),
        (validate, "validate", "say what is wrong with requests in files"),
    ):
        command = commands.add_parser(name, help=what, description=what.capitalize() + ".")
        module.add_arguments(command)
        command.set_defaults(run=module.run)

    what = "print the normalised description of a training job"
    describe = commands.add_parser("describe", help=what, description=what.capitalize() + ".")
    describe.add_argument("training_job_name", metavar="NAME")
    describe.add_argument("--region", help="AWS region; default is that of the environment")
    describe.add_argument("--profile", help="AWS profile; default is that of the environment")
    describe.add_argument("--endpoint-url", help="where SageMaker answers, such as the address of the local endpoint")
    describe.set_defaults(run=_describe)
    return parser


def _describe(options: argparse.Namespace) -> int:
    import boto3

    from airflow_sm_training.sagemaker.description import TrainingJobDescription  # noqa: PLC0415
    from airflow_sm_training.sagemaker.errors import SageMakerTrainingError  # noqa: PLC0415
    from airflow_sm_training.sagemaker.translation import translated  # noqa: PLC0415

    name = options.training_job_name
    try:
        with translated(f"describe training job {name}", training_job_name=name, named_job=True):
            session = boto3.Session(profile_name=options.profile, region_name=options.region)
            client = session.client("sagemaker", endpoint_url=options.endpoint_url)
            response = client.describe_training_job(TrainingJobName=name)
        with translated(f"read the tags of {name}"):
            tags = client.list_tags(ResourceArn=response["TrainingJobArn"])["Tags"]
    except SageMakerTrainingError as error:
        print(error, file=sys.stderr)  # noqa: T201 - this is the command's output
        return _UNUSABLE
    description = TrainingJobDescription.from_response(response, tags=tags)
    print(json.dumps(description.to_dict(), indent=2, allow_nan=False))  # noqa: T201 - this is the command's output
    return 0


if __name__ == "__main__":
    sys.exit(main())
