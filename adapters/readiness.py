"""Tell when a server is ready, and at which address it answers.

Loopback needs no proxy, whatever the environment says: `http.client` uses none.
"""

from __future__ import annotations

import re
import socket
import ssl
import time
from collections.abc import Callable
from contextlib import suppress
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import urlopen

from forge.errors import AdapterError

#: Where servers listen: some of them at the second address only.
HOSTS = ("127.0.0.1", "localhost")
CONNECT_S = 1.0
REMOTE_S = 10.0
READ_BYTES = 2**20
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
        if port is None:
            addresses = _addresses_in(log)
        else:
            addresses = [f"http://{host}:{port}" for host in HOSTS]
        return next((url for url in addresses if self._is_met(url, deadline)), None)

    def _is_met(self, url: str, deadline: float) -> bool:
        # A path is asked for at once: a server may take a connection without a request amiss.
        return answers(f"{url}{self._path}", deadline) if self._path else _accepts(url)

    def lacks(self, port: int | None) -> str:
        """Return what has not happened, for a message."""
        if self._text:
            return f"its log did not have {self._text!r}"
        at = f"port {port}" if port is not None else "the address that it prints"
        return f"{self._path} was not answered at {at}" if self._path else f"{at} was not open"


def accepts(port: int) -> bool:
    """Return True if a program accepts connections at `port` of this machine."""
    return any(_accepts(f"http://{host}:{port}") for host in HOSTS)


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
            answer = connection.getresponse()
            if answer.length and answer.length <= READ_BYTES:
                with suppress(OSError, HTTPException):
                    answer.read()  # else the app's log would tell of a broken pipe
            return answer.status < SERVER_ERROR
        finally:
            connection.close()
    except (OSError, HTTPException):
        return False


def why_silent(url: str) -> str:
    """Return why the app at `url`, which may be on another machine, does not answer; else ""."""
    try:
        urlopen(url, timeout=REMOTE_S).close()  # noqa: S310 (http or https: `forge.model.app_rules`)
    except HTTPError as problem:
        return f"HTTP status {problem.code}" if problem.code >= SERVER_ERROR else ""
    except (OSError, HTTPException, ValueError) as problem:
        return str(getattr(problem, "reason", "") or problem)
    return ""


def _accepts(url: str) -> bool:
    parts = urlsplit(url)
    try:
        socket.create_connection((parts.hostname, parts.port), CONNECT_S).close()
    except OSError:
        return False
    return True


def _addresses_in(log: str) -> list[str]:
    """Return the first address of this machine in `log`, in a list."""
    if not (found := ADDRESS.search(log)):
        return []
    scheme, host, port = found.groups()
    host = "localhost" if host in ("0.0.0.0", "[::]") else host  # noqa: S104 (no address to go to)
    return [f"{scheme}://{host}:{port}"]
