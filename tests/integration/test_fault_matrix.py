"""The short version of the fault matrix: a real Airflow on PostgreSQL, killed at named points. Long: ``make chaos``."""

from __future__ import annotations

import pytest

from tests.integration.fault_matrix.cases import all_cases
from tests.integration.fault_matrix.matrix import run_matrix
from tests.integration.fault_matrix.postgresql import find_programs
from tests.integration.fault_matrix.report import table

pytestmark = [
    pytest.mark.whole_airflow,
    pytest.mark.timeout(420),
    pytest.mark.skipif(find_programs() is None, reason="no PostgreSQL server here (apt-get install postgresql)"),
]
CASES = [case for case in all_cases() if case.short]


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory):
    outcomes = run_matrix(CASES, tmp_path_factory.mktemp("matrix"))
    return {outcome.case: outcome for outcome in outcomes}


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.name}, {case.path}")
def test_one_job_whatever_happens_and_none_left_behind(outcomes, case):
    assert outcomes[case].is_right, table(list(outcomes.values()))
