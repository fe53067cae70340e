"""A server that delays one resource: the one that the last page of `/late` named."""

from __future__ import annotations

import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from forge import Adapter

LATE_S = 0.3
FIRST = b"<!doctype html><meta charset=utf-8><a id=b href=/saved>save</a>"
#: The order of the answers decides if the toast fades in and how long the list is.
SAVED = b"""<!doctype html><meta charset=utf-8>
<link rel=stylesheet href=/style.css><script defer src=/script.js></script>
<script async src=/early.js></script>"""
REST = b"<p id=list></p><p id=toast>Saved</p>"
FILES = {
    "style.css": (
        "text/css",
        b"#toast{opacity:0;transition:opacity .4s linear;font-size:40px;background:#393}"
        b"#toast.show{opacity:1}",
    ),
    "script.js": (
        "text/javascript",
        b"toast.classList.add('show');"
        b"for (const w of ['one','two']) fetch('/'+w).then(r=>r.text()).then(t=>list.append(t))",
    ),
    "early.js": (
        "text/javascript",
        b"document.title=document.querySelectorAll('p').length;"
        b"addEventListener('load',()=>list.append(document.title))",
    ),
    "one": ("text/plain", b"one "),
    "two": ("text/plain", b"two "),
}


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: Any) -> None:
        pass

    def do_GET(self) -> None:
        name = self.path.rpartition("/")[2]
        if self.path.startswith("/late/"):
            self.server.late = name  # type: ignore[attr-defined]
            return self.answer("text/html", FIRST)
        late_s = LATE_S if name == self.server.late else 0  # type: ignore[attr-defined]
        if name == "saved":
            return self.answer("text/html", SAVED, REST, apart_s=late_s)
        time.sleep(late_s)
        self.answer(*FILES[name])

    def answer(self, kind: str, *parts: bytes, apart_s: float = 0) -> None:
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(sum(map(len, parts))))
        self.end_headers()
        for part in parts:
            self.wfile.write(part)
            self.wfile.flush()
            time.sleep(apart_s)


class App(Adapter):
    def start(self, slot: Any) -> None:
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def setup(self, browser: Any, ctx: Any) -> str:
        return f"http://127.0.0.1:{self.server.server_port}"

    def stop(self) -> None:
        self.server.shutdown()
        self.server.server_close()
