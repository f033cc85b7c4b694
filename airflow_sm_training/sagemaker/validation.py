"""
Everything that is wrong with a request, at once: the API's model at every depth, and the rules across fields.

There are two checks. The whole one holds a request against the installed botocore and is made before anything is sent.
The static one is made while a DAG is parsed: it needs no botocore, says nothing of templates, and never refuses what
the whole one accepts.
"""

from __future__ import annotations

import importlib.metadata
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from airflow_sm_training.sagemaker import model, rules, shapes, table
from airflow_sm_training.sagemaker.secrets import MASK, looks_secret, scrub

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator

    from airflow_sm_training.sagemaker.shapes import Violation

_SECRETIVE_MAPS = ("Environment", "HyperParameters")
_SHORTEST_SECRET = 5
_SECRETIVE_RULES = frozenset(rule.id for rule in rules.RULES if rule.is_secretive)
# Of a value that breaks the model in one of these ways, the rules would say the same again in other words.
_SAID_ENOUGH = frozenset({"type", "required", "unknown", "enum", "pattern"})


@dataclass(frozen=True, slots=True)
class Operation:
    """
    An API operation whose requests are checked.

    :param name: its name.
    :param rule_violations: what its rules across fields say of a request.
    """

    name: str
    rule_violations: Callable[[Mapping[str, Any]], Iterable[Violation]]


CREATE = Operation("CreateTrainingJob", rules.create_violations)
UPDATE = Operation("UpdateTrainingJob", rules.update_violations)


def violations(
    operation: Operation, request: Mapping[str, Any], *, given_later: Collection[str] = (), templates: bool = False
) -> list[Violation]:
    """
    Return everything that is wrong with a request, by the installed botocore and the rules across fields.

    :param operation: :data:`CREATE` or :data:`UPDATE`.
    :param request: the request as boto3 takes it.
    :param given_later: paths that may be missing, since they are filled in before the request is sent.
    :param templates: whether the request can hold templates still: nothing is said of those, and numbers and booleans
        may be strings, since Jinja makes strings of them.
    """
    shape = model.input_shape(operation.name)
    request = shapes.coerce(shape, request) if templates else request
    by_model = shapes.violations(shape, request, templates=templates)
    return _all(by_model, operation.rule_violations(request), request, given_later)


def static_violations(
    operation: Operation,
    request: Mapping[str, Any],
    *,
    given_later: Collection[str] = (),
    partial: bool = False,
) -> list[Violation]:
    """
    Return everything that can be known to be wrong with a request before its templates are rendered.

    Costs a fraction of a millisecond and loads no botocore. Only if something is wrong, and the installed botocore is
    of another version than our table, its model is asked as well: what it would accept is not wrong.

    :param operation: :data:`CREATE` or :data:`UPDATE`.
    :param request: the request as boto3 takes it, with templates anywhere; Jinja makes strings of numbers and booleans,
        so these may be strings.
    :param given_later: paths that may be missing, since they are filled in before the request is sent.
    :param partial: whether more than that is merged in later: then nothing is said of what is missing, nor by the rules
        across fields.
    """
    shape = table.input_shape(operation.name)
    typed = shapes.coerce(shape, request)
    by_table = list(shapes.violations(shape, typed, templates=True))
    if by_table and importlib.metadata.version("botocore") != table.botocore_version():
        by_table = _confirmed(operation, typed, by_table)
    if partial:
        return _all((found for found in by_table if found.rule != "required"), (), typed, ())
    return _all(by_table, operation.rule_violations(typed), typed, given_later)


def listed(found: Iterable[Violation]) -> str:
    """
    Return violations as an error message lists them, a line each.

    :param found: the violations.
    """
    return "\n".join(f"  - {violation}" for violation in found)


def counted(found: Collection[Violation]) -> str:
    """
    Return how many violations there are, in words.

    :param found: the violations.
    """
    return f"{len(found)} thing{'s' if len(found) > 1 else ''}"


def _confirmed(operation: Operation, request: Mapping[str, Any], found: list[Violation]) -> list[Violation]:
    by_model = shapes.violations(model.input_shape(operation.name), request, templates=True)
    confirmed = {(violation.path, violation.rule) for violation in by_model}
    return [violation for violation in found if (violation.path, violation.rule) in confirmed]


def _all(
    by_model: Iterable[Violation],
    by_rules: Iterable[Violation],
    request: Mapping[str, Any],
    given_later: Collection[str],
) -> list[Violation]:
    known = [found for found in by_model if not (found.rule == "required" and found.path in given_later)]
    across = list(by_rules)
    secret_paths = {found.path for found in across if found.rule in _SECRETIVE_RULES}
    said = {path for found in known if found.rule in _SAID_ENOUGH for path in _paths(found)} - secret_paths
    secrets = _secrets(request)
    return [
        *(_without_secret(found, is_secret=found.path in secret_paths) for found in known),
        *(
            replace(found, message=scrub(found.message, secrets))
            for found in across
            if said.isdisjoint(_with_ancestors(found.path))
        ),
    ]


def _secrets(request: Mapping[str, Any]) -> set[str]:
    sections = [section for name in _SECRETIVE_MAPS if isinstance(section := request.get(name), Mapping)]
    entries = [entry for section in sections for entry in section.items()]
    # Shorter ones occur in any text, and would tear holes into it.
    return {
        value
        for key, value in entries
        if isinstance(value, str) and len(value) >= _SHORTEST_SECRET and looks_secret(str(key))
    }


def _paths(violation: Violation) -> Iterator[str]:
    """Yield where a violation is and, if it is a misspelt field, where the field is that was meant."""
    yield violation.path
    if violation.rule == "unknown":
        parent, dot, name = violation.path.rpartition(".")
        if meant := shapes.meant_name(name, violation.limit):
            yield f"{parent}{dot}{meant}"


def _with_ancestors(path: str) -> Iterator[str]:
    yield path
    for index, character in enumerate(path):
        if character in ".[":
            yield path[:index]


def _without_secret(violation: Violation, *, is_secret: bool) -> Violation:
    """A message shows the offending value, which can be a password: by the name of its key or by its looks."""
    section, _, key = violation.path.partition("[")
    if is_secret or (section in _SECRETIVE_MAPS and looks_secret(key)):
        message = violation.message.replace(repr(violation.value), MASK)
        hidden = message if message != violation.message else f"{MASK} breaks the rule {violation.rule!r}"
        return replace(violation, message=hidden, value=MASK)
    return violation
