"""A job's log lines on their way to CloudWatch Logs."""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

logger = logging.getLogger(__name__)

LOG_GROUP = "/aws/sagemaker/TrainingJobs"

# https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutLogEvents.html
MAX_BATCH_EVENTS = 10_000
MAX_BATCH_BYTES = 1_048_576
MAX_EVENT_BYTES = 262_144
EVENT_OVERHEAD_BYTES = 26

_CAPACITY = 5 * MAX_BATCH_EVENTS
_CAPACITY_BYTES = 16 * MAX_BATCH_BYTES
_ATTEMPTS = 3

Event = tuple[int, str]


def split_message(message: str) -> Iterator[str]:
    """Cut a message into pieces that each fit into one event."""
    limit = MAX_EVENT_BYTES - EVENT_OVERHEAD_BYTES
    encoded = message.encode("utf-8", errors="replace")
    while encoded:
        # Ignoring errors drops the character that the cut went through; it begins the next piece.
        piece = encoded[:limit].decode("utf-8", errors="ignore")
        yield piece
        encoded = encoded[len(piece.encode()) :]


def event_bytes(event: Event) -> int:
    """Return what an event counts against the size of its batch."""
    return len(event[1].encode()) + EVENT_OVERHEAD_BYTES


def batch_length(events: Sequence[Event]) -> int:
    """Count how many events, from the first, fit into one call."""
    total = 0
    for index, event in enumerate(events):
        total += event_bytes(event)
        if index == MAX_BATCH_EVENTS or total > MAX_BATCH_BYTES:
            return index
    return len(events)


class LogShipper:
    """
    Sends log lines in batches, from a thread of its own, so that a slow CloudWatch does not hold up the reading.

    :param client: a boto3 CloudWatch Logs client
    :param stream: name of the log stream
    :param interval_in_seconds: how long a line waits for others at most
    :param clock: seconds since the epoch
    """

    def __init__(
        self,
        client: Any,
        stream: str,
        *,
        interval_in_seconds: float = 0.25,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._client = client
        self._stream = stream
        self._interval = interval_in_seconds
        self._clock = clock
        self._events: deque[Event] = deque()
        self._size = 0
        self._last = 0
        self._has_room = threading.Condition()
        self._over = threading.Event()
        self._has_stream = False
        self._has_warned = False
        self._is_discarding = False
        self._thread = threading.Thread(target=self._ship, name=f"logs of {stream}", daemon=True)
        self._thread.start()

    def add(self, message: str) -> None:
        """Queue a line, with the time of now. CloudWatch takes no empty messages, so an empty line is left out."""
        with self._has_room:
            # A clock that was set back would make CloudWatch reject the whole batch.
            self._last = max(self._last, int(self._clock() * 1000))
            for piece in split_message(message):
                event = (self._last, piece)
                self._events.append(event)
                self._size += event_bytes(event)

    def wait_for_room(self, timeout_in_seconds: float) -> bool:
        """Whether another line can be queued without piling up memory, waiting for it if need be."""
        with self._has_room:
            return self._has_room.wait_for(self._is_below_capacity, timeout_in_seconds)

    def close(self, *, discard: bool = False) -> None:
        """
        Send what is queued and end the thread.

        :param discard: forget what is queued instead
        """
        self._is_discarding = discard
        self._over.set()
        self._thread.join()

    def _is_below_capacity(self) -> bool:
        return len(self._events) < _CAPACITY and self._size < _CAPACITY_BYTES

    def _ship(self) -> None:
        while not self._over.wait(self._interval):
            self._send_all()
        self._send_all()

    def _send_all(self) -> None:
        while not self._is_discarding and (batch := self._next_batch()):
            self._send(batch)
            with self._has_room:
                for event in batch:
                    self._events.popleft()
                    self._size -= event_bytes(event)
                self._has_room.notify_all()

    def _next_batch(self) -> list[Event]:
        with self._has_room:
            candidates = [event for event, _ in zip(self._events, range(MAX_BATCH_EVENTS), strict=False)]
        return candidates[: batch_length(candidates)]

    def _send(self, batch: Sequence[Event]) -> None:
        """Send a batch, or give it up after a few attempts. Once lines were lost, the next batches get one attempt."""
        for attempt in range(1, 2 if self._has_warned else _ATTEMPTS + 1):
            if attempt > 1:
                self._over.wait(self._interval)
            try:
                self._put(batch)
            except Exception as error:  # noqa: BLE001  # a job goes on whatever becomes of its log
                self._has_stream = False
                failure = error
            else:
                return
        self._warn(failure)

    def _put(self, batch: Sequence[Event]) -> None:
        if not self._has_stream:
            _create(self._client.create_log_group, logGroupName=LOG_GROUP)
            _create(self._client.create_log_stream, logGroupName=LOG_GROUP, logStreamName=self._stream)
            self._has_stream = True
        events = [{"timestamp": timestamp, "message": message} for timestamp, message in batch]
        self._client.put_log_events(logGroupName=LOG_GROUP, logStreamName=self._stream, logEvents=events)

    def _warn(self, error: Exception) -> None:
        if not self._has_warned:
            logger.warning("Log lines of %s were lost, as CloudWatch Logs does not take them: %s", self._stream, error)
            self._has_warned = True


def _create(create: Any, **names: str) -> None:
    from botocore.exceptions import ClientError

    try:
        create(**names)
    except ClientError as error:
        if error.response.get("Error", {}).get("Code") != "ResourceAlreadyExistsException":
            raise
