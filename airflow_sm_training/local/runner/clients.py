"""boto3 clients for the endpoint that a job's S3 and CloudWatch Logs calls go to."""

from __future__ import annotations

import os
import threading
from typing import Any

_CONNECT_TIMEOUT_IN_SECONDS = 5
_READ_TIMEOUT_IN_SECONDS = 30


class Clients:
    """
    One client for each service and region, shared by all jobs: building one costs more than the calls of a small job.

    :param endpoint_url: where the services answer
    """

    def __init__(self, endpoint_url: str) -> None:
        self._endpoint_url = endpoint_url
        self._lock = threading.Lock()
        self._clients: dict[tuple[str, str], Any] = {}

    def get(self, service: str, region_name: str) -> Any:
        """
        Return the client of a service.

        :param service: boto3's name, such as ``s3``
        :param region_name: the job's region
        """
        with self._lock:
            key = (service, region_name)
            if key not in self._clients:
                self._clients[key] = self._build(service, region_name)
            return self._clients[key]

    def close(self) -> None:
        """Close the connections."""
        with self._lock:
            for client in self._clients.values():
                client.close()
            self._clients.clear()

    def _build(self, service: str, region_name: str) -> Any:
        from boto3.session import Session
        from botocore.config import Config
        from botocore.session import Session as CoreSession

        # The user's own profiles and AWS configuration are for AWS; here they could only fail or redirect.
        nothing = (None, None, os.devnull, None)
        variables = {"profile": (None, None, None, None), "config_file": nothing, "credentials_file": nothing}
        session = Session(
            aws_access_key_id="test",
            aws_secret_access_key="test",  # noqa: S106  # the endpoint takes any; nothing is protected by it
            region_name=region_name,
            botocore_session=CoreSession(session_vars=variables),
        )
        config = Config(
            connect_timeout=_CONNECT_TIMEOUT_IN_SECONDS,
            read_timeout=_READ_TIMEOUT_IN_SECONDS,
            retries={"mode": "standard", "total_max_attempts": 3},
            max_pool_connections=32,
            s3={"addressing_style": "path"},
            proxies={},
        )
        return session.client(service, endpoint_url=self._endpoint_url, config=config)
