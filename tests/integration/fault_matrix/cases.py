"""What is done to which task, and what must come of it: the rows of the matrix."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from enum import StrEnum

from airflow_sm_training.local.faults import Fault
from tests.integration.fault_matrix.cluster import API_SERVER, IS_AIRFLOW_2, SCHEDULER, TRIGGERERS
from tests.integration.fault_matrix.points import Point


class Deed(StrEnum):
    """What people and machines do to a task that waits for its job."""

    KILL_TASK = "the waiting process"
    KILL_TASK_AND_SUPERVISOR = "the waiting process and its supervisor"
    KILL_ITS_TRIGGERER = "the triggerer that waits"
    KILL_BOTH_TRIGGERERS = "both triggerers"
    KILL_SCHEDULER = "scheduler, its workers live on"
    KILL_SCHEDULER_AND_WORKERS = "scheduler and workers"
    KILL_API_SERVER = "API server"
    KILL_DATABASE = "database"
    RESTART_TRIGGERERS = "both triggerers, in order"
    CLEAR = "cleared"
    MARK_FAILED = "marked failed"
    MARK_SUCCESS = "marked success"
    FAIL_RUN = "run failed"


# More tasks at once keep a machine of two cores so busy that Airflow takes its own scheduler for dead.
_SIDE_BY_SIDE = 13

# A user's deeds end the task, or begin it anew; they leave the other tasks alone.
ENDING = {Deed.MARK_FAILED: "failed", Deed.MARK_SUCCESS: "success", Deed.FAIL_RUN: "failed"}
_DEATHS_THAT_AIRFLOW_2_SETTLES = {Deed.KILL_TASK, Deed.KILL_TASK_AND_SUPERVISOR, Deed.KILL_DATABASE}
COMPONENTS = {
    Deed.KILL_BOTH_TRIGGERERS: TRIGGERERS,
    Deed.RESTART_TRIGGERERS: TRIGGERERS,
    Deed.KILL_SCHEDULER: (SCHEDULER,),
    Deed.KILL_SCHEDULER_AND_WORKERS: (SCHEDULER,),
    Deed.KILL_API_SERVER: (API_SERVER,),
}


@dataclass(frozen=True, slots=True)
class Case:
    """
    One row of the matrix.

    :param name: what happens.
    :param deferrable: whether the task waits in the triggerer.
    :param points: where its process dies, in this order of tries.
    :param with_supervisor: whether the supervisor of the process dies with it, so that only silence tells.
    :param deed: what is done while it waits.
    :param faults: of its endpoint.
    :param jobs: how many jobs may be created: one for each epoch and generation.
    :param stops: how many StopTrainingJob must arrive.
    :param short: whether it is in the short version, too.
    """

    name: str
    deferrable: bool = True
    points: tuple[Point, ...] = ()
    with_supervisor: bool = False
    deed: Deed | None = None
    faults: tuple[Fault, ...] = ()
    jobs: int = 1
    stops: int = 0
    short: bool = False

    @property
    def path(self):
        return "deferrable" if self.deferrable else "synchronous"

    @property
    def slug(self):
        return re.sub(r"[^a-z0-9]+", "_", f"{self.name} {self.path}".lower()).strip("_")

    @property
    def dag_id(self):
        return self.slug

    @property
    def connection_id(self):
        return f"aws_{self.slug}"

    @property
    def ends(self):
        """The state in which the task must end."""
        return ENDING.get(self.deed, "success")

    @property
    def may_be_ended_in_order(self):
        """
        Whether Airflow may end a try with SIGTERM by itself.

        Airflow 2 does when a worker loses the database, and when the scheduler settles the death of one try while the
        next one has begun ("externally set to up_for_retry").
        """
        return IS_AIRFLOW_2 and (bool(self.points) or self.deed in _DEATHS_THAT_AIRFLOW_2_SETTLES)

    @property
    def is_alone(self):
        """Whether the deed strikes the tasks of other cases, too."""
        return self.deed in COMPONENTS or self.deed in {Deed.KILL_ITS_TRIGGERER, Deed.KILL_DATABASE}

    @property
    def is_possible(self):
        return not (IS_AIRFLOW_2 and self.deed is Deed.KILL_API_SERVER)


def _killed_at(point, **more):
    return Case(f"killed: {point}", points=(point,), **more)


def _slow_create():
    return (Fault("latency", ["CreateTrainingJob"], seconds=2.0, times=1),)


_CASES = (
    _killed_at(Point.BEFORE_CREATE),
    _killed_at(Point.CREATE_UNDER_WAY, faults=_slow_create()),
    _killed_at(Point.CREATED, short=True),
    _killed_at(Point.NAMED),
    _killed_at(Point.PUBLISHED),
    _killed_at(Point.RESUMED, short=True),
    _killed_at(Point.RESULT_IN_HAND),
    _killed_at(Point.RESULT_RETURNED),
    Case("killed three times", points=(Point.CREATED, Point.PUBLISHED, Point.RESUMED)),
    Case("worker lost: created, nothing recorded", points=(Point.CREATED,), with_supervisor=True),
    Case("worker lost: job ended, result not looked at", points=(Point.RESUMED,), with_supervisor=True),
    Case("create's response lost", faults=(Fault("lose_response", ["CreateTrainingJob"], times=1),), short=True),
    Case("50 % throttled", faults=(Fault("throttle", rate=0.5, seed=1),)),
    Case("50 % answered with 5xx", faults=(Fault("server_error", rate=0.5, seed=2),)),
    Case("30 % of connections reset", faults=(Fault("reset", rate=0.3, seed=3),)),
    Case("30 % of responses lost", faults=(Fault("lose_response", ["sagemaker:*"], rate=0.3, seed=4),)),
    Case("2 s latency", faults=(Fault("latency", ["sagemaker:*"], seconds=2.0),)),
    Case(
        "killed and throttled",
        points=(Point.CREATED, Point.RESUMED),
        faults=(Fault("throttle", rate=0.5, seed=5),),
    ),
    Case("user: cleared", deed=Deed.CLEAR, jobs=2, stops=1, short=True),
    Case("user: marked failed", deed=Deed.MARK_FAILED, stops=1, short=True),
    Case("user: marked success", deed=Deed.MARK_SUCCESS, stops=1),
    Case("user: run failed", deed=Deed.FAIL_RUN, stops=1, short=True),
    Case(f"killed: {Deed.KILL_ITS_TRIGGERER}", deed=Deed.KILL_ITS_TRIGGERER, short=True),
    Case(f"killed: {Deed.KILL_BOTH_TRIGGERERS}", deed=Deed.KILL_BOTH_TRIGGERERS),
    Case(f"restarted: {Deed.RESTART_TRIGGERERS}", deed=Deed.RESTART_TRIGGERERS),
    Case(f"killed: {Deed.KILL_SCHEDULER}", deed=Deed.KILL_SCHEDULER),
    Case(f"killed: {Deed.KILL_SCHEDULER_AND_WORKERS}", deed=Deed.KILL_SCHEDULER_AND_WORKERS),
    Case(f"killed: {Deed.KILL_API_SERVER}", deed=Deed.KILL_API_SERVER),
    Case(f"killed: {Deed.KILL_DATABASE}", deed=Deed.KILL_DATABASE),
)
_SYNCHRONOUS_ONLY = (
    Case(f"killed: {Deed.KILL_TASK}", deed=Deed.KILL_TASK, short=True),
    Case(f"worker lost: {Deed.KILL_TASK}", deed=Deed.KILL_TASK_AND_SUPERVISOR),
)


def all_cases():
    """Return every case, on both paths where it exists."""
    both = [replace(case, deferrable=deferrable) for case in _CASES for deferrable in (True, False)]
    alone = [replace(case, deferrable=False) for case in _SYNCHRONOUS_ONLY]
    return [case for case in (*both, *alone) if case.is_possible]


def phases(cases):
    """Return the cases in groups that go side by side: what strikes everybody has its own, and no group is too many."""
    together = [case for case in cases if not case.is_alone]
    deeds = dict.fromkeys(case.deed for case in cases if case.is_alone)
    return [
        *batched(together, _SIDE_BY_SIDE),
        *([case for case in cases if case.deed is deed] for deed in deeds),
    ]


def batched(items, size):
    """Return the items in lists of at most ``size``: itertools has it from Python 3.12."""
    return [items[start : start + size] for start in range(0, len(items), size)]
