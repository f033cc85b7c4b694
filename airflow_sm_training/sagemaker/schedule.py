"""
When to ask SageMaker, and for what: the decisions of the poll loop, without its input and output.

One List answers for all jobs at once, a Describe for one. So many jobs are watched by listing what was modified lately,
and described only if the list shows something new; a few jobs are described each, which is as cheap and shows more.
What List leaves out once, another look further back finds, and now and then each job is described whatever List says.

Times are seconds of the loop's clock; only what goes to SageMaker and comes from it is wall-clock time.
"""

from __future__ import annotations

import heapq
import random
from typing import TYPE_CHECKING

from airflow_sm_training.sagemaker.backoff import SharedBackoff
from airflow_sm_training.sagemaker.polling import BEFORE_EVERYTHING, NEVER, Listing, Plan, State, Urgency, WatchedJob
from airflow_sm_training.sagemaker.statuses import TrainingJobStatus, is_terminal

if TYPE_CHECKING:
    from collections.abc import Iterable

    from airflow_sm_training.sagemaker.backoff import Random

# Up to so many jobs are described each, and so many newcomers at once: one round trip, and nothing is missed.
_FEW_JOBS = 3
_FEW_NEWCOMERS = 10
_MOST_PAGES = 200
# A list may lack what was modified a moment ago, and its times are whole seconds.
_SHORTEST_OVERLAP, _LONGEST_OVERLAP = 5.0, 60.0
_LOOK_FURTHER_BACK_EVERY, _FURTHER_BACK = 300.0, 1200.0
_LIST_AGAIN_AFTER_DENIAL, _LIST_AGAIN_AFTER_TROUBLE, _LIST_AGAIN_AFTER_TOO_MANY_PAGES = 900.0, 60.0, 300.0
_PAGES_ARE_KNOWN_FOR = 300.0
_TOO_MANY_LIST_FAILURES = 3
_ROUTINE_DESCRIBE_EVERY_SECONDS, _ROUTINE_DESCRIBE_EVERY_POLLS = 300.0, 10
_ROUTINE_DESCRIBES_PER_POLL = 1.0


