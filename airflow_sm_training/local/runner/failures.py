"""How a training job fails: the exceptions of the runner, and what ``FailureReason`` says."""

from __future__ import annotations

import re
import shlex
from typing import TYPE_CHECKING

from airflow_sm_training.sagemaker.statuses import FailureKind

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

# https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_DescribeTrainingJob.html, FailureReason
FAILURE_REASON_LENGTH = 1024
_COMMAND_LENGTH = 300
_MESSAGE_LINES = 5
_TRACEBACK = "Traceback (most recent call last):"
_FRAME = re.compile(r'^\s+File "(?P<file>.+)", line (?P<line>\d+)(?:, in (?P<function>.+))?$')


class JobFailedError(Exception):
    """
    The job ends as Failed.

    :param kind: whose fault it was, the word in front of the colon of ``FailureReason``
    :param message: what went wrong, naming the URI, file or field to correct
    """

    def __init__(self, kind: FailureKind, message: str) -> None:
        super().__init__(kind, message)
        self.kind = kind
        self.message = message

    def __str__(self) -> str:
        """Return the failure reason as Describe will show it."""
        return self.reason

    @property
    def reason(self) -> str:
        """``FailureReason`` of a Describe response, at most 1024 characters."""
        return f"{self.kind}: {self.message}"[:FAILURE_REASON_LENGTH]


class CommandFailedError(JobFailedError):
    """The job's own command ended with an exit code other than 0; what it wrote until then is still uploaded."""


class JobStoppedError(Exception):
    """Somebody asked the job to stop; raised between two steps so that the next one is not begun."""


def read_failure_file(path: Path) -> str | None:
    """
    Return what the job wrote into ``/opt/ml/output/failure``, at most 1024 characters.

    :param path: the file; anything but a regular file counts as not written
    """
    if not path.is_file():
        return None
    with path.open("rb") as file:
        text = file.read(4 * FAILURE_REASON_LENGTH).decode("utf-8", errors="replace")
    return text[:FAILURE_REASON_LENGTH].strip() or None


def exit_reason(name: str, exit_code: int, command: Sequence[str], stderr: Sequence[str], code: Path) -> str:
    """
    Say in the words of the sagemaker-training toolkit why a command failed.

    :param name: the toolkit's name for the error, such as ``ExecuteUserScriptError``
    :param exit_code: negative when a signal ended the process
    :param command: the command line
    :param stderr: the last lines that it wrote to stderr
    :param code: the directory of the user's code, to tell the user's frames in a traceback from a library's
    """
    shown = shlex.join(command)
    if len(shown) > _COMMAND_LENGTH:
        shown = shown[:_COMMAND_LENGTH] + "…"
    head, tail = f'{name}:\nExitCode {exit_code}\nErrorMessage "', f'"\nCommand "{shown}"'
    room = FAILURE_REASON_LENGTH - len(f"{FailureKind.ALGORITHM}: ") - len(head) - len(tail)
    return head + error_message(stderr, code)[: max(room, 0)] + tail


def error_message(stderr: Sequence[str], code: Path) -> str:
    """
    Pick from the end of stderr what a person needs: the line of the script that raised, and the exception.

    :param stderr: lines, oldest first
    :param code: the directory of the user's code
    :return: ``File "train.py", line 3, in main`` and the exception's lines; the last lines where there is no traceback
    """
    lines = [line.rstrip() for line in stderr]
    starts = [index for index, line in enumerate(lines) if line.startswith(_TRACEBACK)]
    lines = lines[starts[-1] :] if starts else lines
    frames = [(index, match) for index, line in enumerate(lines) if (match := _FRAME.match(line))]
    if not frames:
        return "\n".join([line for line in lines if line][-_MESSAGE_LINES:])
    place = _place([match for _, match in frames], code)
    after = lines[frames[-1][0] + 1 :]
    # The source line and its ^^^^ markers are indented; the exception is the first line that is not.
    begin = next((index for index, line in enumerate(after) if line and not line[0].isspace()), len(after))
    return "\n".join([place, *after[begin : begin + _MESSAGE_LINES]])


def _place(frames: Sequence[re.Match[str]], code: Path) -> str:
    """Name the innermost frame in the user's own code, or the innermost of all."""
    own = [match for match in frames if _is_own(match["file"], code)]
    frame = own[-1] if own else frames[-1]
    file = frame["file"].removeprefix(f"{code}/")
    function = f", in {frame['function']}" if frame["function"] else ""
    return f'File "{file}", line {frame["line"]}{function}'


def _is_own(file: str, code: Path) -> bool:
    return file.startswith(f"{code}/") or not file.startswith(("/", "<"))
