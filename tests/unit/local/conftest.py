from __future__ import annotations

import pytest
from local_world import World


@pytest.fixture
def world():
    return World(
        timeline=[{"secondary_status": "Starting", "seconds": 10}, {"secondary_status": "Training", "seconds": 50}]
    )
