"""On what was measured: versions, processors, and how busy they were."""

from __future__ import annotations

import os
import platform
from datetime import UTC, datetime
from importlib.metadata import version
from typing import Any

_PACKAGES = (
    "apache-airflow",
    "apache-airflow-providers-amazon",
    "aiobotocore",
    "botocore",
    "airflow-sm-training",
)


def describe() -> dict[str, Any]:
    """Return what a reader has to know to judge the numbers. ``load_average`` is of the last minute."""
    return {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "processors": os.cpu_count(),
        "load_average": round(os.getloadavg()[0], 1),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "packages": {name: version(name) for name in _PACKAGES},
    }
