"""What the demo shows on the terminal: live where there is one, plain lines where there is none."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from airflow_sm_training.demo.tables import live_view, plain_line, result_rows

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

        self._console = console or Console(highlight=False)

    def say(self, text: str) -> None:
        """Write one line."""
        self._line(text)

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
        self._log("The end of the task's log", report.task_log)
        self._rule("The result")
        for name, value in result_rows(report):
            self._line(f"{name:<24}{value}")

    def failure(self, failed: DemoFailed) -> None:
        """Show what went wrong, the reason last."""
        if failed.log:
            self._log("The last lines of its log", failed.log)
        self._line(f"The demo failed. {failed.reason}", style="bold red")

    def _log(self, title: str, lines: list[str]) -> None:
        self._rule(title)
        for line in lines:
            self._line(line, style="dim")

    def _rule(self, title: str) -> None:
        self._console.rule(f"[bold]{title}", align="left")

    def _line(self, text: str, style: str | None = None) -> None:
        # Never folded, so that an S3 URI or a path can be copied; never markup, because logs have brackets.
        self._console.print(text, style=style, soft_wrap=True, markup=False)

    def _plain(self) -> Callable[[Snapshot], None]:
        shown: list[Any] = [None]

        def show(snapshot: Snapshot) -> None:
            line = plain_line(snapshot)
            if line != shown[0]:
                self._line(f"{snapshot.seconds:6.1f} s  {line}")
                shown[0] = line

        return show
