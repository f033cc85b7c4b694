"""All the cases of all the rules."""

from __future__ import annotations

from tests.unit.sagemaker.rules.accepted_requests import ACCEPTED_DATA, ACCEPTED_JOBS
from tests.unit.sagemaker.rules.refused_data import REFUSED_DATA
from tests.unit.sagemaker.rules.refused_jobs import REFUSED_JOBS
from tests.unit.sagemaker.rules.refused_updates import ACCEPTED_UPDATES, REFUSED_UPDATES

REFUSED = [*REFUSED_JOBS, *REFUSED_DATA]
ACCEPTED = [*ACCEPTED_JOBS, *ACCEPTED_DATA]

__all__ = ["ACCEPTED", "ACCEPTED_UPDATES", "REFUSED", "REFUSED_UPDATES"]
