"""The one poll loop: asks SageMaker for everybody who watches jobs through one client, and hands round what it says."""

from __future__ import annotations

import asyncio
import contextvars
import logging
import math
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from airflow_sm_training.sagemaker.errors import (
    AccessDenied,
    RequestRejected,
    SageMakerTrainingError,
    ServiceUnavailable,
    TrainingJobNotFound,
)
from airflow_sm_training.sagemaker.mailbox import Watcher
from airflow_sm_training.sagemaker.schedule import Schedule
from airflow_sm_training.sagemaker.translation import BAD_CREDENTIALS_CODES, EXPIRED_CODES

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Iterable, Iterator
    from contextlib import AbstractAsyncContextManager

    from airflow_sm_training.sagemaker.backoff import Random
    from airflow_sm_training.sagemaker.polling import Listing
    from airflow_sm_training.sagemaker.reader import TrainingJobReader

    Connect = Callable[[], AbstractAsyncContextManager[TrainingJobReader]]

_log = logging.getLogger(__name__)

# SageMaker may not show a job to Describe in the first moments after it was created.
_VISIBLE_AFTER_SECONDS = 60.0
# Fewer than the connections of the client, so that a List or a Stop never waits for one.
_MOST_DESCRIBES = 24
# Telling a thousand tasks at once would hold the event loop up.
_TOLD_AT_ONCE = 50
_NO_LISTING = (
    "Describing each job by itself: this connection may not list training jobs. With the permission "
    "sagemaker:ListTrainingJobs one request would do for up to a hundred jobs."
)


