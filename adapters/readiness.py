"""Tell when a server is ready, and at which address it answers.

Loopback needs no proxy, whatever the environment says: `http.client` uses none.
"""

from __future__ import annotations

import re
import socket
import ssl
import time
from collections.abc import Callable
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from urllib.parse import urlsplit

from forge.errors import AdapterError

#: Where servers listen: some of them at the second address only.
HOSTS = ("127.0.0.1", "localhost")
CONNECT_S = 1.0
SERVER_ERROR = 500
ADDRESS = re.compile(r"(https?)://(127\.0\.0\.1|localhost|0\.0\.0\.0|\[::1?\]):(\d+)")
COLOURS = re.compile(r"\x1b\[[0-9;]*m")
LOG = "log:"
PORT = "port"


class Readiness:
    """A condition: a path is answered, the log has a text, or a port accepts connections.

    Raises:
        AdapterError: `ready` is no condition.
    """

    def __init__(self, ready: str, where: str = "ready") -> None:
        self._path = self._text = ""
        if ready.startswith("/"):
            self._path = ready
        elif ready.startswith(LOG) and ready.removeprefix(LOG).strip():
            self._text = ready.removeprefix(LOG).strip()
        elif ready != PORT:
            raise AdapterError(
                f"{where}: ready = {ready!r} is no condition",
                hint='write a path such as "/health", "log: " and a text, or "port"',
            )

    def url(self, said: Callable[[], str], port: int | None, deadline: float) -> str | None:
        """Return the address of the server, without a slash, once it is ready; else None.

        `said()` returns what it has printed. Without `port`, the first address in it is the
        server's. `deadline` is in seconds of `time.monotonic`.
        """
        log = COLOURS.sub("", said()) if self._text or port is None else ""
        if self._text not in log:
            return None
        url = _listening(port) if port is not None else _address_in(log)
        if url and self._path and not answers(f"{url}{self._path}", deadline):
            return None
        return url

    def lacks(self, port: int | None) -> str:
        """Return what has not happened, for a message."""
        if self._text:
            return f"its log did not have {self._text!r}"
        at = f"port {port}" if port is not None else "the address that it prints"
        return f"{self._path} was not answered at {at}" if self._path else f"{at} was not open"

    @staticmethod
    def accepts(port: int) -> bool:
        """Return True if a program accepts connections at `port` of this machine."""
        return _listening(port) is not None


def answers(url: str, deadline: float) -> bool:
    """Return True if `url` is answered, before `deadline`, with a status below 500."""
    parts = urlsplit(url)
    assert parts.hostname
    left_s = max(CONNECT_S, deadline - time.monotonic())
    try:
        if parts.scheme == "https":
            unchecked = ssl._create_unverified_context()  # noqa: S323 (the app's own, on loopback)
            connection: HTTPConnection = HTTPSConnection(
                parts.hostname, parts.port, timeout=left_s, context=unchecked
            )
        else:
            connection = HTTPConnection(parts.hostname, parts.port, timeout=left_s)
        try:
            path = f"{parts.path or '/'}?{parts.query}".removesuffix("?")
            connection.request("GET", path, headers={"Accept": "text/html,*/*"})
            return connection.getresponse().status < SERVER_ERROR
        finally:
            connection.close()
    except (OSError, HTTPException):
        return False


def _listening(port: int) -> str | None:
    for host in HOSTS:
        try:
            socket.create_connection((host, port), CONNECT_S).close()
        except OSError:
            continue
        return f"http://{host}:{port}"
    return None


def _address_in(log: str) -> str | None:
    if not (found := ADDRESS.search(log)):
        return None
    scheme, host, port = found.groups()
    host = "localhost" if host in ("0.0.0.0", "[::]") else host  # noqa: S104 (no address to go to)
    return f"{scheme}://{host}:{port}"
