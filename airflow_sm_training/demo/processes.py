"""Ends a process and all it has started."""

from __future__ import annotations

import contextlib
import os
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import psutil


def end_session(session_id: int, grace_seconds: float = 15.0) -> None:
    """
    End every process of a session: SIGTERM to all, SIGKILL to those that are still there after the grace period.

    Airflow puts each task into a process group of its own, and what a component leaves behind when it dies has no
    parent any more: the session is what all of them still share.

    :param session_id: the process id of the first process, which was started with ``start_new_session``
    :param grace_seconds: how long they may take to end by themselves
    """
    import psutil  # noqa: PLC0415

    members = _members(session_id)
    _signal(members, "terminate")
    psutil.wait_procs(members, timeout=grace_seconds)
    # What was starting while the others were told to end has not been told itself.
    kill_session(session_id)


def kill_session(session_id: int) -> None:
    """
    Kill every process of a session with SIGKILL, as a machine that loses its power would.

    :param session_id: the process id of the first process
    """
    import psutil  # noqa: PLC0415

    deadline = time.monotonic() + 5
    while (members := _members(session_id)) and time.monotonic() < deadline:
        _signal(members, "kill")
        psutil.wait_procs(members, timeout=1)


def _members(session_id: int) -> list[psutil.Process]:
    import psutil  # noqa: PLC0415

    members = []
    for process in psutil.process_iter():
        with contextlib.suppress(OSError, psutil.NoSuchProcess):
            if os.getsid(process.pid) == session_id and process.status() != psutil.STATUS_ZOMBIE:
                members.append(process)
    return members


def _signal(processes: list[psutil.Process], method: str) -> None:
    import psutil  # noqa: PLC0415

    for process in processes:
        with contextlib.suppress(psutil.NoSuchProcess):
            getattr(process, method)()
