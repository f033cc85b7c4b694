"""
Search over training jobs: the expression language, order and pages.

Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_Search.html and API_Filter.html
"""

from __future__ import annotations

import operator
from typing import TYPE_CHECKING, Any

from airflow_sm_training.local.errors import validation_error
from airflow_sm_training.local.operations.presentation import search_record
from airflow_sm_training.local.operations.search_properties import Property, find_property
from airflow_sm_training.local.operations.timestamps import epoch_seconds

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from airflow_sm_training.local.jobs.job import TrainingJob
    from airflow_sm_training.local.jobs.store import JobStore
    from airflow_sm_training.local.operations.paging import Pager

_ORDERINGS = {
    "GreaterThan": operator.gt,
    "GreaterThanOrEqualTo": operator.ge,
    "LessThan": operator.lt,
    "LessThanOrEqualTo": operator.le,
}
_DEFAULT_SORT = "LastModifiedTime"
_HYPERPARAMETERS = "HyperParameters."


def search_training_jobs(
    store: JobStore, pager: Pager, region_name: str, body: Mapping[str, Any], now: float
) -> dict[str, Any]:
    """
    Answer Search for ``Resource=TrainingJob``.

    :param now: epoch seconds.
    :raises ServiceError: ``ValidationException``; the expression names an unknown property or misuses an operator.
    """
    expression = body.get("SearchExpression") or {}
    if sum(item.get("Operator") == "Contains" for item in _all_filters(expression)) > 1:
        raise validation_error("'CONTAINS' operator usage limit of 1 exceeded.")
    matches = compile_expression(expression)
    sort_by = find_property(body.get("SortBy") or _DEFAULT_SORT)
    descending = (body.get("SortOrder") or "Descending") == "Descending"

    def find() -> list[TrainingJob]:
        records = [(job, search_record(job, now)) for job in store.jobs(region_name)]
        found = [(job, _sort_value(sort_by, record)) for job, record in records if matches(record)]
        without = [job for job, value in found if value is None]
        ordered = [(value, job.sequence, job) for job, value in found if value is not None]
        ordered.sort(key=lambda entry: entry[:2], reverse=descending)
        return [job for _, _, job in ordered] + without

    page = pager.page("Search", region_name, body, find)
    results = [{"TrainingJob": search_record(job, now)} for job in page.jobs if store.holds(job)]
    answer: dict[str, Any] = {"Results": results, "TotalHits": {"Value": page.total, "Relation": "EqualTo"}}
    if page.next_token is not None:
        answer["NextToken"] = page.next_token
    return answer


def compile_expression(expression: Mapping[str, Any]) -> Callable[[Any], bool]:
    """
    Make a search expression a function that says whether a record matches.

    :param expression: ``Filters``, ``NestedFilters`` and ``SubExpressions`` joined by ``Operator``.
    """
    parts = [_compile_filter(item, find_property(item["Name"])) for item in expression.get("Filters") or ()]
    parts += [_compile_nested(item) for item in expression.get("NestedFilters") or ()]
    parts += [compile_expression(item) for item in expression.get("SubExpressions") or ()]
    if not parts:
        return lambda _: True
    join = any if expression.get("Operator") == "Or" else all
    return lambda record: join(part(record) for part in parts)


def _all_filters(expression: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    yield from expression.get("Filters") or ()
    for nested in expression.get("NestedFilters") or ():
        yield from nested["Filters"]
    for inner in expression.get("SubExpressions") or ():
        yield from _all_filters(inner)


def _compile_nested(nested: Mapping[str, Any]) -> Callable[[Any], bool]:
    """All filters have to be satisfied by the same entry of the list."""
    name = nested["NestedPropertyName"]
    outer = find_property(name)
    parts = []
    for item in nested["Filters"]:
        full_name = item["Name"] if item["Name"].startswith(f"{name}.") else f"{name}.{item['Name']}"
        inner = find_property(full_name)
        parts.append(_compile_filter(item, Property(full_name, inner.path[len(outer.path) :], inner.kind)))
    return lambda record: any(all(part(entry) for part in parts) for entry in outer.values(record))


def _compile_filter(item: Mapping[str, Any], target: Property) -> Callable[[Any], bool]:
    name, text = item.get("Operator") or "Equals", item.get("Value")
    if name == "Exists":
        return lambda record: bool(target.values(record))
    if name == "NotExists":
        return lambda record: not target.values(record)
    if text is None:
        raise validation_error(f"Value is required for operator {name} on property {target.name}")
    if name in _ORDERINGS:
        return _compile_ordering(_ORDERINGS[name], name, target, text)
    if name in ("Contains", "In"):
        return _compile_text_operator(name, target, text)
    wanted = _parse(target, text)
    if name == "NotEquals":
        return lambda record: wanted not in target.values(record)
    return lambda record: wanted in target.values(record)


def _compile_text_operator(name: str, target: Property, text: str) -> Callable[[Any], bool]:
    if target.kind != "text":
        raise validation_error(f"Operator {name} is only supported for text properties, not for {target.name}")
    if name == "In":
        allowed = {part.strip() for part in text.split(",")}
        return lambda record: not allowed.isdisjoint(target.values(record))
    return lambda record: any(text in value for value in target.values(record))


def _compile_ordering(
    compare: Callable[[Any, Any], bool], name: str, target: Property, text: str
) -> Callable[[Any], bool]:
    if target.name.startswith(_HYPERPARAMETERS):
        return _compile_hyperparameter_ordering(compare, target, text)
    if target.kind not in ("number", "timestamp"):
        raise validation_error(f"Operator {name} is not supported for text property {target.name}")
    wanted = _parse(target, text)
    return lambda record: any(
        compare(value, wanted) for value in target.values(record) if isinstance(value, int | float)
    )


def _compile_hyperparameter_ordering(
    compare: Callable[[Any, Any], bool], target: Property, text: str
) -> Callable[[Any], bool]:
    """Compare the numbers that hyperparameters spell; as integers where the wanted one is an integer."""
    wanted = _number(text)
    if wanted is None:
        raise validation_error(f"Value {text} of property {target.name} is not a number")

    def matches(record: Any) -> bool:
        numbers = [number for number in map(_number, target.values(record)) if number is not None]
        if isinstance(wanted, int):
            numbers = [int(number) for number in numbers]
        return any(compare(number, wanted) for number in numbers)

    return matches


def _parse(target: Property, text: str) -> Any:
    if target.kind == "timestamp":
        return epoch_seconds(text, target.name)
    if target.kind == "boolean":
        return text.strip().lower() == "true"
    if target.kind == "number":
        number = _number(text)
        if number is None:
            raise validation_error(f"Value {text} of property {target.name} is not a number")
        return number
    return text


def _number(text: str) -> int | float | None:
    for number_type in (int, float):
        try:
            return number_type(text)
        except (ValueError, OverflowError):
            continue
    return None


def _sort_value(target: Property, record: Any) -> tuple[bool, Any] | None:
    values = target.values(record)
    # A metric that is not finite is spelled out: text sorts apart from numbers.
    return (isinstance(values[0], str), values[0]) if values else None
