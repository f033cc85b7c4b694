"""
Pages over results that change meanwhile: the order is settled at the first page, so that no job comes twice and none
that was there is missed; what a job looks like is what it looks like when its page is read.
"""

from __future__ import annotations

import base64
import binascii
import json
import secrets
from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from airflow_sm_training.local.errors import validation_error

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from typing import Any

    from airflow_sm_training.local.jobs.job import TrainingJob

_DEFAULT_SIZE = 10
# Pagings that nobody finishes must not be kept for ever.
_PAGINGS_KEPT = 256
_NOT_PART_OF_THE_QUESTION = ("NextToken", "MaxResults")


@dataclass(frozen=True, slots=True)
class Page:
    """
    Part of a result.

    :param next_token: asks for the next page; None on the last.
    :param total: how many jobs the whole result has.
    """

    jobs: Sequence[TrainingJob]
    next_token: str | None
    total: int


@dataclass(frozen=True, slots=True)
class _Result:
    question: str
    jobs: tuple[TrainingJob, ...]


class Pager:
    """Cuts results into pages and remembers those that have further pages."""

    def __init__(self) -> None:
        self._results: OrderedDict[str, _Result] = OrderedDict()

    def page(
        self, operation: str, region_name: str, body: Mapping[str, Any], find: Callable[[], Sequence[TrainingJob]]
    ) -> Page:
        """
        Return the page that a request asks for.

        :param body: the request, with ``NextToken`` and ``MaxResults``.
        :param find: returns the whole result in its order; called for the first page only.
        :raises ServiceError: the token is not one of ours, too old, or belongs to another question.
        """
        asked = {name: value for name, value in body.items() if name not in _NOT_PART_OF_THE_QUESTION}
        question = json.dumps([operation, region_name, asked], sort_keys=True, default=str)
        token, size = body.get("NextToken"), body.get("MaxResults") or _DEFAULT_SIZE
        if token is None:
            key, offset, result = secrets.token_hex(12), 0, _Result(question, tuple(find()))
        else:
            key, offset = _decode(token)
            known = self._results.get(key)
            if known is None or known.question != question:
                raise _invalid_token()
            result = known
        end = offset + size
        next_token = None
        if end < len(result.jobs):
            next_token = _encode(key, end)
            self._keep(key, result)
        return Page(result.jobs[offset:end], next_token, len(result.jobs))

    def _keep(self, key: str, result: _Result) -> None:
        self._results[key] = result
        self._results.move_to_end(key)
        while len(self._results) > _PAGINGS_KEPT:
            self._results.popitem(last=False)


def _encode(key: str, offset: int) -> str:
    return base64.urlsafe_b64encode(f"{key}:{offset}".encode()).decode()


def _decode(token: str) -> tuple[str, int]:
    try:
        key, offset = base64.urlsafe_b64decode(token.encode()).decode().split(":")
        return key, int(offset)
    except (binascii.Error, ValueError):
        raise _invalid_token() from None


def _invalid_token() -> Exception:
    return validation_error("Invalid pagination token.")
