"""``logStreamNamePrefix`` of CloudWatch's FilterLogEvents, which moto overlooks: it answers with everybody's lines."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from aiohttp import web  # noqa: TID253 - never imported by a DAG file

if TYPE_CHECKING:
    from airflow_sm_training.local.http.relay import Relay

FILTER_LOG_EVENTS = "Logs_20140328.FilterLogEvents"
_DESCRIBE_LOG_STREAMS = "Logs_20140328.DescribeLogStreams"


async def filter_log_events(relay: Relay, request: web.Request, body: bytes) -> web.Response | None:
    """
    Answer FilterLogEvents for a prefix, by naming the streams that have it.

    :param relay: reaches moto.
    :param request: the request.
    :param body: its body.
    :return: the answer; None if the request asks for no prefix.
    """
    try:
        asked = json.loads(body)
        prefix = asked.pop("logStreamNamePrefix", None)
    except (ValueError, AttributeError):
        return None  # moto says what is wrong with it
    if not prefix:
        return None
    # No stream has the prefix itself for a name where none begins with it: nothing is found, as it should be.
    asked["logStreamNames"] = await _names(relay, request, asked, prefix) or [prefix]
    status, answer = await relay.call(request, FILTER_LOG_EVENTS, asked)
    return web.Response(body=answer, status=status, content_type="application/x-amz-json-1.1")


async def _names(relay: Relay, request: web.Request, asked: dict[str, Any], prefix: str) -> list[str]:
    page: dict[str, Any] = {"logStreamNamePrefix": prefix, "limit": 50}
    page |= {name: value for name, value in asked.items() if name in {"logGroupName", "logGroupIdentifier"}}
    names: list[str] = []
    while True:
        _, answer = await relay.call(request, _DESCRIBE_LOG_STREAMS, page)
        found = json.loads(answer)
        names += [stream["logStreamName"] for stream in found.get("logStreams", ())]
        if not found.get("nextToken"):
            return names
        page["nextToken"] = found["nextToken"]
