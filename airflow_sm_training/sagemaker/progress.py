"""What a person reads while a job runs: each phase once, progress when it moves, trouble when it starts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from airflow_sm_training.sagemaker.statuses import SecondaryStatus, TrainingJobStatus

if TYPE_CHECKING:
    from airflow_sm_training.sagemaker.description import TrainingJobDescription
    from airflow_sm_training.sagemaker.errors import ServiceUnavailable


class Log(Protocol):
    """The part of a logger that is used here; Airflow's loggers differ between versions."""

    def info(self, event: str, *args: Any) -> Any:
        """Write a line."""

    def warning(self, event: str, *args: Any) -> Any:
        """Write a line that people should see."""

    def debug(self, event: str, *args: Any) -> Any:
        """Write a line that is for the curious."""


class ProgressReporter:
    """
    Logs what changed between two descriptions of one job.

    :param log: the task's logger.
    """

    def __init__(self, log: Log) -> None:
        self._log = log
        self._phases: list[tuple[str, str]] = []
        self._progress: dict[str, Any] | None = None
        self._unknown: set[str] = set()
        self._in_trouble = False

    def on_description(self, description: TrainingJobDescription) -> None:
        """
        Log new phases and new progress.

        :param description: what the last poll saw.
        """
        self.on_answer()
        self._log_phases(description)
        self._log_progress(description)
        self._log_unknown_words(description)

    def on_trouble(self, error: ServiceUnavailable, failures: int, delay: float) -> None:
        """
        Log trouble that passes, once until it has passed.

        :param error: why SageMaker could not be asked.
        :param failures: how often in a row.
        :param delay: seconds until the next try.
        """
        level = self._log.debug if self._in_trouble else self._log.warning
        level("%s Trying again in %.0f s (failure %d in a row); the job runs on.", error, delay, failures)
        self._in_trouble = True

    def on_answer(self) -> None:
        """Log that trouble has passed, if there was any."""
        if self._in_trouble:
            self._in_trouble = False
            self._log.info("SageMaker answers again.")

    def on_notice(self, notice: str) -> None:
        """
        Log a notice.

        :param notice: one sentence or two.
        """
        self._log.warning("%s", notice)

    def _log_phases(self, description: TrainingJobDescription) -> None:
        phases = [
            (str(transition.get("status", "")), str(transition.get("status_message", "")))
            for transition in description.transitions
        ]
        # A phase's message can change while it lasts; a phase can come twice (Training, Restarting, Training).
        for index, (status, message) in enumerate(phases):
            if index >= len(self._phases) or self._phases[index] != (status, message):
                self._log.info("%s: %s%s", description.name, status, f" ({message})" if message else "")
        self._phases = phases or self._phases

    def _log_progress(self, description: TrainingJobDescription) -> None:
        progress = description.progress
        if progress and progress != self._progress:
            shown = ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in progress.items())
            self._log.info("%s: %s", description.name, shown)
        self._progress = progress

    def _log_unknown_words(self, description: TrainingJobDescription) -> None:
        for word, vocabulary in (
            (description.status, TrainingJobStatus),
            (description.secondary_status, SecondaryStatus),
        ):
            if word and word not in self._unknown and not isinstance(word, vocabulary):
                self._unknown.add(word)
                self._log.warning(
                    "%s has the status %r, which this version does not know: taken for still running.",
                    description.name,
                    word,
                )
