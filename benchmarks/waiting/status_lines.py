"""Which triggers have told the task's log of their job's status: then the job has been polled."""

from __future__ import annotations

import logging
from contextvars import ContextVar
from typing import Any

from benchmarks.subjects import Subject

_INCUMBENT_LOGGER = "airflow.providers.amazon.aws.utils.waiter_with_logging"
job_of_this_task: ContextVar[str] = ContextVar("job_of_this_task", default="")


class StatusLines(logging.Handler):
    """Stands in for the task's log: formats each line, as every log does, and keeps the job's name."""

    def __init__(self) -> None:
        super().__init__()
        self.jobs: set[str] = set()

    def emit(self, record: logging.LogRecord) -> None:
        """Take note of one line."""
        self.format(record)
        self.jobs.add(getattr(record, "job_name", "") or job_of_this_task.get())

    def listen(self, subject: Subject, trigger: Any, job_name: str) -> None:
        """Take the lines of a trigger, in place of the handlers that it has."""
        if subject is Subject.INCUMBENT:
            logger = logging.getLogger(_INCUMBENT_LOGGER)  # one for all of them
        else:
            logger = logging.getLogger("benchmarks.status_lines")
            # Ours logs through the trigger; the watcher may do so from a task that serves all of them.
            trigger._log = logging.LoggerAdapter(logger, {"job_name": job_name})  # noqa: SLF001
        logger.propagate = False
        logger.setLevel(logging.INFO)
        logger.handlers = [self]
