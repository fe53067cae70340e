"""A server of pages with an outside: sockets, events, streams, workers, polls, silence.

Each page has a bar at the top that turns green on success, and a blue bar under it that is 20 px
wide for each word received. `start()` begins the exchange.
"""

from __future__ import annotations

import base64
import hashlib
import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from forge import Adapter

ANSWER_S, LATER_S, WORDS, APART_S = 1.5, 5.0, 10, 0.3
HEAD = """<!doctype html><meta charset=utf-8><style>body { margin: 0; font: 20px sans-serif }
#verdict { height: 24px; background: #888 } #fill { height: 24px; width: 0; background: #36c }
@keyframes blink { 50% { opacity: 0 } } @keyframes turn { to { rotate: 1turn } }
.caret { animation: blink 1.2s steps(1) infinite } .spinner { animation: turn 1s linear infinite }
.caret, .spinner { width: 4px; height: 20px; background: #000 }
</style><div id=verdict></div><div id=fill></div><button id=b>Go</button><p id=out></p><script>
let words = 0
const word = text => { fill.style.width = ++words * 20 + 'px'; out.textContent = text }
const done = text => { out.textContent = text; verdict.style.background = '#0a0' }
const ws = path => new WebSocket(`ws://${location.host}${path}`)
const worker = text => new Worker(URL.createObjectURL(new Blob([text])))
"""
PAGES = {
    "reply": """const s = ws('/ws'); s.onmessage = m => done(m.data)
b.onclick = () => s.send('soon')""",
    "kernel": """const s = ws('/ws')
s.onmessage = m => m.data === 'busy' ? word('busy') : done(m.data)
b.onclick = () => s.send('work')""",
    "events": """b.onclick = () => { const s = new EventSource('/events')
s.onmessage = m => m.data === 'end' ? (s.close(), done('end')) : word(m.data) }""",
    "stream": """b.onclick = async () => { const r = (await fetch('/stream')).body.getReader()
for (;;) { const {done: over} = await r.read(); if (over) break; word('') } done('end') }""",
    "worker": """const w = worker(`onmessage = () => { const end = Date.now() + 700
while (Date.now() < end); setTimeout(() => postMessage('counted'), 500) }`)
w.onmessage = m => done(m.data); b.onclick = () => w.postMessage('go')""",
    "timers": """const w = worker(`onmessage = () => { postMessage('begun')
setTimeout(() => postMessage('over'), 1200) }`)
w.onmessage = m => m.data === 'over' ? done(m.data) : word(m.data)
b.onclick = () => w.postMessage('go')""",
    "shared": """const w = new SharedWorker('/shared.js'); w.port.onmessage = m => done(m.data)
w.port.start(); b.onclick = () => w.port.postMessage('go')""",
    "channel": """const w = worker(`const c = new BroadcastChannel('c')
c.onmessage = () => setTimeout(() => c.postMessage('heard'), 300)`)
const c = new BroadcastChannel('c'); c.onmessage = m => done(m.data)
b.onclick = () => c.postMessage('who is there?')""",
    "poll": """b.onclick = async () => { await fetch('/job', {method: 'POST'})
const look = async () => { const {over} = await (await fetch('/job')).json()
if (over) done('over'); else setTimeout(look, 300) }; look() }""",
    "job": """b.onclick = () => fetch('/job', {method: 'POST'})
const look = async () => { if ((await (await fetch('/job')).json()).over) done('over') }""",
    "by-itself": "const s = ws('/ws?later'); s.onmessage = m => done(m.data)",
    "patient": """setInterval(() => out.dataset.looks = Date.now(), 400)
const s = ws('/ws'); s.onopen = () => s.send('later'); s.onmessage = m => done(m.data)""",
    "quiet": "b.onclick = () => { word('one'); if (words > 2) done('three') }",
    "silent": """const s = ws('/ws'), w = worker('onmessage = () => {}'); w.postMessage('init')
const track = () => { fetch('/never').catch(() => {}); new Image().src = '/never/pixel' }
addEventListener('load', track)
b.onclick = () => { word('one'); track(); if (words > 2) done('three') }""",
    "caret": """document.body.insertAdjacentHTML('beforeend', '<div class=spinner></div>')
const s = ws('/ws'); s.onmessage = m => done(m.data)
b.onclick = () => { s.send('soon')
document.body.insertAdjacentHTML('beforeend', '<div class=caret></div>') }""",
    "spinner": """const s = ws('/ws')
s.onmessage = m => m.data === 'busy' ? word('busy') : (spins.className = '', done(m.data))
b.onclick = () => { s.send('long')
document.body.insertAdjacentHTML('beforeend', '<div id=spins class=spinner></div>') }""",
    "opener": """b.onclick = () => { const w = open('/page/opened')
setTimeout(() => { w.document.getElementById('verdict').style.background = '#0a0' }, 1200) }""",
    "opened": "",
}
SHARED = b"""onconnect = e => e.ports[0].onmessage = m =>
setTimeout(() => m.target.postMessage('shared'), 800)"""


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: Any) -> None:
        pass

    def do_GET(self) -> None:
        if self.path.startswith("/page/"):
            script = PAGES[self.path.rpartition("/")[2]]
            return self.reply("text/html", f"{HEAD}{script}</script>".encode())
        if self.path.startswith("/ws"):
            return self.web_socket()
        if self.path.startswith("/never"):
            self.server.over.wait(100)  # type: ignore[attr-defined]
            self.close_connection = True
            return None
        if self.path == "/events":
            return self.pieces("text/event-stream", "data: {}\n\n", "data: end\n\n")
        if self.path == "/stream":
            return self.pieces("text/plain", "word{} ", "")
        if self.path == "/shared.js":
            return self.reply("text/javascript", SHARED)
        began_s = self.server.began_s  # type: ignore[attr-defined]
        over = began_s is not None and time.perf_counter() - began_s > ANSWER_S
        return self.reply("application/json", json.dumps({"over": over}).encode())

    def do_POST(self) -> None:
        self.server.began_s = time.perf_counter()  # type: ignore[attr-defined]
        self.reply("application/json", b"{}")

    def reply(self, kind: str, body: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def pieces(self, kind: str, each: str, last: str) -> None:
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        for text in (*(each.format(n) for n in range(WORDS)), last):
            if text:
                self.wfile.write(b"%x\r\n%s\r\n" % (len(text), text.encode()))
                self.wfile.flush()
                time.sleep(APART_S)
        self.wfile.write(b"0\r\n\r\n")

    def web_socket(self) -> None:
        """Answer "soon" after 0.3 s; answer "work" with "busy", and later with the result."""
        key = self.headers["Sec-WebSocket-Key"] + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
        self.send_response(101)
        self.send_header("Upgrade", "websocket")
        self.send_header("Connection", "Upgrade")
        accept = hashlib.sha1(key.encode(), usedforsecurity=False).digest()
        self.send_header("Sec-WebSocket-Accept", base64.b64encode(accept).decode())
        self.end_headers()
        self.close_connection = True
        if self.path.endswith("later"):
            self.server.push = lambda: self.say("by itself")  # type: ignore[attr-defined]
        while (asked := self.message()) is not None:
            if asked == "soon":
                time.sleep(0.3)
            elif asked == "later":
                time.sleep(LATER_S)
            elif asked in ("work", "long"):
                self.say("busy")
                time.sleep(ANSWER_S if asked == "work" else 2 * ANSWER_S)
            self.say("42 rows")

    def say(self, text: str) -> None:
        self.wfile.write(b"\x81" + bytes([len(text)]) + text.encode())
        self.wfile.flush()

    def message(self) -> str | None:
        head = self.rfile.read(2)
        if len(head) < 2 or head[0] & 15 == 8:
            return None
        mask, data = self.rfile.read(4), self.rfile.read(head[1] & 127)
        return bytes(b ^ mask[i % 4] for i, b in enumerate(data)).decode()


class World(Adapter):
    parallel_safe = True

    def start(self, slot: Any) -> None:
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.server.over = threading.Event()  # type: ignore[attr-defined]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def setup(self, browser: Any, ctx: Any) -> Any:
        self.server.began_s = None  # type: ignore[attr-defined]
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        browser.get(f"{self.url}/page/{ctx.job}")
        return self

    def push(self) -> None:
        """Send a message that was not asked for to the page "by-itself"."""
        self.server.push()  # type: ignore[attr-defined]

    def stop(self) -> None:
        self.server.over.set()  # type: ignore[attr-defined]
        self.server.shutdown()
        self.server.server_close()
