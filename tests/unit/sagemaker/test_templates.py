"""What is a template and what is not."""

from __future__ import annotations

import pytest

from airflow_sm_training.sagemaker.templates import is_templated


@pytest.mark.parametrize(
    ("value", "templated"),
    [
        ("{{ ds }}", True),
        ("s3://bucket/{% if x %}a{% endif %}", True),
        ("{# note #}", True),
        ("s3://bucket/{key}", False),
        ("", False),
        (1, False),
        (1.5, False),
        (True, False),
        (None, False),
        ({"a": [{"b": "{{ x }}"}]}, True),
        ({"{{ key }}": 1}, True),
        ({"a": [{"b": "x"}]}, False),
        (("a", "{{ b }}"), True),
        (object(), True),
    ],
)
def test_templates_are_found_at_every_depth(value, templated):
    assert is_templated(value) is templated
