"""The front door: who is let in, what goes wrong on purpose, and who answers."""

from __future__ import annotations

import asyncio
import ipaddress
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from aiohttp import web  # noqa: TID253 - never imported by a DAG file

from airflow_sm_training.local import errors
from airflow_sm_training.local.errors import ServiceError
from airflow_sm_training.local.faults import FaultKind
from airflow_sm_training.local.http import routing
from airflow_sm_training.local.http.control import PREFIX
from airflow_sm_training.local.http.log_streams import FILTER_LOG_EVENTS, filter_log_events
from airflow_sm_training.local.http.wire import decode_body, error_response, json_response
from airflow_sm_training.local.operations.tagging import is_training_job
from airflow_sm_training.local.operations.validation import check_request

if TYPE_CHECKING:
    from airflow_sm_training.local.counts import RequestCounts
    from airflow_sm_training.local.faults import Fault, Faults
    from airflow_sm_training.local.http.control import Control
    from airflow_sm_training.local.http.relay import Relay
    from airflow_sm_training.local.http.routing import Route
    from airflow_sm_training.local.operations.service import TrainingJobService

_TAG_OPERATIONS = frozenset({"AddTags", "ListTags", "DeleteTags"})
# These may wait for a process to start, or look at every job: not in the event loop.
_SLOW_OPERATIONS = frozenset({"CreateTrainingJob", "StopTrainingJob", "Search"})


class Gateway:
    """
    Handles every request of the endpoint.

    :param service: answers the operations for training jobs.
    :param relay: passes everything else on.
    :param control: answers ``/_local/…``.
    :param loopback_only: refuse what is not addressed to this machine. A web page can make a name of its own mean
        127.0.0.1 and then talk to us (DNS rebinding); the Host header gives it away.
    """

    def __init__(
        self,
        service: TrainingJobService,
        relay: Relay,
        control: Control,
        faults: Faults,
        requests: RequestCounts,
        *,
        loopback_only: bool,
    ) -> None:
        self._service = service
        self._relay = relay
        self._control = control
        self._faults = faults
        self._requests = requests
        self._loopback_only = loopback_only

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Answer one request."""
        if self._loopback_only and not is_loopback_name(request.host):
            message = f"Host {request.host!r} is not a name of this machine's loopback interface"
            return web.json_response({"message": message}, status=HTTPStatus.FORBIDDEN)
        if request.path.startswith(PREFIX):
            return await self._control.handle(request)
        route, body = await _route(request)
        if route is None:
            return error_response(errors.missing_authentication())
        self._requests.add(route.name)
        return await self._handle_with_faults(request, route, body)

    async def _handle_with_faults(self, request: web.Request, route: Route, body: bytes | None) -> web.StreamResponse:
        lose_response = False
        for fault in self._faults.striking(route.full_name):
            if fault.kind is FaultKind.LATENCY:
                await asyncio.sleep(fault.seconds)
            elif fault.kind is FaultKind.RESET:
                return _cut(request)
            elif fault.kind is FaultKind.LOSE_RESPONSE:
                lose_response = True
            else:
                return error_response(_refusal(fault, route), service=route.service, is_json=route.is_json)
        response = await self._answer(request, route, body)
        if lose_response and response is not None:
            return _cut(request)
        return response if response is not None else await self._relay.forward(request, body, lose=lose_response)

    async def _answer(self, request: web.Request, route: Route, body: bytes | None) -> web.Response | None:
        """Answer an operation for training jobs; None for all that is not ours."""
        if body is not None and request.headers.get("X-Amz-Target") == FILTER_LOG_EVENTS:
            return await filter_log_events(self._relay, request, body)
        operation = self._service.operations.get(route.operation)
        if operation is None or body is None or route.service != routing.SAGEMAKER:
            return None
        try:
            decoded = decode_body(body)
            check_request(route.operation, decoded)
            if not _is_for_training_jobs(route.operation, decoded):
                return None
            if route.operation in _SLOW_OPERATIONS:
                return json_response(await asyncio.to_thread(operation, route.region_name, decoded))
            return json_response(operation(route.region_name, decoded))
        except ServiceError as error:
            return error_response(error)


async def _route(request: web.Request) -> tuple[Route | None, bytes | None]:
    """Return what is asked for, and the body if somebody here has to read it."""
    route = routing.identify(request.method, request.raw_path, request.headers)
    if route is None:
        if request.content_type != routing.FORM:
            return None, None
        body = await request.read()
        return routing.without_signature(body), body
    is_filter = request.headers.get("X-Amz-Target") == FILTER_LOG_EVENTS
    if not (is_filter or route.is_form or routing.is_sagemaker_target(request.headers)):
        return route, None
    body = await request.read()
    return (routing.with_form(route, body) if route.is_form else route), body


def is_loopback_name(host: str) -> bool:
    """
    Whether a Host header names the loopback interface of this machine. ``bucket.localhost`` does.

    :param host: with or without a port.
    """
    name = host.rpartition(":")[0] if _has_port(host) else host
    name = name.strip("[]").rstrip(".").lower()
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


def _has_port(host: str) -> bool:
    return host.rpartition(":")[2].isdigit() and (host.count(":") == 1 or "]:" in host)


def _is_for_training_jobs(operation: str, body: dict[str, Any]) -> bool:
    if operation in _TAG_OPERATIONS:
        return is_training_job(body["ResourceArn"])
    return operation != "Search" or body["Resource"] == "TrainingJob"


def _refusal(fault: Fault, route: Route) -> ServiceError:
    if fault.kind is FaultKind.THROTTLE:
        return errors.throttled()
    if fault.kind is FaultKind.DENY:
        return errors.access_denied(route.service, route.operation)
    return errors.internal_failure(fault.status)


def _cut(request: web.Request) -> web.Response:
    """Cut the connection: the client sees neither an answer nor an end of one."""
    if request.transport is not None:
        request.transport.abort()
    return web.Response(status=HTTPStatus.INTERNAL_SERVER_ERROR)
