"""When a process gets which signal, with a clock that the test moves."""

from __future__ import annotations

import pytest

from airflow_sm_training.local.runner.failures import JobStoppedError
from airflow_sm_training.local.runner.supervision import StopControl, Supervisor
from airflow_sm_training.sagemaker.statuses import SecondaryStatus

STOPPED, INTERRUPTED = SecondaryStatus.STOPPED, SecondaryStatus.INTERRUPTED
MAX_RUNTIME = SecondaryStatus.MAX_RUNTIME_EXCEEDED


class Process:
    def __init__(self) -> None:
        self.signals: list[str] = []

    def terminate(self) -> None:
        self.signals.append("TERM")

    def kill(self) -> None:
        self.signals.append("KILL")


# Seconds at which something is done or looked at: "watch", "kill", or a status that is requested.
SCENARIOS = {
    "nothing happens": ([(0, "watch"), (9, "watch")], [], []),
    "a stop": ([(1, STOPPED), (2, "watch"), (11, "watch")], ["TERM"], [STOPPED]),
    "a stop that is ignored": ([(1, STOPPED), (2, "watch"), (12, "watch")], ["TERM", "KILL"], [STOPPED]),
    "time is over": ([(99, "watch"), (100, "watch"), (110, "watch")], ["TERM", "KILL"], [MAX_RUNTIME]),
    "a stop just before": ([(99, STOPPED), (100, "watch")], ["TERM"], [STOPPED]),
    "two stops": ([(1, STOPPED), (1, MAX_RUNTIME), (2, "watch"), (3, "watch")], ["TERM"], [STOPPED]),
    "interruption, then a stop": (
        [(1, INTERRUPTED), (2, "watch"), (3, STOPPED), (4, "watch"), (12, "watch")],
        ["TERM", "KILL"],
        [INTERRUPTED],
    ),
    "shutdown": ([(1, "kill"), (2, "watch")], ["KILL"], []),
    "shutdown during grace": ([(1, STOPPED), (2, "watch"), (3, "kill"), (3, "watch")], ["TERM", "KILL"], [STOPPED]),
}


@pytest.mark.parametrize(("steps", "signals", "announced"), SCENARIOS.values(), ids=SCENARIOS)
def test_signals(steps, signals, announced):
    now = [0.0]
    control, process, heard = StopControl(), Process(), []
    supervisor = Supervisor(
        control,
        grace_period_in_seconds=10,
        runtime_in_seconds=100,
        on_signal=heard.append,
        clock=lambda: now[0],
    )
    for at, step in steps:
        now[0] = at
        if step == "watch":
            supervisor.watch(process)
        elif step == "kill":
            control.kill()
        else:
            control.request(step)
    assert process.signals == signals
    assert heard == announced
    assert supervisor.has_signalled is bool(signals)


def test_an_interruption_is_forgotten_and_a_stop_is_not():
    control = StopControl()
    control.check()
    control.request(INTERRUPTED)
    with pytest.raises(JobStoppedError):
        control.check()
    control.forget_interruption()
    control.check()
    control.request(INTERRUPTED)
    control.request(STOPPED)
    control.forget_interruption()
    assert control.requested is STOPPED
