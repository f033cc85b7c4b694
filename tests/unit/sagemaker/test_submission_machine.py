"""The law of submission: whatever happens to the tries of a task instance, it has at most one job that runs."""

from __future__ import annotations

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from airflow_sm_training.sagemaker.errors import ServiceUnavailable
from airflow_sm_training.sagemaker.naming import TaskInstanceIdentity
from airflow_sm_training.sagemaker.request import TrainingJobRequest
from airflow_sm_training.sagemaker.statuses import TrainingJobStatus as Status
from airflow_sm_training.sagemaker.submission import Decision, SubmissionProtocol
from tests.unit.sagemaker.in_memory import InMemorySageMaker

DERIVED, NAMED = TrainingJobRequest({}), TrainingJobRequest({"TrainingJobName": "nightly"})
ALIVE = {Status.IN_PROGRESS, Status.STOPPING}


class WorkerDied(Exception):
    """SIGKILL: nothing after it runs."""


class UnreliableSageMaker(InMemorySageMaker):
    """Calls can end before or after they took effect, by the death of the worker or by a lost response."""

    def __init__(self):
        super().__init__()
        self.trouble = {}
        self.during_create = None

    def create_training_job(self, request):
        self._maybe("before create")
        if self.during_create:
            other, self.during_create = self.during_create, None
            other()
        arn = super().create_training_job(request)
        self._maybe("after create")
        return arn

    def describe_training_job(self, training_job_name, *, with_tags=False):
        self._maybe("before describe")
        return super().describe_training_job(training_job_name, with_tags=with_tags)

    def stop_training_job(self, training_job_name):
        stopped = super().stop_training_job(training_job_name)
        self._maybe("after stop")
        return stopped

    def _maybe(self, point):
        error = self.trouble.pop(point, None)
        if error:
            raise error(point)


TROUBLES = st.dictionaries(
    st.sampled_from(["before create", "after create", "before describe", "after stop"]),
    st.sampled_from([WorkerDied, ServiceUnavailable]),
    max_size=2,
)


class Submissions(RuleBasedStateMachine):
    """Tries, clears, crashes, lost responses, two workers at once, jobs that end, users that stop."""

    request = DERIVED

    def __init__(self):
        super().__init__()
        self.sagemaker = UnreliableSageMaker()
        self.epoch = 1

    def submit(self):
        identity = TaskInstanceIdentity("dag", "task", "run", epoch=self.epoch)
        completed = [name for name, (status, tags) in self.sagemaker.jobs.items() if self.is_finished(status, tags)]
        submission = SubmissionProtocol(self.sagemaker, identity).submit(self.request)
        name = submission.training_job_name
        assert self.sagemaker.jobs[name][1]["airflow:epoch"] == str(self.epoch)
        if completed:
            assert (submission.decision, name) == (Decision.FINISHED, completed[0])
        else:
            assert self.sagemaker.jobs[name][0] == Status.IN_PROGRESS

    def is_finished(self, status, tags):
        return status == Status.COMPLETED and tags["airflow:epoch"] == str(self.epoch)

    def alive(self):
        return [name for name, (status, _) in self.sagemaker.jobs.items() if status in ALIVE]

    @rule(trouble=TROUBLES)
    def try_once(self, trouble):
        self.sagemaker.trouble = dict(trouble)
        try:
            self.submit()
        except (WorkerDied, ServiceUnavailable):
            pass
        finally:
            self.sagemaker.trouble = {}

    @rule()
    def two_workers_at_once(self):
        self.sagemaker.during_create = self.submit
        self.submit()
        self.sagemaker.during_create = None

    @rule()
    def clear(self):
        self.epoch += 1

    @precondition(lambda self: self.alive())
    @rule(end=st.sampled_from([Status.COMPLETED, Status.FAILED, Status.STOPPED, Status.STOPPING]), data=st.data())
    def job_goes_on(self, end, data):
        self.sagemaker.jobs[data.draw(st.sampled_from(self.alive()))][0] = end

    @precondition(lambda self: self.sagemaker.jobs)
    @rule(data=st.data())
    def ended_job_is_deleted(self, data):
        ended = [name for name, (status, _) in self.sagemaker.jobs.items() if status not in ALIVE]
        # Only the newest: a gap in the generations is not something that this protocol makes.
        if ended and list(self.sagemaker.jobs)[-1] == ended[-1]:
            self.sagemaker.jobs[ended[-1]][0] = Status.DELETING

    @invariant()
    def at_most_one_job_runs(self):
        assert len(self.alive()) <= 1, self.sagemaker.jobs


class SubmissionsUnderAName(Submissions):
    request = NAMED


TestDerivedName = Submissions.TestCase
TestNameOfTheUser = SubmissionsUnderAName.TestCase
for _case in (TestDerivedName, TestNameOfTheUser):
    _case.settings = settings(max_examples=150, stateful_step_count=30, deadline=None)
del _case
