"""What the benchmarks make of what they measured."""

from __future__ import annotations

import json

import pytest

from benchmarks.report import markdown, renew_tables
from benchmarks.statistics import summarize
from benchmarks.subjects import Credentials, Subject, connection, trigger_arguments, trigger_class
from benchmarks.tables import number, table
from benchmarks.targets import Target, targets
from benchmarks.waiting.matrix import at_scale, side_by_side
from benchmarks.waiting.profiles import ProfileKind, Profiler


def row(subject: Subject, jobs: int, credentials: Credentials = Credentials.STATIC, **numbers: float) -> dict:
    found = {
        "memory_mib_per_trigger": 2.0,
        "start_cpu_per_trigger": 0.06,
        "longest_stall": 4.0,
        "requests_per_interval_in_all": float(jobs),
    }
    summary = summarize([found | numbers])
    return {"subject": subject, "jobs": jobs, "credentials": credentials, **summary}


def results(**numbers: float) -> dict:
    role = Credentials.ASSUMED_ROLE
    return {
        "waiting": {
            "rows": [
                *(row(Subject.INCUMBENT, jobs) for jobs in (200, 1000)),
                row(Subject.INCUMBENT, 200, role, memory_mib_per_trigger=26.0),
                *(row(Subject.OURS, jobs, **numbers) for jobs in (200, 1000)),
                row(Subject.OURS, 200, role, **numbers),
            ]
        },
        "scale": {
            "rows": [
                {
                    "jobs": 10_000,
                    "changing_share": 0.01,
                    "is_throttled": False,
                    **summarize([{"latency_p99": numbers["latency"]}]),
                }
            ]
        },
        "imports": {
            "rows": [
                {"subject": Subject.OURS, **summarize([{"import_seconds": numbers["seconds"]}])},
                {"subject": Subject.INCUMBENT, **summarize([{"import_seconds": 0.5}])},
            ]
        },
    }


GOOD = {
    "memory_mib_per_trigger": 0.02,
    "start_cpu_per_trigger": 0.002,
    "longest_stall": 0.05,
    "requests_per_interval_in_all": 2.5,
    "latency": 5.2,
    "seconds": 0.04,
}


def test_every_target_is_met_where_the_numbers_are_good() -> None:
    assert [target.name for target in targets(results(**GOOD)) if not target.is_met] == []


@pytest.mark.parametrize(
    ("number_name", "value", "missed"),
    [
        ("memory_mib_per_trigger", 0.05, {"memory per waiting trigger, N = 1000"}),
        (
            "memory_mib_per_trigger",
            0.15,
            {"memory per waiting trigger, N = 1000", "memory per waiting trigger, N = 200"},
        ),
        ("start_cpu_per_trigger", 0.004, {"CPU to start a trigger, N = 200"}),
        ("longest_stall", 0.11, {"longest stall of the event loop, N = 1000, first client included"}),
        ("requests_per_interval_in_all", 3.5, {"requests per poll interval, N = 1000, nothing changing"}),
        ("latency", 6.1, {"detection latency p99, N = 10 000, 1 % changing per interval"}),
        ("seconds", 0.06, {"import of the operator module"}),
    ],
)
def test_a_number_that_is_not_good_misses_its_target_only(number_name: str, value: float, missed: set[str]) -> None:
    found = targets(results(**GOOD | {number_name: value}))

    with_role = "memory per waiting trigger, assumed role, N = 200"
    assert {target.name for target in found if not target.is_met} - {with_role} == missed


def test_what_was_not_measured_is_neither_met_nor_missed() -> None:
    assert {target.is_met for target in targets({})} == {None}
    assert "not measured" in markdown({"targets": [target.to_dict() for target in targets({})]}, [])


def test_a_missed_target_says_so_with_both_numbers() -> None:
    missed = Target("memory", 12.5, 15, "times less", at_least=True, ours=0.16, theirs=2.0)

    text = markdown({"targets": [missed.to_dict()]}, ["memory.svg"])

    assert "| memory | 12.5 times less | 2 / 0.16 | ≥ 15 | **missed** |" in text.replace("0.160", "0.16")
    assert "(memory.svg)" in text


def test_runs_become_medians_and_spreads() -> None:
    runs = [{"a": 1, "by": {"x": 4}}, {"a": 5, "by": {"y": 2}, "text": "no number"}, {"a": 2, "by": {"x": 2}}]

    assert summarize(runs) == {
        "repetitions": 3,
        "median": {"a": 2, "by": {"x": 2, "y": 0}},
        "spread": {"a": (1, 5)},
    }


@pytest.mark.parametrize(
    ("value", "shown"),
    [(None, "-"), (0, "0"), (3.0, "3"), (0.02768, "0.0277"), (1.234, "1.23"), (12.34, "12.3"), (1234.5, "1234")],
)
def test_numbers_show_three_digits_that_count(value: float | None, shown: str) -> None:
    assert number(value) == shown


def test_a_table_is_markdown() -> None:
    assert table(("a", "b"), [(1, 2)]).splitlines() == ["| a | b |", "| --- | --- |", "| 1 | 2 |"]


def test_both_subjects_get_the_same_poll_interval() -> None:
    assert trigger_arguments(Subject.OURS, "job", 5)["poll_interval"] == 5
    assert trigger_arguments(Subject.INCUMBENT, "job", 5)["waiter_delay"] == 5


def test_the_defaults_of_the_operator_are_measured_too() -> None:
    assert trigger_class(Subject.OURS_WITH_LOGS)[1] == {"stream_logs": True, "log_lines": 100}


def test_a_role_is_assumed_at_the_endpoint() -> None:
    extra = json.loads(connection(Credentials.ASSUMED_ROLE, "http://127.0.0.1:1"))["extra"]

    assert extra["role_arn"]
    assert extra["service_config"]["sts"]["endpoint_url"] == "http://127.0.0.1:1"


def test_the_matrix_has_what_the_targets_are_about() -> None:
    cells = {(cell.subject, cell.credentials, cell.jobs) for cell in side_by_side(quick=False)}

    for subject in (Subject.OURS, Subject.INCUMBENT):
        assert (subject, Credentials.STATIC, 1000) in cells
        assert (subject, Credentials.ASSUMED_ROLE, 200) in cells
    assert any(cell.jobs == 10_000 and cell.changing_share == 0.01 for cell in at_scale(quick=False))


@pytest.mark.parametrize("kind", ProfileKind)
def test_a_profile_names_what_was_busy(kind: ProfileKind) -> None:
    profiler = Profiler(kind)
    kept = [bytearray(1 << 20) for _ in range(3)]

    report = profiler.report(['  File "/somewhere/site-packages/aiobotocore/client.py", line 3, in call\n'])

    expected = {"cpu": "function calls", "memory": "MB in", "stall": '"aiobotocore/client.py", line 3'}
    assert kept
    assert expected[kind] in report


def test_the_tables_of_a_document_are_renewed_and_its_words_kept() -> None:
    text = "Before\n<!-- targets -->\nold\n<!-- end -->\nbetween <!-- end -->\n<!-- unknown -->\nkept\n<!-- end -->\n"
    missed = Target("memory", 12.5, 15, "times less", at_least=True, ours=0.16, theirs=2.0)

    once = renew_tables(text, {"targets": [missed.to_dict()]})

    assert "old" not in once
    assert "12.5 times less" in once
    assert once.startswith("Before\n")
    assert once.endswith("<!-- end -->\nbetween <!-- end -->\n<!-- unknown -->\nkept\n<!-- end -->\n")
    assert renew_tables(once, {"targets": [missed.to_dict()]}) == once
