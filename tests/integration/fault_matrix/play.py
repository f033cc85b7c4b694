"""Play one case to its end and count at the endpoint what came of it."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

from airflow_sm_training.sagemaker.statuses import TERMINAL_STATUSES
from tests.integration.fault_matrix import user
from tests.integration.fault_matrix.cases import COMPONENTS, ENDING, Deed
from tests.integration.fault_matrix.cluster import SCHEDULER

_SECONDS_TO_WAIT = 240
_SECONDS_TO_END = 180
# A triggerer that misses its database ends by itself, at its next heartbeat.
_SECONDS_TO_NOTICE = 12


@dataclass(frozen=True, slots=True)
class Outcome:
    """
    What came of a case.

    :param jobs: jobs created.
    :param stops: StopTrainingJob requests received.
    :param left_running: jobs that have not ended.
    :param state: of the task.
    :param tries: how often the task was started.
    :param seconds: how long it took.
    :param trouble: what else is wrong; empty if nothing is.
    """

    case: object
    jobs: int = 0
    stops: int = 0
    left_running: int = 0
    state: str | None = None
    tries: int = 0
    seconds: float = 0.0
    trouble: str = ""

    @property
    def stops_expected(self):
        # A task that is ended in order stops its job, and the retry trains anew: the next generation.
        return self.stops if self.case.may_be_ended_in_order and self.stops in {0, 1} else self.case.stops

    @property
    def jobs_expected(self):
        """One for each epoch and generation."""
        return self.case.jobs + self.stops_expected - self.case.stops

    @property
    def is_right(self):
        found = (self.jobs, self.stops, self.left_running, self.state)
        return not self.trouble and found == (self.jobs_expected, self.stops_expected, 0, self.case.ends)


def outcome_of(stage, started):
    """Count."""
    case = stage.case
    state, tries, _ = stage.task() or (None, 0, None)
    stops = stage.endpoint.requests["StopTrainingJob"]
    jobs = stage.jobs()
    trouble = ""
    if state == "success" and case.deed not in ENDING and "Completed" not in stage.result():
        trouble = f"the task handed on {stage.result()[:80]!r}"
    running = [job for job in jobs if job["TrainingJobStatus"] not in TERMINAL_STATUSES]
    return Outcome(case, len(jobs), stops, len(running), state, tries, time.monotonic() - started, trouble)


def play(stages, cluster):
    """
    Play cases side by side.

    :param stages: the stages of the cases; their DAGs have been handed to Airflow.
    :param cluster: Airflow.
    :return: the outcomes, in the same order.
    """
    started = time.monotonic()
    with ThreadPoolExecutor(len(stages)) as threads:
        if not stages[0].case.is_alone:
            return list(threads.map(lambda stage: _outcome(stage, started, _wait, strike, play_to_the_end), stages))
        # A part of Airflow is killed when all of them wait.
        early = list(threads.map(lambda stage: _trouble(stage, _wait), stages))
        strike_all(stages, cluster)
        outcomes = list(threads.map(lambda stage: _outcome(stage, started, _wait, play_to_the_end), stages))
    return [
        replace(outcome, trouble=outcome.trouble or trouble) for outcome, trouble in zip(outcomes, early, strict=True)
    ]


def _wait(stage):
    stage.wait_until_it_waits(_SECONDS_TO_WAIT)


def _outcome(stage, started, *steps):
    trouble = _trouble(stage, *steps)
    outcome = outcome_of(stage, started)
    return replace(outcome, trouble=trouble or outcome.trouble)


def _trouble(stage, *steps):
    """Take the steps; return what went wrong, for one case must not keep the others from being played."""
    try:
        for step in steps:
            step(stage)
    except Exception as error:  # noqa: BLE001
        return f"{type(error).__name__}: {error}"
    return ""


def play_to_the_end(stage):
    """Let the job end, unless the task has been ended, and wait for what that comes to."""
    if stage.case.deed in ENDING:
        stage.eventually(lambda: all(job["TrainingJobStatus"] in TERMINAL_STATUSES for job in stage.jobs()), 60)
        time.sleep(2)  # a second stop would come with the triggerer's next cancel
    else:
        stage.let_the_job_end()
        stage.wait_until_it_has_ended(_SECONDS_TO_END)


def strike(stage):
    """Do to the task of a case what is meant for it alone."""
    case, cluster = stage.case, stage.cluster
    if case.deed in (Deed.KILL_TASK, Deed.KILL_TASK_AND_SUPERVISOR):
        stage.kill_task(with_supervisor=case.deed is Deed.KILL_TASK_AND_SUPERVISOR)
        stage.wait_until_it_waits(_SECONDS_TO_WAIT)
    elif case.deed is Deed.CLEAR:
        user.clear(cluster, case.dag_id, stage.run_id())
        stage.eventually(lambda: len(stage.jobs()) == case.jobs, _SECONDS_TO_WAIT)
        stage.wait_until_it_waits(_SECONDS_TO_WAIT)
    elif case.deed is Deed.FAIL_RUN:
        user.fail_run(cluster, case.dag_id, stage.run_id())
    elif case.deed in ENDING:
        user.mark(cluster, case.dag_id, stage.run_id(), ENDING[case.deed])


def strike_all(stages, cluster):
    """Kill a part of Airflow, and start it again."""
    deed = stages[0].case.deed
    if deed is Deed.KILL_DATABASE:
        cluster.database.kill()
        time.sleep(3)
        cluster.database.start()
        cluster.revive(_SECONDS_TO_NOTICE)
        # A scheduler that lost its database hangs at its end: a liveness probe would do this.
        cluster.kill(SCHEDULER, whole=False)
        cluster.start(SCHEDULER)
        return
    components = COMPONENTS.get(deed) or {stage.task()[2] for stage in stages if stage.case.deferrable}
    for component in components:
        if deed is Deed.RESTART_TRIGGERERS:
            cluster.end(component)
        else:
            cluster.kill(component, whole=deed is not Deed.KILL_SCHEDULER)
    time.sleep(1)
    for component in components:
        cluster.start(component)
