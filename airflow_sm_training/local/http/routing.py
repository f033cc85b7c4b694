"""Which operation of which service a request asks for: read from its head, as AWS's own front door does."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

if TYPE_CHECKING:
    from collections.abc import Mapping

SAGEMAKER = "sagemaker"
_TARGET_PREFIX = "SageMaker."
_DEFAULT_REGION = "us-east-1"
_SCOPE = re.compile(r"[^/\s,=]+/\d{8}/([a-z0-9-]*)/([a-z0-9-]+)/aws4_request")
_OLD_PRESIGNED = ("Signature", "AWSAccessKeyId")
FORM = "application/x-www-form-urlencoded"
# Who calls these has no credentials yet.
_UNSIGNED_OPERATIONS = frozenset({"AssumeRoleWithSAML", "AssumeRoleWithWebIdentity"})
_RPC_PATH = re.compile(r"/service/[^/]+/operation/(\w+)")

# Operations of S3 by HTTP method, for a bucket and for an object, each without and with what the query says.
_S3_BUCKET = {"GET": "ListObjects", "PUT": "CreateBucket", "HEAD": "HeadBucket", "DELETE": "DeleteBucket"}
_S3_OBJECT = {"GET": "GetObject", "PUT": "PutObject", "HEAD": "HeadObject", "DELETE": "DeleteObject"}
_S3_BY_QUERY = {
    ("GET", "list-type"): "ListObjectsV2",
    ("POST", "delete"): "DeleteObjects",
    ("POST", "uploads"): "CreateMultipartUpload",
    ("POST", "uploadId"): "CompleteMultipartUpload",
    ("PUT", "uploadId"): "UploadPart",
    ("DELETE", "uploadId"): "AbortMultipartUpload",
    ("GET", "uploadId"): "ListParts",
    ("GET", "location"): "GetBucketLocation",
}


@dataclass(frozen=True, slots=True)
class Route:
    """
    What a request asks for.

    :param service: as it is signed for, such as ``sagemaker``, ``s3``, ``logs``.
    :param operation: such as ``DescribeTrainingJob``; the HTTP method where nothing tells more.
    :param is_json: whether the service speaks JSON, and not XML.
    """

    service: str
    region_name: str
    operation: str
    is_json: bool

    @property
    def full_name(self) -> str:
        """The operation with its service, such as ``logs:GetLogEvents``."""
        return f"{self.service}:{self.operation}"

    @property
    def name(self) -> str:
        """The operation with its service, unless that is SageMaker."""
        return self.operation if self.service == SAGEMAKER else self.full_name

    @property
    def is_form(self) -> bool:
        """Whether the operation is named in a form in the body, which was not read yet."""
        return self.operation == "POST" and not self.is_json and self.service != "s3"


def identify(method: str, raw_path: str, headers: Mapping[str, str]) -> Route | None:
    """
    Read the head of a request.

    :param raw_path: path and query as they came.
    :return: None for a request that no AWS client signed.
    """
    parts = urlsplit(raw_path)
    query = parse_qs(parts.query, keep_blank_values=True)
    signature = headers.get("Authorization") or " ".join(query.get("X-Amz-Credential", ()))
    scope = _SCOPE.search(signature)
    if scope is None:
        if not signature.startswith("AWS ") and not all(name in query for name in _OLD_PRESIGNED):
            return None
        region_name, service = _DEFAULT_REGION, "s3"  # only S3 still takes the old signatures
    else:
        region_name, service = scope[1] or _DEFAULT_REGION, scope[2]
    target = headers.get("X-Amz-Target", "")
    if target:
        return Route(service, region_name, target.rpartition(".")[2], is_json=True)
    rpc = _RPC_PATH.match(parts.path)
    if rpc:
        return Route(service, region_name, rpc[1], is_json=True)
    if service == "s3":
        return Route(service, region_name, _s3_operation(method, parts.path, query), is_json=False)
    return Route(service, region_name, query.get("Action", [method])[0], is_json=False)


def without_signature(body: bytes) -> Route | None:
    """
    Read a form that nobody signed.

    :return: None for all that STS does not take without a signature.
    """
    route = with_form(Route("sts", _DEFAULT_REGION, "POST", is_json=False), body)
    return route if route.operation in _UNSIGNED_OPERATIONS else None


def with_form(route: Route, body: bytes) -> Route:
    """Return the route with the operation that a form names, as IAM and STS have it."""
    action = parse_qs(body.decode("utf-8", "replace")).get("Action")
    return Route(route.service, route.region_name, action[0], is_json=False) if action else route


def is_sagemaker_target(headers: Mapping[str, str]) -> bool:
    """Whether the request speaks SageMaker's JSON protocol."""
    return headers.get("X-Amz-Target", "").startswith(_TARGET_PREFIX)


def _s3_operation(method: str, path: str, query: Mapping[str, list[str]]) -> str:
    for (asked_method, parameter), operation in _S3_BY_QUERY.items():
        if method == asked_method and parameter in query:
            return operation
    _, _, key = path.lstrip("/").partition("/")
    if not path.strip("/"):
        return "ListBuckets"
    return (_S3_OBJECT if key else _S3_BUCKET).get(method, method)
