"""The benchmarks' own machinery, small: both triggers wait in processes of their own, beside each other."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest

from benchmarks.endpoint.client import Endpoint
from benchmarks.subjects import Credentials, Subject
from benchmarks.waiting.cell import CellOrder
from benchmarks.waiting.measure import CellFailed, measure

if TYPE_CHECKING:
    from collections.abc import Iterator

JOBS = 6
ENDING = 4  # one in the interval that is measured, and in each of the three before it


@pytest.fixture(scope="module")
def measured() -> Iterator[dict[Subject, dict[str, Any]]]:
    orders = {
        # An endpoint each: the requests of one must not be counted for the other.
        Subject.OURS: CellOrder(Subject.OURS, Credentials.ASSUMED_ROLE, JOBS, 1, 1, "ours", changing=1),
        Subject.INCUMBENT: CellOrder(Subject.INCUMBENT, Credentials.STATIC, JOBS, 1, 1, "theirs"),
    }
    with ThreadPoolExecutor(len(orders)) as threads:
        yield dict(zip(orders, threads.map(_measure, orders.values()), strict=True))


def _measure(order: CellOrder) -> dict[str, Any]:
    with Endpoint() as endpoint:
        return measure(order, endpoint)


@pytest.mark.parametrize("subject", [Subject.OURS, Subject.INCUMBENT])
def test_a_cell_measures_memory_cpu_stalls_and_requests(measured: dict[str, Any], subject: Subject) -> None:
    numbers = measured[subject]

    assert numbers["memory_mib"] > 1
    assert numbers["memory_mib_per_trigger"] == numbers["memory_mib"] / JOBS
    assert 0 < numbers["start_cpu"] < 20
    assert 0 < numbers["steady_cpu_per_interval"] < numbers["start_cpu"]
    assert 0 < numbers["longest_stall"] <= numbers["start_seconds"]
    assert numbers["start_requests"]["DescribeTrainingJob"] >= JOBS
    assert numbers["requests_per_interval_in_all"] > 0


def test_the_incumbent_describes_each_job_at_each_poll(measured: dict[str, Any]) -> None:
    assert set(measured[Subject.INCUMBENT]["requests_per_interval"]) == {"DescribeTrainingJob"}
    assert measured[Subject.INCUMBENT]["requests_per_interval_in_all"] >= JOBS - 1


def test_ours_assumes_the_role_once(measured: dict[str, Any]) -> None:
    assert measured[Subject.OURS]["sts_calls"] == 1


def test_each_job_that_ends_is_detected(measured: dict[str, Any]) -> None:
    numbers = measured[Subject.OURS]

    assert (numbers["ended_jobs"], numbers["missed_jobs"], numbers["early_events"]) == (ENDING, 0, 0)
    assert 0 < numbers["latency_p50"] <= numbers["latency_max"] < 10


def test_a_cell_that_fails_says_why(measured: dict[str, Any]) -> None:
    order = CellOrder(Subject.INCUMBENT, Credentials.STATIC, 1, 1, 1, "denied")
    with Endpoint() as endpoint:
        endpoint.set_faults([{"kind": "deny", "operations": ["DescribeTrainingJob"]}])
        with pytest.raises(CellFailed, match=r"although its job goes on|AccessDenied"):
            measure(order, endpoint)
