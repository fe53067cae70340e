"""A shop whose page keeps the key of its session in `localStorage`, at `/?db` in a database."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from uuid import uuid4

from tests.support.project import ROOT

PAGE = ROOT / "tests" / "apps" / "shops" / "token_shop.html"


class TokenShop:
    """The server's side.

    `accepts` is the password, `asked` counts the attempts to sign in. `locked`: the page answers
    with a dialog.
    """

    def __init__(self) -> None:
        self.url = ""
        self.accepts = ""
        self.asked = 0
        self.locked = False
        self.tokens: set[str] = set()

    def answer(self, path: str, body: dict[str, str]) -> tuple[int, str]:
        if path == "/goods":
            return (200, "") if body["token"] in self.tokens else (401, "")
        self.asked += 1
        if self.locked:
            return 403, f"Account {body['email']} is locked."
        if body["password"] != self.accepts:
            return 401, f"No account for {body['email']} with {body['password']}."
        token = uuid4().hex
        self.tokens.add(token)
        return 200, token


@contextmanager
def token_shop() -> Iterator[TokenShop]:
    """Serve a shop on a free port for the length of a block."""
    shop = TokenShop()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._send(200 if self.path in ("/", "/?db") else 404, PAGE.read_text(), "text/html")

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            self._send(*shop.answer(self.path, json.loads(body)), "text/plain")

        def _send(self, status: int, text: str, kind: str) -> None:
            data = text.encode()
            self.send_response(status)
            self.send_header("Content-Type", f"{kind}; charset=utf-8")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *args: object) -> None: ...

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        shop.url = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield shop
        finally:
            server.shutdown()
            thread.join()
