"""The server of the page: loopback alone, for pages that it has served itself."""

from __future__ import annotations

import json
import re
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.resources import files
from pathlib import Path

from forge.errors import UsageError
from forge.watching.board import Board

ADDRESS = "127.0.0.1"
PORT, PORTS = 8100, range(1, 65536)
OWN = {"/": ("watch.html", "text/html"), "/watch.js": ("watch.js", "text/javascript")}
OWN["/watch.css"] = ("watch.css", "text/css")
KINDS = {"jpg": "image/jpeg", "png": "image/png", "mp4": "video/mp4"}
FILE = re.compile(r"/files/([0-9a-f]{32}\.(jpg|png|mp4))")
RANGE = re.compile(r"bytes=(\d+)-(\d*)")
ALIVE_S = 10.0  # between two signs of life on a connection without news
LARGEST_BODY = 10_000  # bytes of a request
POLICY = (
    "default-src 'none'; img-src 'self' data:; media-src 'self'; style-src 'self';"
    " script-src 'self'; connect-src 'self'; base-uri 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
}

#: Called with the job and the step that the reader has chosen; "again" is True to play it again.
Choose = Callable[[str, str, bool], object]


class Server(ThreadingHTTPServer):
    """Serves the page of `board`, and the files of `folder`."""

    daemon_threads = True

    def __init__(self, port: int, board: Board, folder: Path, choose: Choose) -> None:
        self.board, self.folder, self.choose = board, folder, choose
        super().__init__((ADDRESS, port), _Handler)

    def handle_error(self, request: object, client_address: object) -> None:
        """Pass over a connection that the page has closed; print the traceback of other errors."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]

    @property
    def url(self) -> str:
        """The address of the page."""
        return f"http://{ADDRESS}:{self.server_port}/"

    def is_named(self, host: str) -> bool:
        """Return True if `host`, of a request, is a name of this machine's loopback and this port.

        Another name that leads here was made to by someone else's page (DNS rebinding).
        """
        return host in {f"{n}:{self.server_port}" for n in (ADDRESS, "localhost", "[::1]")}


@contextmanager
def serving(port: int | None, board: Board, folder: Path, choose: Choose) -> Iterator[Server]:
    """Serve the page in threads for the length of a block.

    Without a `port`: at PORT, or at another one if that is taken.

    Raises:
        UsageError: the port cannot be had.
    """
    try:
        server = _server(port, board, folder, choose)
    except OSError as problem:
        raise UsageError(
            f"--port {port}: {problem.strerror or problem}", hint="name another, or none"
        ) from problem
    # `shutdown` waits for the next look at the socket.
    serve = partial(server.serve_forever, poll_interval=0.05)
    thread = threading.Thread(target=serve, name="forge-page", daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _server(port: int | None, board: Board, folder: Path, choose: Choose) -> Server:
    try:
        return Server(port or PORT, board, folder, choose)
    except OSError:
        if port:
            raise
        return Server(0, board, folder, choose)


class _Handler(BaseHTTPRequestHandler):
    """Answers one connection."""

    server: Server
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        if not self._is_allowed():
            return
        if self.path in OWN:
            name, kind = OWN[self.path]
            own = files("forge.watching").joinpath("data", name).read_bytes()
            self._send(HTTPStatus.OK, f"{kind}; charset=utf-8", own)
        elif self.path == "/events":
            self._send_events()
        elif found := FILE.fullmatch(self.path):
            self._send_file(self.server.folder / found[1], KINDS[found[2]])
        else:
            self._send_error(HTTPStatus.NOT_FOUND, "there is no such page")

    def do_POST(self) -> None:
        if not self._is_allowed():
            return
        size = self.headers.get("Content-Length", "")
        if not (size.isdecimal() and int(size) <= LARGEST_BODY):
            self.close_connection = True
            self._send_error(HTTPStatus.BAD_REQUEST, "the request is too large, or of no length")
            return
        body = self.rfile.read(int(size))
        # A page of another origin can send no JSON without asking first.
        if self.path != "/choose" or self.headers.get_content_type() != "application/json":
            self._send_error(HTTPStatus.NOT_FOUND, "there is no such page")
            return
        try:
            wish = json.loads(body)
            job, step, again = str(wish["job"]), str(wish["step"]), wish.get("again") is True
        except (ValueError, TypeError, KeyError, AttributeError):
            self._send_error(HTTPStatus.BAD_REQUEST, "job and step are missing")
            return
        self.server.choose(job, step, again)
        self._send(HTTPStatus.NO_CONTENT, "", b"")

    def log_message(self, *message: object) -> None:
        """Log nothing: the terminal is for news of the tutorial."""

    def _is_allowed(self) -> bool:
        """Return True if the request comes from the page itself, else refuse it."""
        site = self.headers.get("Sec-Fetch-Site", "none")
        if self.server.is_named(self.headers.get("Host", "")) and site in ("none", "same-origin"):
            return True
        self.close_connection = True
        self._send_error(HTTPStatus.FORBIDDEN, f"only {self.server.url} is served here")
        return False

    def _send_events(self) -> None:
        """Send what is shown, now and after each change (server-sent events)."""
        self.close_connection = True
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", "text/event-stream; charset=utf-8")
        self._end_headers(length=None)
        version = 0
        try:
            while True:
                if found := self.server.board.read(version, ALIVE_S):
                    version, text = found
                    self.wfile.write(f"data: {text}\n\n".encode())
                else:
                    self.wfile.write(b": alive\n\n")
                self.wfile.flush()
        except OSError:
            pass  # the page was closed

    def _send_file(self, path: Path, kind: str) -> None:
        """Send a file, or the part of it that is asked for: players do so in order to seek."""
        try:
            data = path.read_bytes()
        except OSError:
            self._send_error(HTTPStatus.NOT_FOUND, "there is no such file")
            return
        asked = RANGE.fullmatch(self.headers.get("Range", ""))
        first = int(asked[1]) if asked else 0
        if not asked or first >= len(data):
            self._send(HTTPStatus.OK, kind, data, **{"Accept-Ranges": "bytes"})
            return
        last = min(int(asked[2] or len(data)), len(data) - 1)
        part = {"Content-Range": f"bytes {first}-{last}/{len(data)}"}
        self._send(HTTPStatus.PARTIAL_CONTENT, kind, data[first : last + 1], **part)

    def _send_error(self, status: HTTPStatus, text: str) -> None:
        self._send(status, "text/plain; charset=utf-8", f"{text}\n".encode())

    def _send(self, status: HTTPStatus, kind: str, data: bytes, **headers: str) -> None:
        self.send_response(status)
        if kind:
            self.send_header("Content-Type", kind)
        for name, value in headers.items():
            self.send_header(name, value)
        self._end_headers(len(data))
        self.wfile.write(data)

    def _end_headers(self, length: int | None) -> None:
        for name, value in HEADERS.items():
            self.send_header(name, value)
        # The name of a picture or clip is made of its content, but its folder is not for long.
        self.send_header("Cache-Control", "no-store")
        if length is not None:
            self.send_header("Content-Length", f"{length}")
        self.end_headers()
