"""Whether the installed botocore is the one that the table of shapes was made of; the lowest admitted one is not."""

from __future__ import annotations

import importlib.metadata

import pytest

from airflow_sm_training.sagemaker import table

INSTALLED, OF_TABLE = (
    tuple(int(part) for part in version.split(".")[:3])
    for version in (importlib.metadata.version("botocore"), table.botocore_version())
)
same_as_table = pytest.mark.skipif(INSTALLED != OF_TABLE, reason="another botocore than the table of shapes is made of")
knows_all_fields = pytest.mark.skipif(INSTALLED < OF_TABLE, reason="an older botocore, which lacks fields")
