"""Which jobs follow which timeline."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

from airflow_sm_training.local.errors import validation_error
from airflow_sm_training.local.timeline import HYPERPARAMETER, Step, Timeline, TimelineError
from airflow_sm_training.sagemaker.statuses import SecondaryStatus

if TYPE_CHECKING:
    from collections.abc import Mapping

DEFAULT_TIMELINE = Timeline(
    (
        Step(SecondaryStatus.STARTING, 0.4),
        Step(SecondaryStatus.DOWNLOADING, 0.3),
        Step(SecondaryStatus.TRAINING, 1.0),
        Step(SecondaryStatus.UPLOADING, 0.3),
        Step(SecondaryStatus.COMPLETED),
    ),
)
"""What a job does that has nothing to run here and no timeline of its own: about two seconds of everything."""


class Scripts:
    """
    The timelines that were asked for.

    :param default: of jobs that have nothing to run here and no timeline of their own.
    """

    def __init__(self, default: Timeline = DEFAULT_TIMELINE) -> None:
        self.default = default
        # Replaced, never changed: the server's threads read it without a lock.
        self._by_name: tuple[tuple[str, Timeline], ...] = ()

    def add(self, name_pattern: str, timeline: Timeline) -> None:
        """
        Give jobs a timeline from now on; the latest pattern that matches counts.

        :param name_pattern: shell pattern for names, such as ``sweep-*``.
        """
        self._by_name = ((name_pattern, timeline), *self._by_name)

    def timeline_of(self, request: Mapping[str, Any]) -> Timeline | None:
        """
        Return the timeline that was asked for this job, by its hyperparameter or by its name; None if none was.

        :raises ServiceError: ``ValidationException``; the hyperparameter cannot be read.
        """
        asked = (request.get("HyperParameters") or {}).get(HYPERPARAMETER)
        if asked is not None:
            try:
                return Timeline.parse(asked)
            except TimelineError as error:
                raise validation_error(f"Hyperparameter {HYPERPARAMETER}: {error}") from None
        name = request["TrainingJobName"]
        return next((timeline for pattern, timeline in self._by_name if fnmatchcase(name, pattern)), None)
