"""Rules about the metrics that SageMaker reads from a job's log."""

from __future__ import annotations

import re
import warnings
from functools import lru_cache
from typing import TYPE_CHECKING

from airflow_sm_training.sagemaker.rules.images import is_builtin_algorithm
from airflow_sm_training.sagemaker.rules.reading import shown
from airflow_sm_training.sagemaker.rules.rule import Finding, guide, reference, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from airflow_sm_training.sagemaker.rules.reading import Part

_LONGEST_REGEX = 500
# What other dialects allow and Python does not: taken out or rewritten, so that only what is broken in each is refused.
_DIALECTS = (
    (re.compile(r"(?:\\[pP]\{[^}]*\}|\\[a-zA-Z])-?"), "a"),
    (re.compile(r"\(\?(?:[a-zA-Z-]+|P=\w+)\)"), ""),
    (re.compile(r"\(\?P?<[a-zA-Z]\w*>|\(\?<?[=!>]|\(\?[a-zA-Z-]*:"), "("),
)


@rule("metric-regex", reference("MetricDefinition"))
def metric_regex(request: Part) -> Iterator[Finding]:
    """
    MetricDefinition.Regex is a regular expression that searches the output of a training job and gets the value of the
    metric; so it is one that compiles.
    """
    for definition in request.at("AlgorithmSpecification", "MetricDefinitions").elements():
        regex = definition["Regex"]
        # A longer one breaks the model, and compiling it could take long.
        fault = _fault(regex.text) if regex.text and len(regex.text) <= _LONGEST_REGEX else None
        if fault:
            message = f"{shown(regex.text)} is no regular expression: {fault}; escape what is meant literally with \\"
            yield Finding(regex, message)


@rule("metric-definitions-own-image", guide("training-metrics"))
def metric_definitions_own_image(request: Part) -> Iterator[Finding]:
    """
    SageMaker parses the logs for metrics that built-in algorithms emit; metric definitions are for custom
    algorithms, and those of SageMaker's algorithms can't be overridden.
    """
    specification = request["AlgorithmSpecification"]
    image, definitions = specification["TrainingImage"].text, specification["MetricDefinitions"]
    if definitions.is_filled and image and is_builtin_algorithm(image):
        message = f"{shown(image)} is a built-in algorithm with metrics of its own; leave MetricDefinitions out"
        yield Finding(definitions, message)


@lru_cache(maxsize=256)
def _fault(regex: str) -> str | None:
    if r"\Q" in regex:
        return None
    for pattern, replacement in _DIALECTS:
        regex = pattern.sub(replacement, regex)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            re.compile(regex)
    except re.error as error:
        return error.msg
    except (OverflowError, RecursionError):
        return None
    return None


RULES = (metric_regex, metric_definitions_own_image)