class Poller:
    """
    Runs while somebody watches, in a task of its own that belongs to none of the watchers.

    :param connect: opens the reader; again after the credentials were refused.
    :param on_over: called when it ends, because the last watcher has left or nobody can go on. Who comes then needs
        another one.
    :param now: the wall-clock time, in seconds since the epoch.
    :param rng: source of randomness; the process's own without it.
    """

    def __init__(
        self,
        connect: Connect,
        *,
        on_over: Callable[[Poller], object] = lambda _: None,
        now: Callable[[], float] = time.time,
        rng: Random | None = None,
    ) -> None:
        self._loop = asyncio.get_running_loop()
        self._connect = connect
        self._on_over = on_over
        self.is_over = False
        self._now = now
        self._schedule = Schedule(rng)
        self._watchers: dict[str, list[Watcher]] = {}
        self._arrived: dict[str, float] = {}
        self._requests: set[asyncio.Task[None]] = set()
        self._task: asyncio.Task[None] | None = None
        self._woken: asyncio.Future[None] | None = None
        self._has_answered = False
        self._is_stale = False
        self._may_list = True
        self._in_trouble = False

    @contextmanager
    def watching(self, name: str, interval: float, *, eager: bool) -> Iterator[Watcher]:
        """
        Watch a job as long as the context lasts.

        :param name: the job.
        :param interval: seconds between looks.
        :param eager: whether a description is wanted at first.
        """
        watcher = Watcher(name, interval, eager=eager)
        self._watchers.setdefault(name, []).append(watcher)
        self._arrived[name] = self._loop.time()
        self._schedule.watch(name, min(other.interval for other in self._watchers[name]), eager=eager)
        self._wake()
        if self._task is None:
            # Log lines are routed by a context variable: this task must not write into its creator's log.
            self._task = self._loop.create_task(self._run(), context=contextvars.Context())
        try:
            yield watcher
        finally:
            self._leave(watcher)

    def hurry(self, watcher: Watcher) -> None:
        """Describe this watcher's job as soon as possible."""
        self._schedule.hurry(watcher.name)
        self._wake()

    def describe_within(self, watcher: Watcher, seconds: float) -> None:
        """Describe this watcher's job once more within this time, whether it changes or not."""
        self._schedule.describe_by(watcher.name, self._loop.time() + seconds)
        self._wake()

    def _leave(self, watcher: Watcher) -> None:
        others = self._watchers[watcher.name]
        others.remove(watcher)
        if others:
            self._schedule.relax(watcher.name, min(other.interval for other in others))
            return
        del self._watchers[watcher.name], self._arrived[watcher.name]
        self._schedule.forget(watcher.name)
        if not self._watchers:
            self._end()
            if self._task is not None:
                self._task.cancel()

    def _end(self) -> None:
        self.is_over = True
        self._on_over(self)

    async def _run(self) -> None:
        """Each round is the life of one client."""
        while self._watchers:
            started = self._loop.time()
            self._has_answered = self._is_stale = False
            try:
                async with self._connect() as reader:
                    await self._ask(reader)
                    reader.discard()
            except ServiceUnavailable as error:
                delay = self._schedule.backoff.failed(started, self._loop.time())
                await self._tell_trouble(error, 1, delay)
                await asyncio.sleep(delay)
            except Exception as error:  # noqa: BLE001 - whatever it is, those who watch must not wait for ever
                self._end()
                await self._fail_all(error)
                return
            else:
                await asyncio.sleep(max(0.0, self._schedule.backoff.resume_at - self._loop.time()))

    async def _ask(self, reader: TrainingJobReader) -> None:
        """Ask until the client is of no use any more."""
        try:
            while not self._is_stale:
                now = self._loop.time()
                plan = self._schedule.next(now, _MOST_DESCRIBES - len(self._requests))
                if plan.listing is not None:
                    self._start(self._list(reader, plan.listing))
                for name in plan.describe:
                    self._start(self._describe(reader, name))
                await self._sleep_until(plan.wake_at)
        finally:
            requests = list(self._requests)
            for request in requests:
                request.cancel()
            await asyncio.gather(*requests, return_exceptions=True)
            self._schedule.abandon()

    def _start(self, request: Coroutine[None, None, None]) -> None:
        task = self._loop.create_task(request)
        self._requests.add(task)
        task.add_done_callback(self._finished)

    def _finished(self, task: asyncio.Task[None]) -> None:
        self._requests.discard(task)
        self._wake()

    async def _sleep_until(self, at: float) -> None:
        self._woken = self._loop.create_future()
        timer = self._loop.call_at(at, self._wake) if at < math.inf else None
        try:
            await self._woken
        finally:
            self._woken = None
            if timer is not None:
                timer.cancel()

    def _wake(self) -> None:
        if self._woken is not None and not self._woken.done():
            self._woken.set_result(None)

    async def _list(self, reader: TrainingJobReader, listing: Listing) -> None:
        after = (self._now() if listing.since is None else listing.since) - listing.lookback
        server_time, pages, token = self._now(), 0, None
        states = []
        try:
            while pages < listing.most_pages:
                page = await reader.list_modified(after, token)
                if not pages and page.server_time is not None:
                    server_time = page.server_time
                states += [(name, state) for name, state in page.states if name in self._watchers]
                pages, token = pages + 1, page.next_token
                if token is None:
                    break
        except ServiceUnavailable as error:
            self._schedule.not_listed(listing.started, self._loop.time())
            await self._failed(error)
        except SageMakerTrainingError as error:
            self._schedule.may_not_list(self._loop.time())
            if self._is_about_credentials(error):
                await self._refused(error)
            elif isinstance(error, (AccessDenied, RequestRejected)):
                self._may_list = False
        except Exception:  # noqa: BLE001 - an odd answer must not end the watch: Describe shows what is wrong, if anything
            _log.exception("Training jobs could not be listed; each is described by itself for now.")
            self._schedule.may_not_list(self._loop.time())
        else:
            self._may_list = True
            now = self._loop.time()
            self._schedule.listed(states, pages=pages, is_complete=token is None, server_time=server_time, now=now)
            await self._succeeded()

    async def _describe(self, reader: TrainingJobReader, name: str) -> None:
        started = self._loop.time()
        try:
            described = await reader.describe(name)
        except ServiceUnavailable as error:
            self._schedule.not_described(name, started, self._loop.time())
            await self._failed(error)
        except TrainingJobNotFound as error:
            is_new = name in self._arrived and self._loop.time() < self._arrived[name] + _VISIBLE_AFTER_SECONDS
            if not (is_new and self._schedule.jobs[name].state is None):
                self._fail_job(name, error)
            self._schedule.missing(name, started)
            await self._succeeded()
        except SageMakerTrainingError as error:
            if self._is_about_credentials(error):
                self._schedule.not_described(name, started, self._loop.time())
                await self._refused(error)
            else:
                self._fail_job(name, error)
                self._schedule.missing(name, started)
        except Exception as error:  # noqa: BLE001 - one odd answer must not end the watch of the other jobs
            self._fail_job(name, error)
            self._schedule.missing(name, started)
        else:
            self._schedule.described(name, described.state, started, self._loop.time())
            for watcher in self._watchers.get(name, ()):
                watcher.news.described = described
                if not self._may_list and not watcher.knows_the_cost:
                    watcher.knows_the_cost = True
                    watcher.news.notices.append(_NO_LISTING)
                watcher.wake()
            await self._succeeded()

    def _is_about_credentials(self, error: SageMakerTrainingError) -> bool:
        return error.code in BAD_CREDENTIALS_CODES

    async def _refused(self, error: SageMakerTrainingError) -> None:
        """Begin again with new credentials, if these were good once; nobody can go on if they never were."""
        if self._is_stale:
            return
        if self._has_answered:
            self._is_stale = True
            self._wake()
        else:
            await self._fail_all(error)

    async def _failed(self, error: ServiceUnavailable) -> None:
        if error.code in EXPIRED_CODES:
            self._is_stale = True
            self._wake()
        backoff = self._schedule.backoff
        if backoff.rounds:
            await self._tell_trouble(error, backoff.rounds + 1, max(0.0, backoff.resume_at - self._loop.time()))

    async def _succeeded(self) -> None:
        self._has_answered = True
        if self._in_trouble:
            self._in_trouble = False
            await self._tell_all((watcher for watcher in self._everybody() if watcher.is_in_trouble), _relieve)

    async def _tell_trouble(self, error: ServiceUnavailable, failures: int, delay: float) -> None:
        self._in_trouble = True

        def tell(watcher: Watcher) -> None:
            watcher.is_in_trouble = True
            watcher.news.trouble = (error, failures, delay)

        await self._tell_all((watcher for watcher in self._everybody() if not watcher.is_in_trouble), tell)

    def _everybody(self) -> Iterator[Watcher]:
        return (watcher for watchers in self._watchers.values() for watcher in watchers)

    def _fail_job(self, name: str, error: Exception) -> None:
        for watcher in self._watchers.get(name, ()):
            _fail(watcher, error)
            watcher.wake()

    async def _fail_all(self, error: Exception) -> None:
        await self._tell_all(self._everybody(), lambda watcher: _fail(watcher, error))

    async def _tell_all(self, watchers: Iterable[Watcher], tell: Callable[[Watcher], None]) -> None:
        for number, watcher in enumerate(list(watchers), 1):
            tell(watcher)
            watcher.wake()
            if number % _TOLD_AT_ONCE == 0:
                await asyncio.sleep(0)


def _fail(watcher: Watcher, error: Exception) -> None:
    watcher.news.error = error


def _relieve(watcher: Watcher) -> None:
    watcher.is_in_trouble = False
    watcher.news.is_answer = True
