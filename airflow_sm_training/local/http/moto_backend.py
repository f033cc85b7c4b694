"""moto's server, for S3, CloudWatch Logs, IAM, STS and whatever else is not ours."""

from __future__ import annotations

import logging
import urllib.request
from threading import Lock
from typing import Any

_lock = Lock()
_running = 0


class MotoBackend:
    """
    A moto server on a loopback port of its own.

    moto keeps its state once a process: two endpoints of one process see the same buckets, and the first one that
    starts when none is running empties it.
    """

    def __init__(self) -> None:
        self._server: Any = None
        self.url = ""

    def start(self) -> None:
        """Start the server."""
        global _running  # noqa: PLW0603 - moto's state is global, so is the count of those who use it
        from moto.server import ThreadedMotoServer

        _be_quiet()
        with _lock:
            self._server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
            self._server.start()
            host, port = self._server.get_host_and_port()
            self.url = f"http://{host}:{port}"
            if not _running:
                reset = urllib.request.Request(f"{self.url}/moto-api/reset", method="POST")  # noqa: S310 - http
                urllib.request.urlopen(reset, timeout=30).close()  # noqa: S310 - http, the server started above
            _running += 1

    def stop(self) -> None:
        """Stop the server."""
        global _running  # noqa: PLW0603
        with _lock:
            if self._server is not None:
                self._server.stop()
                self._server = None
                _running -= 1


def _be_quiet() -> None:
    # werkzeug prints a line for each request unless somebody decided on its level before.
    logger = logging.getLogger("werkzeug")
    if logger.level == logging.NOTSET:
        logger.setLevel(logging.ERROR)
