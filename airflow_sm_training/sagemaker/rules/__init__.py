"""
What AWS demands of a request in prose, beyond the model that botocore holds it against.

Each rule has an id, a sentence, its source, and a pure function. They can be tried on anything: what is templated or
malformed is passed over in silence. Nothing heavy is imported, so that a DAG file can be checked while it is parsed.
"""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Any

from airflow_sm_training.sagemaker.rules import (
    algorithm,
    capacity,
    data,
    metrics,
    network,
    profiling,
    references,
    resources,
    secrets,
    serverless,
    stopping,
    tags,
    update,
    volume,
)
from airflow_sm_training.sagemaker.rules.reading import Part
from airflow_sm_training.sagemaker.rules.rule import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from airflow_sm_training.sagemaker.shapes import Violation

__all__ = ["CREATE_RULES", "RULES", "UPDATE_RULES", "Rule", "create_violations", "update_violations"]

CREATE_RULES: tuple[Rule, ...] = (
    *serverless.RULES,
    *algorithm.RULES,
    *metrics.RULES,
    *resources.RULES,
    *capacity.RULES,
    *volume.RULES,
    *stopping.RULES,
    *data.RULES,
    *references.RULES,
    *network.RULES,
    *profiling.RULES,
    *tags.RULES,
    *secrets.RULES,
)
UPDATE_RULES: tuple[Rule, ...] = (
    *update.RULES,
    *profiling.PROFILER_RULES,
    references.s3_uri_form,
    references.s3_bucket_name,
)
# Every rule once, in the order of the table in docs/rules.md.
RULES: tuple[Rule, ...] = (*CREATE_RULES, *update.RULES)


def create_violations(request: Mapping[str, Any]) -> Iterator[Violation]:
    """
    Yield every rule that a CreateTrainingJob request breaks, and where.

    :param request: the request as boto3 takes it; it may hold templates, and anything malformed.
    """
    return _violations(CREATE_RULES, Part(request))


def update_violations(request: Mapping[str, Any]) -> Iterator[Violation]:
    """
    Yield every rule that an UpdateTrainingJob request breaks, and where.

    :param request: the request as boto3 takes it; it may hold templates, and anything malformed.
    """
    return _violations(UPDATE_RULES, Part(request))


def _violations(rules: tuple[Rule, ...], request: Part) -> Iterator[Violation]:
    return chain.from_iterable(rule.violations(request) for rule in rules)
