"""``/_local/…``: the endpoint's own controls, for whoever cannot reach its Python object."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import TYPE_CHECKING

from aiohttp import web  # noqa: TID253 - never imported by a DAG file

from airflow_sm_training.local.faults import FaultError, parse_faults

if TYPE_CHECKING:
    from airflow_sm_training.local.counts import RequestCounts
    from airflow_sm_training.local.faults import Faults

PREFIX = "/_local/"


class Control:
    """
    Answers the controls.

    :param faults: read and changed at ``/_local/faults``.
    :param requests: read at ``/_local/requests``.
    """

    def __init__(self, faults: Faults, requests: RequestCounts) -> None:
        self._faults = faults
        self._requests = requests

    async def handle(self, request: web.Request) -> web.Response:
        """Answer one request."""
        what = request.path.removeprefix(PREFIX)
        if what == "faults":
            return await self._handle_faults(request)
        if what == "requests" and request.method == "GET":
            return web.json_response(self._requests.to_dict())
        if what == "health" and request.method == "GET":
            return web.json_response({"status": "ok"})
        known = "GET, PUT and DELETE /_local/faults, GET /_local/requests, GET /_local/health"
        return web.json_response({"message": f"Known are {known}"}, status=HTTPStatus.NOT_FOUND)

    async def _handle_faults(self, request: web.Request) -> web.Response:
        if request.method == "PUT":
            try:
                self._faults.replace(parse_faults(await request.read()))
            except FaultError as error:
                return web.json_response({"message": str(error)}, status=HTTPStatus.BAD_REQUEST)
        elif request.method == "DELETE":
            self._faults.clear()
        elif request.method != "GET":
            return web.json_response({"message": "GET, PUT or DELETE"}, status=HTTPStatus.METHOD_NOT_ALLOWED)
        faults = [fault.to_dict() for fault in self._faults.in_force()]
        return web.json_response(faults, dumps=lambda value: json.dumps(value, default=str))
