"""The results as pictures."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from benchmarks.subjects import Credentials, Subject
from benchmarks.tables import number

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from benchmarks.find import Results

_COLOURS = {Subject.OURS: "#0b6e99", Subject.INCUMBENT: "#c8553d", "idle": "#9a9a9a"}
_LINES = {Credentials.STATIC: ("-", "o"), Credentials.ASSUMED_ROLE: ("--", "s")}
_LABELS = {Subject.OURS: "this package", Subject.INCUMBENT: "amazon provider", "idle": "no tasks"}


@dataclass(frozen=True, slots=True)
class _Picture:
    """One picture of growth with N; ``number`` is what is drawn, times ``factor``."""

    file: str
    number: str
    label: str
    factor: float = 1.0


_GROWTH = (
    _Picture("memory_per_trigger", "memory_mib_per_trigger", "memory per waiting trigger (MiB)"),
    _Picture("cpu_to_start", "start_cpu_per_trigger", "CPU to start a trigger (ms)", 1000),
    _Picture("longest_stall", "longest_stall", "longest stall of the event loop (ms)", 1000),
    _Picture("requests", "requests_per_interval_in_all", "requests per poll interval"),
)


def draw(results: Results, directory: Path, suffix: str = "svg") -> list[Path]:
    """
    Draw what was measured.

    :param directory: where the files go.
    :param suffix: of the files, which decides on their format.
    :return: the files.
    """
    import matplotlib as mpl

    mpl.use("Agg")
    # Text that stays text, and no date or random names: an unchanged picture is an unchanged file.
    mpl.rcParams.update({"svg.fonttype": "none", "svg.hashsalt": "benchmarks", "font.size": 10})
    drawings: list[tuple[str, str, Callable[[Any, Any], None]]] = []
    if "waiting" in results:
        drawings += [(it.file, "waiting", partial(_growth, picture=it)) for it in _GROWTH]
    if "scale" in results:
        drawings.append(("detection_latency", "scale", _latency))
    if "triggerer" in results:
        drawings.append(("triggerer", "triggerer", _triggerer))
    return [_save(directory / f"{name}.{suffix}", results[section]["rows"], fill) for name, section, fill in drawings]


def _save(path: Path, rows: Any, fill: Callable[[Any, Any], None]) -> Path:
    from matplotlib import pyplot as plt

    figure, axes = plt.subplots(figsize=(6.4, 4.0), layout="constrained")
    axes.spines[["top", "right"]].set_visible(False)
    axes.set_axisbelow(True)
    axes.grid(visible=True, which="major", axis="y", alpha=0.3)
    fill(axes, rows)
    metadata = {"Date": None} if path.suffix == ".svg" else None
    figure.savefig(path, metadata=metadata, dpi=110)
    plt.close(figure)
    return path


def _growth(axes: Any, rows: Iterable[dict[str, Any]], *, picture: _Picture) -> None:
    series: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for row in rows:
        if row["subject"] in _COLOURS and row["median"][picture.number]:
            series.setdefault((row["subject"], row["credentials"]), []).append(row)
    for (subject, credentials), found in sorted(series.items()):
        found.sort(key=lambda row: row["jobs"])
        style, marker = _LINES[Credentials(credentials)]
        middle = [row["median"][picture.number] * picture.factor for row in found]
        spread = [[value * picture.factor for value in row["spread"][picture.number]] for row in found]
        errors = [
            [value - least for value, (least, _) in zip(middle, spread, strict=True)],
            [greatest - value for value, (_, greatest) in zip(middle, spread, strict=True)],
        ]
        axes.errorbar(
            [row["jobs"] for row in found],
            middle,
            yerr=errors,
            color=_COLOURS[Subject(subject)],
            linestyle=style,
            marker=marker,
            markersize=5,
            capsize=3,
            label=f"{_LABELS[Subject(subject)]}, {credentials}",
        )
    axes.set(xscale="log", yscale="log", xlabel="jobs waited for (N)", ylabel=picture.label)
    _plain_numbers(axes, "x", "y")
    axes.legend(frameon=False, fontsize=9)


def _latency(axes: Any, rows: Iterable[dict[str, Any]]) -> None:
    rows = [row for row in rows if row["median"].get("latency_p99") is not None]
    labels = [
        f"{row['jobs']:,}\n{row['changing_share'] * 100:g} %".replace(",", " ")
        + ("\n20 % refused" if row["is_throttled"] else "")
        for row in rows
    ]
    places = range(len(rows))
    shades = {"latency_max": "#c4dfe9", "latency_p99": "#5ba6c2", "latency_p50": _COLOURS[Subject.OURS]}
    names = {"latency_max": "slowest", "latency_p99": "99 of 100 within", "latency_p50": "half within"}
    for name, shade in shades.items():
        axes.bar(places, [row["median"][name] for row in rows], color=shade, label=names[name], width=0.7)
    if rows:
        interval = rows[0]["poll_interval"]
        axes.axhline(interval + 1, color="#444444", linestyle=":", label="target: poll interval + 1 s")
    axes.set_xticks(places, labels, fontsize=8)
    axes.set(
        ylabel="from end of job to event (s)",
        xlabel="jobs waited for (N), share of them that ends in each poll interval",
    )
    axes.legend(frameon=False, fontsize=9, loc="upper center", bbox_to_anchor=(0.5, 1.2), ncols=2)


def _triggerer(axes: Any, rows: Iterable[dict[str, Any]]) -> None:
    numbers = (
        ("memory_mib", "memory (MiB)"),
        ("start_cpu", "CPU until all\nwere polled (s)"),
        ("cpu_per_interval", "CPU per poll\ninterval (s)"),
    )
    width = 0.27
    rows = list(rows)
    for place, row in enumerate(rows):
        values = [row["median"][name] for name, _ in numbers]
        bars = axes.bar(
            [index + (place - (len(rows) - 1) / 2) * width for index in range(len(numbers))],
            values,
            width=width * 0.92,
            color=_COLOURS[row["case"]],
            label=f"{_LABELS[row['case']]}" + (f", {row['tasks']} tasks" if row["tasks"] else ""),
        )
        axes.bar_label(bars, labels=[number(value) for value in values], fontsize=8, padding=2)
    axes.set_xticks(range(len(numbers)), [label for _, label in numbers])
    axes.set(yscale="log", ylabel="airflow triggerer, both processes")
    _plain_numbers(axes, "y")
    axes.margins(y=0.15)
    axes.legend(frameon=False, fontsize=9)


def _plain_numbers(axes: Any, *names: str) -> None:
    from matplotlib.ticker import FuncFormatter, NullFormatter

    for name in names:
        axis = getattr(axes, f"{name}axis")
        axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
        axis.set_minor_formatter(NullFormatter())
