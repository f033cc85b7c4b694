"""What the demo shows on the terminal: live where there is one, plain lines where there is none."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from airflow_sm_training.demo.tables import live_view, log_panel, plain_line, result_table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from rich.console import Console

    from airflow_sm_training.demo.failures import DemoFailed
    from airflow_sm_training.demo.report import Report
    from airflow_sm_training.demo.training_run import Snapshot


class Screen:
    """
    The demo's output.

    :param console: where to; default is standard output
    """

    def __init__(self, console: Console | None = None) -> None:
        from rich.console import Console  # noqa: PLC0415

        # A pipe or a CI log has no width of its own: don't break S3 URIs at 80 columns there.
        self._console = console or Console(highlight=False)
        if not self._console.is_terminal:
            self._console.width = max(self._console.width, 120)

    def say(self, text: str) -> None:
        """Write one line."""
        self._console.print(text, soft_wrap=True)

    @contextmanager
    def working(self, text: str) -> Iterator[None]:
        """Show that something takes its time."""
        if not self._console.is_terminal:
            self.say(f"{text} …")
            yield
            return
        with self._console.status(text):
            yield

    @contextmanager
    def watching(self) -> Iterator[Callable[[Snapshot], None]]:
        """Give a function that shows the latest snapshot."""
        if self._console.is_terminal:
            from rich.live import Live  # noqa: PLC0415

            with Live(console=self._console, refresh_per_second=4) as live:
                yield lambda snapshot: live.update(live_view(snapshot))
        else:
            yield self._plain()

    def result(self, report: Report) -> None:
        """Show what came out."""
        self._console.print(log_panel("The end of the task's log", report.task_log))
        self._console.print(result_table(report))

    def failure(self, failed: DemoFailed) -> None:
        """Show what went wrong."""
        if failed.log:
            self._console.print(log_panel("The last lines of its log", failed.log))
        self._console.print(f"[bold red]The demo failed.[/] {_escaped(failed.reason)}", soft_wrap=True)

    def _plain(self) -> Callable[[Snapshot], None]:
        shown: list[Any] = [None]

        def show(snapshot: Snapshot) -> None:
            line = plain_line(snapshot)
            if line != shown[0]:
                self._console.print(f"{snapshot.seconds:6.1f} s  {_escaped(line)}", soft_wrap=True)
                shown[0] = line

        return show


def _escaped(text: str) -> str:
    from rich.markup import escape  # noqa: PLC0415

    return escape(text)
