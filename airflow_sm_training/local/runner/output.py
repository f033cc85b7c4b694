"""Where the lines that a job prints go: its log, its metrics, and the memory of why it failed."""

from __future__ import annotations

from collections import deque
from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from airflow_sm_training.local.jobs.listener import TrainingJobListener
    from airflow_sm_training.local.runner.cloudwatch import LogShipper
    from airflow_sm_training.local.runner.metrics import MetricReader

_REMEMBERED_LINES = 200
_REMEMBERED_LENGTH = 2000


class JobOutput:
    """
    Takes the output of a job's processes.

    :param logs: where every line goes
    :param metrics: looks for metrics in it
    :param listener: is told of them
    """

    def __init__(self, logs: LogShipper, metrics: MetricReader, listener: TrainingJobListener) -> None:
        self._logs = logs
        self._metrics = metrics
        self._listener = listener
        self._stderr: deque[str] = deque(maxlen=_REMEMBERED_LINES)

    def take(self, line: str, *, is_stderr: bool) -> None:
        """Take one line, without its end."""
        self._logs.add(line)
        if is_stderr:
            self._stderr.append(line[:_REMEMBERED_LENGTH])
        for name, value in self._metrics.read(line):
            self._listener.on_metric(name, value, datetime.now(UTC))

    def wait_for_room(self, timeout_in_seconds: float) -> bool:
        """Whether the log can take more lines."""
        return self._logs.wait_for_room(timeout_in_seconds)

    @property
    def stderr(self) -> Sequence[str]:
        """The last lines of stderr."""
        return list(self._stderr)

    def forget(self) -> None:
        """Begin a new command, whose failure the lines of the one before do not explain."""
        self._stderr.clear()
