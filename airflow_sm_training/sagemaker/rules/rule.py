"""What a rule is: an id, the sentence of the documentation that it holds a request to, and a pure function."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from airflow_sm_training.sagemaker.rules.reading import Part
from airflow_sm_training.sagemaker.shapes import Violation

_REFERENCE = "https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_{}.html"
_GUIDE = "https://docs.aws.amazon.com/sagemaker/latest/dg/{}.html"


@dataclass(frozen=True, slots=True)
class Finding:
    """
    One place where a request breaks a rule.

    :param part: the offending part.
    :param message: the value, what is allowed, and what to do.
    :param limit: what the rule allows, where that is a value.
    """

    part: Part
    message: str
    limit: Any = None


Check = Callable[[Part], Iterator[Finding]]


@dataclass(frozen=True, slots=True)
class Rule:
    """
    A rule that AWS states in prose and that the API's model does not hold.

    :param id: name of the rule, in kebab case; it does not change.
    :param sentence: the rule in one sentence, as near to the documentation's words as one sentence can be.
    :param source: address of the page that states it.
    :param check: function from a request to the places that break the rule. It is silent about templates and types.
    :param is_secretive: whether the offending value must not be shown.
    """

    id: str
    sentence: str
    source: str
    check: Check
    is_secretive: bool = False

    def violations(self, request: Part) -> Iterator[Violation]:
        """
        Yield everything in which the request breaks this rule.

        :param request: the request; it may hold templates and anything malformed.
        """
        for finding in self.check(request):
            value = None if self.is_secretive else finding.part.value
            yield Violation(finding.part.path, finding.message, self.id, value, finding.limit)


def rule(rule_id: str, source: str, *, is_secretive: bool = False) -> Callable[[Check], Rule]:
    """
    Make a rule of a function, whose docstring is the rule's sentence.

    :param rule_id: id of the rule.
    :param source: address of the page that states it.
    :param is_secretive: whether the offending value must not be shown.
    """

    def decorate(check: Check) -> Rule:
        return Rule(rule_id, " ".join((check.__doc__ or "").split()), source, check, is_secretive)

    return decorate


def reference(name: str) -> str:
    """
    Return the address of a page of the SageMaker API reference.

    :param name: name of the operation or structure, such as ``Channel``.
    """
    return _REFERENCE.format(name)


def guide(page: str) -> str:
    """
    Return the address of a page of the SageMaker developer guide.

    :param page: name of the page, such as ``train-warm-pools``.
    """
    return _GUIDE.format(page)
