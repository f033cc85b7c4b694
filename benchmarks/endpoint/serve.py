"""
The endpoint as a process, so that neither its memory nor its CPU is counted with what is measured.

Answers one JSON object a line for each line that it reads: ``age`` moves its clock, ``ends`` tells when jobs ended.
"""

from __future__ import annotations

import json
import sys
import time
from typing import TYPE_CHECKING, Any

from airflow_sm_training.local import LocalSageMaker, Step, Timeline
from airflow_sm_training.local.jobs.scripted import ScriptedDelays
from airflow_sm_training.sagemaker.statuses import SecondaryStatus, is_terminal

if TYPE_CHECKING:
    from airflow_sm_training.local.jobs.store import JobEvent

_TRAINS_FOR_EVER = Timeline([Step(SecondaryStatus.TRAINING, None)])


class _Endpoint:
    def __init__(self) -> None:
        self._seconds_back = 0.0
        self._ends: dict[str, float] = {}

    def now(self) -> float:
        return time.time() - self._seconds_back

    def take_note(self, event: JobEvent) -> None:
        if is_terminal(event.status):
            self._ends[event.job_name] = event.time

    def answer(self, command: dict[str, Any]) -> dict[str, Any]:
        if "age" in command:
            self._seconds_back = float(command["age"])
            return {}
        ends, self._ends = self._ends, {}
        return {"ends": ends}


def main() -> None:
    state = _Endpoint()
    endpoint = LocalSageMaker(
        run_processes=False,
        timeline=_TRAINS_FOR_EVER,
        delays=ScriptedDelays(stop=0.0),
        on_event=state.take_note,
        clock=state.now,
    )
    with endpoint:
        print(json.dumps({"url": endpoint.endpoint_url}), flush=True)
        for line in sys.stdin:  # ends with the program that started it
            print(json.dumps(state.answer(json.loads(line))), flush=True)


if __name__ == "__main__":
    main()
