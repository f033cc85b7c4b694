"""What the poller tells one who watches a job."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from airflow_sm_training.sagemaker.errors import ServiceUnavailable
    from airflow_sm_training.sagemaker.reader import Described


@dataclass(slots=True)
class News:
    """
    What came since it was taken last.

    :param described: the latest description; it holds everything that earlier ones said.
    :param error: why the watch cannot go on.
    :param trouble: why SageMaker cannot be asked now, how often in a row it could not, and seconds until the next try.
    :param is_answer: whether SageMaker answers again.
    :param notices: what else people should know.
    """

    described: Described | None = None
    error: Exception | None = None
    trouble: tuple[ServiceUnavailable, int, float] | None = None
    is_answer: bool = False
    notices: list[str] = field(default_factory=list)


class Watcher:
    """
    One who watches a job. There are thousands of them, so they hold next to nothing.

    :param name: the job.
    :param interval: seconds between the looks that it wants.
    :param eager: whether it wants a description at first.
    """

    __slots__ = ("_arrived", "_news", "eager", "interval", "is_in_trouble", "knows_the_cost", "name")

    def __init__(self, name: str, interval: float, *, eager: bool) -> None:
        self.name = name
        self.interval = interval
        self.eager = eager
        self.is_in_trouble = False
        self.knows_the_cost = False
        self._news: News | None = None
        self._arrived: asyncio.Future[None] | None = None

    @property
    def news(self) -> News:
        """What it will take; to be added to before :meth:`wake`."""
        if self._news is None:
            self._news = News()
        return self._news

    def wake(self) -> None:
        """Let it know that there is news."""
        if self._arrived is not None and not self._arrived.done():
            self._arrived.set_result(None)

    def take(self) -> News:
        """Return the news, once."""
        news, self._news = self.news, None
        return news

    async def has_news(self, timeout: float | None) -> bool:  # noqa: ASYNC109 - a scope for each of thousands costs more
        """
        Wait for news.

        :param timeout: seconds after which to return ``False``; ``None``: never.
        """
        if self._news is not None:
            return True
        if timeout is not None and timeout <= 0:
            return False
        loop = asyncio.get_running_loop()
        self._arrived = loop.create_future()
        timer = None if timeout is None else loop.call_later(timeout, self.wake)
        try:
            await self._arrived
        finally:
            self._arrived = None
            if timer is not None:
                timer.cancel()
        return self._news is not None
