"""The results as a document, and the tables of another one renewed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from benchmarks.tables import floor_table, imports_table, scale_table, target_table, triggerer_table, waiting_table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from benchmarks.find import Results

_INTRODUCTION = (
    "Written by `make bench`. What the numbers mean and how they were measured is in "
    "[performance.md](../performance.md); the medians and spreads are in [results.json](results.json), too."
)


def markdown(results: Results, plots: Sequence[str]) -> str:
    """
    Return everything as one document.

    :param plots: file names of the pictures, beside it.
    """
    parts = [
        "# Results",
        _INTRODUCTION,
        "## Targets",
        target_table(results),
    ]
    for title, section, table in (
        ("Side by side", "waiting", waiting_table),
        ("At scale", "scale", scale_table),
        ("For a quarter of an hour, polled each second", "soak", scale_table),
        ("A real triggerer", "triggerer", triggerer_table),
        ("What a DAG file pays", "imports", imports_table),
    ):
        if section in results:
            parts += [f"## {title}", _where(results[section]), table(results[section]["rows"])]
    parts += [f"![{name.removesuffix('.svg').replace('_', ' ')}]({name})" for name in plots]
    if results.get("profiles"):
        parts.append("## Profiles of what missed its target")
    for name, entry in results.get("profiles", {}).items():
        parts += [f"### {name} ({entry['kind']})", f"```text\n{entry['profile'].strip()}\n```"]
    return "\n\n".join(parts) + "\n"


def renew_tables(text: str, results: Results) -> str:
    """
    Return a document with its tables written anew: what is between ``<!-- NAME -->`` and ``<!-- end -->``.

    :param text: the document; ``NAME`` is ``targets``, ``floor`` or ``triggerer``.
    """
    tables = {
        "targets": target_table(results),
        "floor": floor_table(results.get("scale", {}).get("rows", ())),
        "triggerer": triggerer_table(results.get("triggerer", {}).get("rows", ())),
    }
    for name, content in tables.items():
        before, begin, rest = text.partition(f"<!-- {name} -->\n")
        _, end, after = rest.partition("<!-- end -->")
        text = f"{before}{begin}\n{content}\n\n{end}{after}" if begin and end else text
    return text


def _where(section: dict[str, Any]) -> str:
    on = section["machine"]
    packages = on["packages"]
    return (
        f"{on['at'][:16].replace('T', ' ')} UTC, {section['minutes']:g} minutes, {on['processors']} processors "
        f"(load average {on['load_average']:g} before, {on['load_average_after']:g} after; the benchmark alone makes "
        f"1 to 2), Python {on['python']}, Airflow {packages['apache-airflow']}, amazon provider "
        f"{packages['apache-airflow-providers-amazon']}, aiobotocore {packages['aiobotocore']}, botocore "
        f"{packages['botocore']}. Medians, least and greatest in brackets."
    )
