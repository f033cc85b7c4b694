"""When a job's process has to go: asked from outside, out of time, or because the endpoint shuts down."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Protocol

from airflow_sm_training.local.runner.failures import JobStoppedError
from airflow_sm_training.sagemaker.statuses import SecondaryStatus

if TYPE_CHECKING:
    from collections.abc import Callable


class StopControl:
    """What was asked of a job from other threads. The job's own thread acts on it, so signals have one sender."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._requested: SecondaryStatus | None = None
        self._killed = False

    def request(self, secondary_status: SecondaryStatus) -> None:
        """
        Ask the job to end. The first answer stands, except that an interruption gives way to a real stop.

        :param secondary_status: how the job will have ended; ``Interrupted`` restarts it
        """
        with self._lock:
            if self._requested in {None, SecondaryStatus.INTERRUPTED}:
                self._requested = secondary_status

    def kill(self) -> None:
        """Ask for the end at once, without grace and uploads: nobody is there to take them."""
        self._killed = True

    @property
    def requested(self) -> SecondaryStatus | None:
        """How the job was asked to end."""
        return self._requested

    @property
    def is_killed(self) -> bool:
        """Whether the endpoint shuts down."""
        return self._killed

    def check(self) -> None:
        """
        Let the job go on unless it was asked to end.

        :raises JobStoppedError: it was
        """
        if self._killed or self._requested is not None:
            raise JobStoppedError

    def forget_interruption(self) -> None:
        """Begin again after an interruption, unless a real stop has come meanwhile."""
        with self._lock:
            if self._requested is SecondaryStatus.INTERRUPTED:
                self._requested = None


class Stoppable(Protocol):
    """A process that can be told to end."""

    def terminate(self) -> None:
        """Send SIGTERM."""

    def kill(self) -> None:
        """Send SIGKILL."""


class Supervisor:
    """
    Watches one run of a job's commands: SIGTERM when it is to stop, SIGKILL when the grace period is over.

    :param control: what was asked from outside
    :param grace_period_in_seconds: between SIGTERM and SIGKILL
    :param runtime_in_seconds: how long the run may take, or ``None``
    :param on_signal: told of the reason when a process gets its SIGTERM
    :param clock: monotonic seconds
    """

    def __init__(
        self,
        control: StopControl,
        *,
        grace_period_in_seconds: float,
        runtime_in_seconds: float | None,
        on_signal: Callable[[SecondaryStatus], None],
        clock: Callable[[], float],
    ) -> None:
        self._control = control
        self._grace_period = grace_period_in_seconds
        self._runtime = runtime_in_seconds
        self._on_signal = on_signal
        self._clock = clock
        self._started = clock()
        self._kill_at: float | None = None

    @property
    def has_signalled(self) -> bool:
        """Whether a process was told to end; its exit code then says nothing about the training."""
        return self._kill_at is not None

    @property
    def elapsed_in_seconds(self) -> float:
        """How long this run has taken so far."""
        return self._clock() - self._started

    def watch(self, process: Stoppable) -> None:
        """
        Do what is due for a running process. Called again and again while it runs.

        :param process: the process
        """
        if self._control.is_killed:
            self._kill_at = self._clock()
            process.kill()
        elif self._kill_at is not None:
            if self._clock() >= self._kill_at:
                process.kill()
        else:
            self._stop_if_due(process)

    def _stop_if_due(self, process: Stoppable) -> None:
        if self._runtime is not None and self.elapsed_in_seconds >= self._runtime:
            self._control.request(SecondaryStatus.MAX_RUNTIME_EXCEEDED)
        reason = self._control.requested
        if reason is not None:
            self._kill_at = self._clock() + self._grace_period
            process.terminate()
            self._on_signal(reason)
