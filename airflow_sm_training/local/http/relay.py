"""Passes requests on to moto as they came: not one byte of a body is decoded, and no header says anything else."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import aiohttp  # noqa: TID253 - never imported by a DAG file
from aiohttp import web  # noqa: TID253 - never imported by a DAG file
from yarl import URL

if TYPE_CHECKING:
    from collections.abc import AsyncIterable

# These belong to one connection (RFC 9110, 7.6.1); Expect was answered when the request was accepted.
_OF_THE_CONNECTION = frozenset(
    {"connection", "keep-alive", "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade", "expect"},
)
_OF_THE_SENDER = frozenset({"authorization", "content-type", "host", "x-amz-date", "x-amz-security-token"})
_CHUNK = 1 << 16


class Relay:
    """
    A client of moto's server.

    :param target: address of that server, such as ``http://127.0.0.1:4567``.
    """

    def __init__(self, target: str) -> None:
        self._target = target
        self._session: aiohttp.ClientSession | None = None

    async def close(self) -> None:
        """Close all connections."""
        if self._session is not None:
            await self._session.close()

    async def forward(self, request: web.Request, body: bytes | None, *, lose: bool = False) -> web.StreamResponse:
        """
        Pass a request on and its response back.

        :param body: the body if it was read already; None = it streams through.
        :param lose: cut the connection to the client in place of the response.
        """
        headers = [(name, value) for name, value in request.headers.items() if name.lower() not in _OF_THE_CONNECTION]
        async with self._open_session().request(
            request.method,
            URL(f"{self._target}{request.raw_path}", encoded=True),
            headers=headers,
            data=await _payload(request, body),
            allow_redirects=False,
        ) as answer:
            if lose and request.transport is not None:
                await answer.read()
                request.transport.abort()
                return web.Response()
            response = web.StreamResponse(status=answer.status, reason=answer.reason)
            for name, value in answer.headers.items():
                if name.lower() not in _OF_THE_CONNECTION:
                    response.headers.add(name, value)
            await response.prepare(request)
            async for chunk in answer.content.iter_chunked(_CHUNK):
                await response.write(chunk)
            await response.write_eof()
            return response

    async def call(self, request: web.Request, target: str, payload: dict[str, Any]) -> tuple[int, bytes]:
        """
        Ask something of the server in the name of whoever sent a request.

        :param request: a request of the same service, in AWS's JSON protocol.
        :param target: the operation, such as ``Logs_20140328.DescribeLogStreams``.
        :param payload: its input.
        :return: HTTP status and body of the answer.
        """
        headers = {name: value for name, value in request.headers.items() if name.lower() in _OF_THE_SENDER}
        async with self._open_session().post(
            f"{self._target}/", headers={**headers, "X-Amz-Target": target}, data=json.dumps(payload)
        ) as answer:
            return answer.status, await answer.read()

    def _open_session(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                auto_decompress=False,
                timeout=aiohttp.ClientTimeout(total=None),
                connector=aiohttp.TCPConnector(limit=64),
                skip_auto_headers=("Accept", "Accept-Encoding", "Content-Type", "User-Agent"),
                cookie_jar=aiohttp.DummyCookieJar(),
            )
        return self._session


async def _payload(request: web.Request, body: bytes | None) -> bytes | AsyncIterable[bytes] | None:
    if body is not None:
        return body
    if not request.can_read_body:
        return None
    if request.content_length is None:  # chunked: moto's server wants to know the length beforehand
        return await request.read()
    return request.content.iter_chunked(_CHUNK)
