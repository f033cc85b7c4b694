"""What can go wrong in the demo, said so that the reader knows what to do."""

from __future__ import annotations


class DemoFailed(Exception):
    """
    The demo did not train its model.

    :param reason: which component failed, and how
    :param log: the last lines that this component logged
    """

    def __init__(self, reason: str, log: list[str] | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.log = log or []


class Interrupted(BaseException):
    """
    Somebody asked the demo to end. Not an ``Exception``, so that nothing but the clean-up runs on its way out.

    :param signal_number: the signal that said so
    """

    def __init__(self, signal_number: int) -> None:
        super().__init__(signal_number)
        self.signal_number = signal_number