class Schedule:
    """
    Decides. Every answer, failure, arrival and departure is told to it.

    :param rng: source of randomness; the process's own without it.
    """

    def __init__(self, rng: Random | None = None) -> None:
        self.jobs: dict[str, WatchedJob] = {}
        self.backoff = SharedBackoff(rng)
        self._rng: Random = rng or random
        self._newcomers: dict[str, None] = {}
        self._wanted: list[tuple[Urgency, int, str]] = []
        self._wants = 0
        self._look_at = NEVER
        self._listing: Listing | None = None
        self._listed_at = self._looked_back_at = BEFORE_EVERYTHING
        self._since: float | None = None
        self._pages, self._pages_known_until = 1, BEFORE_EVERYTHING
        self._list_failures = 0
        self._list_from = BEFORE_EVERYTHING

    def watch(self, name: str, interval: float, *, eager: bool) -> None:
        """
        Take a job up, or look at one that is watched already as somebody new wants it.

        :param name: the job.
        :param interval: the shortest interval that somebody wants.
        :param eager: whether somebody wants a description at first.
        """
        job = self.jobs.get(name)
        if job is None:
            self.jobs[name] = WatchedJob(interval, eager)
            self._newcomers[name] = None
        else:
            self.relax(name, interval)
            self.hurry(name)

    def relax(self, name: str, interval: float) -> None:
        """
        Change the interval of a job.

        :param name: the job.
        :param interval: the shortest interval that somebody wants, in seconds.
        """
        job = self.jobs[name]
        job.interval = interval
        self._look_at = min(self._look_at, self._due_at(job))

    def forget(self, name: str) -> None:
        """Let a job go that nobody watches any more."""
        del self.jobs[name]
        self._newcomers.pop(name, None)

    def hurry(self, name: str) -> None:
        """Describe this job as soon as possible."""
        self._newcomers.pop(name, None)
        self._want(name, self.jobs[name], Urgency.ASKED)

    def describe_by(self, name: str, at: float) -> None:
        """Describe this job at the given time, unless it is described before."""
        job = self.jobs[name]
        job.describe_at = min(job.describe_at, at)
        self._look_at = min(self._look_at, at)

    def next(self, now: float, capacity: int) -> Plan:
        """
        Return what to do now.

        :param now: the time.
        :param capacity: how many Describes can be sent.
        """
        if now < self.backoff.resume_at:
            return Plan(None, (), self.backoff.resume_at)
        listing = None
        if self._listing is None:
            if now >= self._look_at:
                listing = self._look(now)
            if self._newcomers:
                listing = self._welcome(now, listing)
            self._listing = listing
        wake_at = NEVER if self._listing is not None else self._look_at
        return Plan(listing, self._most_urgent(capacity), wake_at)

    def listed(
        self, states: Iterable[tuple[str, State]], *, pages: int, is_complete: bool, server_time: float, now: float
    ) -> None:
        """
        Take note of a list.

        :param states: name and state of each job that it shows, watched or not.
        :param pages: how many pages were read.
        :param is_complete: whether that was all of it.
        :param server_time: SageMaker's time when it answered, in seconds since the epoch.
        :param now: the time.
        """
        listing, self._listing = self._listing, None
        assert listing is not None
        self.backoff.succeeded()
        self._list_failures = 0
        for name, state in states:
            job = self.jobs.get(name)
            if job is not None:
                self._compare(name, job, state, listing.started, now)
        if is_complete:
            self._listed_at, self._since = listing.started, server_time
        if listing.lookback >= _FURTHER_BACK:
            self._looked_back_at = listing.started
        elif is_complete:
            self._pages, self._pages_known_until = max(1, pages), now + _PAGES_ARE_KNOWN_FOR
        else:
            self._list_from = now + _LIST_AGAIN_AFTER_TOO_MANY_PAGES
        self._describe_newcomers(listing.newcomers)
        self._look_at = now

    def not_listed(self, started: float, now: float) -> None:
        """
        Take note that the list failed for a reason that passes.

        :param started: when it was asked for.
        :param now: the time.
        """
        self._list_failures += 1
        if self._list_failures >= _TOO_MANY_LIST_FAILURES:
            self._list_from = now + _LIST_AGAIN_AFTER_TROUBLE
        self._give_up_listing(now + self.backoff.failed(started, now))

    def may_not_list(self, now: float) -> None:
        """Take note that SageMaker refuses to list."""
        self._list_from = now + _LIST_AGAIN_AFTER_DENIAL
        self._give_up_listing(now)

    def described(self, name: str, state: State, started: float, now: float) -> None:
        """
        Take note of a description.

        :param name: the job.
        :param state: its state.
        :param started: when it was asked for.
        :param now: the time.
        """
        self.backoff.succeeded()
        job = self.jobs.get(name)
        if job is not None:
            job.state = state
            job.describe_at = now + self._routine_period(job) * self._rng.uniform(0.5, 1.5)
            self._answered(name, job, started)

    def missing(self, name: str, started: float) -> None:
        """Take note that SageMaker does not know the job, yet."""
        self.backoff.succeeded()
        job = self.jobs.get(name)
        if job is not None:
            self._answered(name, job, started)

    def not_described(self, name: str, started: float, now: float) -> None:
        """Take note that a Describe failed for a reason that passes."""
        delay = self.backoff.failed(started, now)
        job = self.jobs.get(name)
        if job is not None:
            job.is_asked = False
            self.describe_by(name, now + delay)
            job.describe_at = now + delay

    def abandon(self) -> None:
        """Take note that what was asked will never be answered."""
        if self._listing is not None:
            self._give_up_listing(BEFORE_EVERYTHING)
        for name, job in self.jobs.items():
            if job.is_asked:
                job.is_asked = False
                self._push(name, job, Urgency.ASKED if job.wanted is None else job.wanted)

    def _answered(self, name: str, job: WatchedJob, started: float) -> None:
        job.looked_at, job.wanted, job.is_asked = started, None, False
        if job.is_wanted_again:
            job.is_wanted_again = False
            self._want(name, job, Urgency.CHANGED)
        self._look_at = min(self._look_at, self._due_at(job))

    def _look(self, now: float) -> Listing | None:
        """Decide about every job that is due. This is the one place that goes through all of them."""
        due, coming = [], []
        self._look_at = NEVER
        for name, job in self.jobs.items():
            if job.is_asked or name in self._newcomers:
                continue
            if job.describe_at <= now:
                job.describe_at = NEVER
                self._push(name, job, Urgency.ROUTINE if job.wanted is None else job.wanted)
            elif job.state is None and self._due_at(job) <= now:
                self._want(name, job, Urgency.ASKED)
            at = self._due_at(job)
            if at <= now:
                due.append(name)
            else:
                coming.append(at)
            self._look_at = min(self._look_at, at if at > now else NEVER, job.describe_at)
        if not due:
            return None
        # A list now serves also those who would have to be asked about before the earliest are due again.
        horizon = now + min(self.jobs[name].interval for name in due)
        served = len(due) + sum(at <= horizon for at in coming)
        if self._should_list(served, now):
            return self._plan_listing(now, served)
        for name in due:
            self._want(name, self.jobs[name], Urgency.ROUTINE)
        return None

    def _welcome(self, now: float, listing: Listing | None) -> Listing | None:
        """Decide about the jobs that have never been looked at."""
        self._describe_newcomers([name for name in self._newcomers if self.jobs[name].eager])
        names = tuple(self._newcomers)
        if len(names) <= _FEW_NEWCOMERS or not self._should_list(len(names), now):
            self._describe_newcomers(names)
            return listing
        # Most of them were created, and so modified, a moment ago.
        return self._plan_listing(now, len(self.jobs), names)

    def _should_list(self, served: int, now: float) -> bool:
        if now >= self._pages_known_until:
            self._pages = 1
        return served > max(_FEW_JOBS, 2 * self._pages) and now >= self._list_from

    def _plan_listing(self, now: float, served: int, newcomers: tuple[str, ...] = ()) -> Listing:
        look_further_back = bool(newcomers) or now - self._looked_back_at >= _LOOK_FURTHER_BACK_EVERY
        shortest = min(job.interval for job in self.jobs.values())
        overlap = min(max(_SHORTEST_OVERLAP, 2 * shortest), _LONGEST_OVERLAP)
        lookback = _FURTHER_BACK if look_further_back else overlap
        if self._since is None:
            # The first list has to go back to where the descriptions stopped.
            looks = [job.looked_at for job in self.jobs.values() if job.state is not None]
            lookback = max(lookback, now - min(looks, default=now) + overlap)
        return Listing(now, self._since, lookback, min(max(2, served // 2), _MOST_PAGES), newcomers)

    def _give_up_listing(self, look_at: float) -> None:
        listing, self._listing = self._listing, None
        assert listing is not None
        self._describe_newcomers(listing.newcomers)
        self._look_at = min(self._look_at, look_at)

    def _describe_newcomers(self, names: Iterable[str]) -> None:
        for name in names:
            if name in self._newcomers:
                self.hurry(name)

    def _compare(self, name: str, job: WatchedJob, state: State, started: float, now: float) -> None:
        self._newcomers.pop(name, None)
        if job.state is None and state.status == TrainingJobStatus.IN_PROGRESS and not job.eager:
            job.state, job.looked_at, job.wanted = state, started, None
            job.describe_at = now + self._routine_period(job) * self._rng.uniform(0, 1)
        elif job.state is None or any(listed and listed != seen for listed, seen in zip(state, job.state, strict=True)):
            self._want(name, job, Urgency.ENDED if is_terminal(state.status) else Urgency.CHANGED)

    def _due_at(self, job: WatchedJob) -> float:
        if job.wanted is not None:
            return NEVER
        return job.interval + (job.looked_at if job.state is None else max(job.looked_at, self._listed_at))

    def _routine_period(self, job: WatchedJob) -> float:
        polls = max(_ROUTINE_DESCRIBE_EVERY_POLLS, len(self.jobs) / _ROUTINE_DESCRIBES_PER_POLL)
        return max(_ROUTINE_DESCRIBE_EVERY_SECONDS, polls * job.interval)

    def _want(self, name: str, job: WatchedJob, urgency: Urgency) -> None:
        if job.is_asked:
            # The answer that is under way may be older than what is asked for now.
            job.is_wanted_again = True
        elif job.wanted is None or urgency < job.wanted:
            self._push(name, job, urgency)

    def _push(self, name: str, job: WatchedJob, urgency: Urgency) -> None:
        job.wanted = urgency
        self._wants += 1
        heapq.heappush(self._wanted, (urgency, self._wants, name))

    def _most_urgent(self, count: int) -> tuple[str, ...]:
        names: list[str] = []
        while self._wanted and len(names) < count:
            urgency, _, name = heapq.heappop(self._wanted)
            job = self.jobs.get(name)
            if job is not None and job.wanted == urgency and not job.is_asked:
                job.is_asked = True
                names.append(name)
        return tuple(names)
