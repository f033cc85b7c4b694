"""The command ``airflow-sm-training validate``: says what is wrong with requests in files."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import argparse
    from collections.abc import Mapping

    from airflow_sm_training.sagemaker.shapes import Violation
    from airflow_sm_training.sagemaker.validation import Operation

_WRONG = 1
_UNUSABLE = 2


@dataclass(frozen=True, slots=True)
class Finding:
    """
    What is wrong with one file.

    :param file: its path, ``-`` for standard input.
    :param error: why there is no request in it, if that is so.
    :param violations: what is wrong with the request.
    """

    file: str
    error: str | None = None
    violations: list[dict[str, str]] = field(default_factory=list)

    @property
    def exit_code(self) -> int:
        """0 is good, 1 that something is wrong with the request, 2 that there is none."""
        if self.error is not None:
            return _UNUSABLE
        return _WRONG if self.violations else 0


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the command to its parser."""
    parser.add_argument(
        "files",
        nargs="+",
        metavar="FILE",
        help="a request as JSON or, named .yaml or .yml, as YAML; - is standard input",
    )
    parser.add_argument(
        "--update",
        action="store_true",
        help="the files hold UpdateTrainingJob requests, not CreateTrainingJob requests",
    )
    parser.add_argument(
        "--operator",
        action="store_true",
        help="the files hold the config of an operator: Jinja templates are passed over, numbers may be strings, and "
        "RoleArn may be the name of a role",
    )
    parser.add_argument("--json", action="store_true", help="print what is wrong as JSON")


def run(args: argparse.Namespace) -> int:
    """
    Check every file, and print what is wrong.

    :param args: what :func:`add_arguments` asked for.
    :return: exit code: 0 if all requests are good, 1 if one is wrong, 2 if a file holds none.
    """
    findings = [_checked(file, is_update=args.update, is_config=args.operator) for file in args.files]
    if args.json:
        sys.stdout.write(f"{json.dumps([asdict(finding) for finding in findings], indent=2)}\n")
    else:
        for finding in findings:
            _print(finding)
    return max(finding.exit_code for finding in findings)


def _checked(file: str, *, is_update: bool, is_config: bool) -> Finding:
    from airflow_sm_training.sagemaker import model, validation  # noqa: PLC0415
    from airflow_sm_training.validation.reading import Unreadable, read_request  # noqa: PLC0415
    from airflow_sm_training.validation.skeleton import check_skeleton  # noqa: PLC0415

    try:
        request = read_request(file)
    except Unreadable as error:
        return Finding(file, str(error))
    operation = validation.UPDATE if is_update else validation.CREATE

    def check(request: Mapping[str, Any]) -> list[Violation]:
        return _violations(operation, request, is_config=is_config)

    found = check_skeleton(model.input_shape(operation.name), request, check)
    said = [{"path": one.path, "message": one.message, "rule": one.rule} for one in found]
    if said and not is_update and _looks_like_update(request):
        hint = "has no field but those of UpdateTrainingJob; if it is such a request, check it with --update"
        said.insert(0, {"path": "", "message": hint, "rule": "operation"})
    return Finding(file, violations=said)


def _violations(operation: Operation, request: Mapping[str, Any], *, is_config: bool) -> list[Violation]:
    from airflow_sm_training.sagemaker import validation  # noqa: PLC0415
    from airflow_sm_training.sagemaker.request import GIVEN_LATER, with_stand_in_arn  # noqa: PLC0415

    if is_config:
        request = with_stand_in_arn(request)
    given_later = GIVEN_LATER if operation is validation.CREATE else ()
    return validation.violations(operation, request, given_later=given_later, templates=is_config)


def _looks_like_update(request: Mapping[str, Any]) -> bool:
    from airflow_sm_training.sagemaker import model, validation  # noqa: PLC0415

    changes = set(model.input_shape(validation.UPDATE.name).members) - {"TrainingJobName"}
    return changes & set(request) != set() and set(request) <= {*changes, "TrainingJobName"}


def _print(finding: Finding) -> None:
    if finding.error is not None:
        sys.stderr.write(f"{finding.file}: {finding.error}\n")
    for violation in finding.violations:
        path = f"{violation['path']}: " if violation["path"] else ""
        line = f"{finding.file}: {path}{violation['message']} [{violation['rule']}]\n"
        # A key can hold half a character, which no terminal takes.
        sys.stdout.write(line.encode("utf-8", "backslashreplace").decode())
