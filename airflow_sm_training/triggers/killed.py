"""
Has the task of a trigger been killed, or has the trigger only moved? And how to get something done about it in time.

Airflow runs a trigger's ``on_kill`` when a user marks the deferred task, clears it or fails its run, but also when the
trigger moves to another triggerer; before 3.3 there is no ``on_kill``, and a cancelled ``run`` means any of it. The
state of the task tells these apart.
"""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING, Any

from airflow_sm_training.compat import TaskInstanceState, read_state, read_xcom

if TYPE_CHECKING:
    from collections.abc import Coroutine

_unfinished: set[asyncio.Task[None]] = set()


async def is_still_wanted(task_instance: Any, training_job_name: str) -> bool:
    """
    Whether a deferred task still waits for this job, somewhere.

    :param task_instance: the task instance that the triggerer gave to the trigger.
    :param training_job_name: the job. A task that was cleared and is deferred again waits for another one.
    """
    from asgiref.sync import sync_to_async  # noqa: PLC0415

    if await sync_to_async(read_state)(task_instance) != TaskInstanceState.DEFERRED:
        return False
    awaited = await sync_to_async(read_xcom)(task_instance, "training_job_name")
    return awaited in (None, training_job_name)


async def finish_regardless(work: Coroutine[Any, Any, None]) -> None:
    """
    Return when the work is done, however often this coroutine is cancelled meanwhile.

    Airflow promises ``on_kill`` thirty seconds and cancels it again after one. The work needs an end of its own.

    :param work: what has to be done; its exceptions are raised here.
    """
    task = asyncio.create_task(work)
    _unfinished.add(task)  # the event loop alone would not keep it
    task.add_done_callback(_unfinished.discard)
    while not task.done():
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.shield(task)
    task.result()
