"""AWS's JSON 1.1 and XML on the wire: bodies in, responses out. Knows nothing of training jobs."""

from __future__ import annotations

import json
import uuid
from http import HTTPStatus
from typing import Any
from xml.sax.saxutils import escape

from aiohttp import web  # noqa: TID253 - never imported by a DAG file

from airflow_sm_training.local.errors import ServiceError

_JSON_TYPE = "application/x-amz-json-1.1"
_REQUEST_ID = "x-amzn-RequestId"
# S3 and the services that speak XML have names of their own for what goes wrong everywhere.
_XML_ERRORS = {
    "s3": {
        "ThrottlingException": ("SlowDown", HTTPStatus.SERVICE_UNAVAILABLE),
        "AccessDeniedException": ("AccessDenied", HTTPStatus.FORBIDDEN),
        "InternalFailure": ("InternalError", HTTPStatus.INTERNAL_SERVER_ERROR),
    },
    "": {
        "ThrottlingException": ("Throttling", HTTPStatus.BAD_REQUEST),
        "AccessDeniedException": ("AccessDenied", HTTPStatus.FORBIDDEN),
    },
}


def decode_body(body: bytes) -> dict[str, Any]:
    """
    Read a JSON request.

    :raises ServiceError: ``SerializationException``.
    """
    try:
        value = json.loads(body or b"{}")
    except ValueError as error:
        raise ServiceError("SerializationException", f"The request is not JSON: {error}") from None
    if not isinstance(value, dict):
        raise ServiceError("SerializationException", "The request is not a structure")
    # An explicit null says what a missing field says.
    return {name: item for name, item in value.items() if item is not None}


def json_response(answer: dict[str, Any], status: int = HTTPStatus.OK) -> web.Response:
    """Return an answer as AWS's JSON protocol has it."""
    return web.Response(
        status=status,
        body=json.dumps(answer, allow_nan=False).encode(),
        headers={"Content-Type": _JSON_TYPE, _REQUEST_ID: str(uuid.uuid4())},
    )


def error_response(error: ServiceError, *, service: str = "sagemaker", is_json: bool = True) -> web.Response:
    """
    Return an error as the service's protocol has it.

    :param is_json: whether the service speaks JSON.
    """
    if is_json:
        response = json_response({"__type": error.code, "message": error.message}, error.status)
        response.headers["x-amzn-ErrorType"] = error.code
        return response
    names = _XML_ERRORS.get(service, _XML_ERRORS[""])
    code, status = names.get(error.code, (error.code, error.status))
    request_id = str(uuid.uuid4())
    detail = f"<Code>{escape(code)}</Code><Message>{escape(error.message)}</Message>"
    if service == "s3":
        text = f"<Error>{detail}<RequestId>{request_id}</RequestId></Error>"
    else:
        detail = f"<Error><Type>Sender</Type>{detail}</Error>"
        text = f"<ErrorResponse>{detail}<RequestId>{request_id}</RequestId></ErrorResponse>"
    return web.Response(
        status=status,
        body=f'<?xml version="1.0" encoding="UTF-8"?>\n{text}'.encode(),
        headers={"Content-Type": "text/xml", _REQUEST_ID: request_id},
    )
