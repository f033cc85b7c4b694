"""One command of a job as a process group of this machine, and its output line by line."""

from __future__ import annotations

import os
import selectors
import signal
import subprocess
from contextlib import suppress
from typing import TYPE_CHECKING, Protocol

from airflow_sm_training.local.runner.failures import JobFailedError
from airflow_sm_training.sagemaker.statuses import FailureKind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

_CHUNK = 64 * 1024
_LAST_READS = 32
_LINE_LENGTH = 128 * 1024
_POLL_INTERVAL_IN_SECONDS = 0.1
_CONTINUATION_MASK, _CONTINUATION = 0b1100_0000, 0b1000_0000


class LineSink(Protocol):
    """Takes the output of a process."""

    def take(self, line: str, *, is_stderr: bool) -> None:
        """Take one line, without its end."""

    def wait_for_room(self, timeout_in_seconds: float) -> bool:
        """Whether more lines can be taken, waiting a moment for it; until then the process is not read from."""


class LineSplitter:
    """Cuts a stream of bytes into lines. A line without end is cut at 128 KiB, between characters."""

    def __init__(self) -> None:
        self._rest = b""

    def feed(self, chunk: bytes) -> Iterator[str]:
        """Yield the lines that a chunk completes."""
        *lines, self._rest = (self._rest + chunk).split(b"\n")
        for line in lines:
            yield from _pieces(line)
        while len(self._rest) > _LINE_LENGTH:
            cut = _cut(self._rest)
            piece, self._rest = self._rest[:cut], self._rest[cut:]
            yield _text(piece)

    def end(self) -> Iterator[str]:
        """Yield what is left at the end of the stream."""
        rest, self._rest = self._rest, b""
        if rest:
            yield _text(rest)


def _pieces(line: bytes) -> Iterator[str]:
    while len(line) > _LINE_LENGTH:
        cut = _cut(line)
        yield _text(line[:cut])
        line = line[cut:]
    yield _text(line)


def _cut(line: bytes) -> int:
    """Find the last place in the first 128 KiB where no UTF-8 character is cut in two."""
    for cut in range(_LINE_LENGTH, _LINE_LENGTH - 4, -1):
        if line[cut] & _CONTINUATION_MASK != _CONTINUATION:
            return cut
    return _LINE_LENGTH


def _text(line: bytes) -> str:
    return line.decode("utf-8", errors="replace").rstrip("\r")


class TrainingProcess:
    """
    Starts a command in a session of its own, so that a signal reaches everything it starts.

    :param command: the command line
    :param cwd: where it runs
    :param environment: all of its variables
    :raises JobFailedError: the command cannot be started
    """

    def __init__(self, command: Sequence[str], *, cwd: Path, environment: Mapping[str, str]) -> None:
        try:
            self._process = subprocess.Popen(  # noqa: S603  # running what it is sent is what the endpoint is for
                list(command),
                cwd=cwd,
                env=dict(environment),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                start_new_session=True,
            )
        except FileNotFoundError as error:
            missing = command[0] if cwd.is_dir() else cwd
            raise JobFailedError(FailureKind.ALGORITHM, f"Command not found: {missing}") from error
        except (OSError, ValueError) as error:
            raise JobFailedError(FailureKind.ALGORITHM, f"Command {command[0]!r} cannot be run: {error}") from error

    @property
    def pid(self) -> int:
        """The id of the process and of its group."""
        return self._process.pid

    def run(self, sink: LineSink, watch: Callable[[TrainingProcess], None]) -> int:
        """
        Hand on the output until the process ends, then end what it left running, as the end of a container would.

        :param sink: takes the lines
        :param watch: called at least ten times a second; may stop the process
        :return: exit code, negative for a signal
        """
        splitters = {False: LineSplitter(), True: LineSplitter()}
        with selectors.DefaultSelector() as selector, self._process:
            for is_stderr, pipe in ((False, self._process.stdout), (True, self._process.stderr)):
                assert pipe is not None
                os.set_blocking(pipe.fileno(), False)
                selector.register(pipe, selectors.EVENT_READ, is_stderr)
            try:
                while not self._has_exited():
                    watch(self)
                    if sink.wait_for_room(_POLL_INTERVAL_IN_SECONDS):
                        _read(selector, splitters, sink, _POLL_INTERVAL_IN_SECONDS)
            finally:
                self.kill()
                exit_code = self._process.wait()
            # A daemon may hold the pipes open, or go on writing: read what they can hold, not until they end.
            for _ in range(_LAST_READS):
                if not _read(selector, splitters, sink, 0):
                    break
            for is_stderr, splitter in splitters.items():
                for line in splitter.end():
                    sink.take(line, is_stderr=is_stderr)
        return exit_code

    def terminate(self) -> None:
        """Send SIGTERM to the whole group."""
        self._signal(signal.SIGTERM)

    def kill(self) -> None:
        """Send SIGKILL to the whole group."""
        self._signal(signal.SIGKILL)

    def _signal(self, number: signal.Signals) -> None:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, number)

    def _has_exited(self) -> bool:
        """Ask without reaping where that is possible: a reaped process frees its id for a stranger's group."""
        if not hasattr(os, "waitid"):
            return self._process.poll() is not None
        return os.waitid(os.P_PID, self._process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None


def _read(
    selector: selectors.BaseSelector,
    splitters: Mapping[bool, LineSplitter],
    sink: LineSink,
    timeout_in_seconds: float,
) -> bool:
    """Read once from each pipe that has something. Return whether any had."""
    has_read = False
    for key, _ in selector.select(timeout_in_seconds):
        chunk = os.read(key.fd, _CHUNK)
        if not chunk:
            selector.unregister(key.fileobj)
            continue
        has_read = True
        for line in splitters[key.data].feed(chunk):
            sink.take(line, is_stderr=key.data)
    return has_read
