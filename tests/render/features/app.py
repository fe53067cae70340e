"""A server with a page for each feature; slow where real servers are."""

from __future__ import annotations

import base64
import hashlib
import re
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from forge import Adapter

HEAD = """<!doctype html><meta charset=utf-8><title>{name}</title>
<style>body{{font:20px sans-serif;margin:20px}}</style>"""
PAGES = {
    "waits": """<button id=b>Load</button><p id=p></p><script>
        b.onclick = async () => {
          p.textContent = await (await fetch('/slow')).text();
          setTimeout(() => p.insertAdjacentHTML('afterend', '<p id=late>late</p>'), 1500);
        }</script>""",
    "dialogs": """<button id=b>Ask</button><p id=p>?</p><script>
        b.onclick = () => { p.textContent = confirm('Really?') ? 'yes' : 'no' }</script>""",
    "frame": """<h1>Outside</h1><iframe src=/inner width=400 height=150></iframe>""",
    "inner": """<button id=b>Inside</button><script>
        b.onclick = () => { b.textContent = 'clicked' }</script>""",
    "shadow": """<my-box></my-box><script>
        customElements.define('my-box', class extends HTMLElement { connectedCallback() {
          const root = this.attachShadow({mode: 'open'});
          root.innerHTML = '<button id=b>In the shadow</button>';
          root.firstChild.onclick = e => { e.target.textContent = 'found' };
        }})</script>""",
    "windows": """<h1>First</h1><a id=b href=/second target=_blank>open</a>""",
    "second": """<body style='background:#cdf'><h1>Second</h1><p id=p>0</p><script>
        setTimeout(() => { p.textContent = 'ready' }, 800)</script>""",
    "files": """<input type=file id=f><p id=p></p><a id=b href=/file>download</a><script>
        f.onchange = () => { p.textContent = f.files[0].name + ' ' + f.files[0].size }</script>""",
    "drag": """<style>.box{width:100px;height:100px;position:absolute;top:60px}</style>
        <div id=z class=box style='left:400px;background:#ddd'></div>
        <div id=a class=box style='left:20px;background:#c33'></div><script>
        let from = null;
        a.onmousedown = e => { from = e.clientX - a.offsetLeft };
        onmousemove = e => { if (from !== null) a.style.left = e.clientX - from + 'px' };
        onmouseup = () => { from = null }</script>""",
    "keys": """<input id=f autofocus><p id=p></p><script>
        onkeydown = e => { if (e.ctrlKey && e.key === 'k') { e.preventDefault();
          p.textContent = 'palette' } }</script>""",
    "routes": """<nav><a id=b href=/routes/two>two</a></nav><h1 id=h>one</h1><script>
        const show = () => { h.textContent = location.pathname.endsWith('two') ? 'two' : 'one' };
        b.onclick = e => { e.preventDefault(); history.pushState({}, '', '/routes/two');
          setTimeout(show, 200) };
        onpopstate = show</script>""",
    "polling": """<style>div{width:60px;height:60px;background:#36c}</style>
        <p id=p>0</p><div id=d></div><script>
        let n = 0;
        setInterval(async () => { await fetch('/quick'); p.textContent = ++n }, 500);
        d.animate([{marginLeft: 0}, {marginLeft: '300px'}], {duration: 2000, iterations: Infinity})
        </script>""",
    "socket": """<p id=p>-</p><p id=e>-</p><script>
        const s = new WebSocket(`ws://${location.host}/ws`);
        s.onmessage = m => { p.textContent = m.data };
        new EventSource('/events').onmessage = m => { e.textContent = m.data }</script>""",
    "worker": """<p id=p>-</p><script>
        navigator.serviceWorker.register('/sw.js').then(() => navigator.serviceWorker.ready)
          .then(() => new Promise(done => navigator.serviceWorker.controller ? done()
            : navigator.serviceWorker.oncontrollerchange = done))
          .then(() => fetch('/from-worker')).then(r => r.text()).then(t => { p.textContent = t })
        </script>""",
    "time": """<p id=p></p><p id=q></p><canvas id=c width=300 height=60></canvas><script>
        q.textContent = Math.random() + ' ' + new Date().toISOString();
        let n = 0; const d = c.getContext('2d');
        requestAnimationFrame(function f(at) {
          d.clearRect(0, 0, 300, 60); d.fillRect(n++ * 2 % 300, 10, 20, 40);
          p.textContent = n + ' frames, ' + Math.round(performance.now()) + ' ms';
          if (n < 60) requestAnimationFrame(f) })</script>""",
    "scroll": """<div style='height:2400px;background:linear-gradient(#fff,#369)'>top</div>
        <button id=b>bottom</button>""",
    "transition": """<style>#b{transition:all .6s}.on{transform:translateX(300px);opacity:.4}
        @keyframes grow{from{width:0}} #a{height:20px;width:300px;background:#393;animation:grow 1s}
        </style><button id=b>go</button><div id=a></div><script>
        b.onclick = () => b.classList.toggle('on')</script>""",
    "film": """<button id=b>play</button><p id=p>-</p>
        <video id=v src=/film.webm muted width=320 height=192></video><script>
        b.onclick = () => v.play(); v.onended = () => { p.textContent = 'over' }</script>""",
}  # fmt: skip
FILM = Path(__file__).with_name("film.webm")
WORKER = """self.onfetch = e => { if (e.request.url.endsWith('/from-worker'))
  e.respondWith(new Response('from the worker')) };
self.onactivate = e => e.waitUntil(clients.claim());"""


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: Any) -> None:
        pass

    def do_GET(self) -> None:
        name = self.path.strip("/").split("/")[0]
        if name == "ws":
            return self.web_socket()
        if name == "events":
            return self.events()
        if name == "moved":
            return self.answer(b"", status=302, location="/moved-twice")
        if name == "moved-twice":
            return self.answer(b"", status=302, location="/second")
        if name == "slow":
            time.sleep(0.8)
            return self.answer(b"loaded")
        if name == "quick":
            return self.answer(b"ok")
        if name == "file":
            return self.answer(b"x" * 1000, disposition="attachment; filename=report.csv")
        if name == "film.webm":
            return self.film()
        if name == "sw.js":
            return self.answer(WORKER.encode(), kind="text/javascript")
        if name in PAGES:
            return self.answer((HEAD.format(name=name) + PAGES[name]).encode(), kind="text/html")
        return self.answer(b"not found", status=404)

    def answer(
        self,
        body: bytes,
        *,
        status: int = 200,
        kind: str = "text/plain",
        location: str = "",
        disposition: str = "",
    ) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        for header, value in (("Location", location), ("Content-Disposition", disposition)):
            if value:
                self.send_header(header, value)
        self.end_headers()
        self.wfile.write(body)

    def film(self) -> None:
        """Send the requested range: without ranges, a browser cannot seek."""
        first, last = re.fullmatch(r"bytes=(\d+)-(\d*)", self.headers["Range"]).groups()  # type: ignore[union-attr]
        whole = FILM.read_bytes()
        part = whole[int(first) : int(last or len(whole)) + 1]
        self.send_response(206)
        self.send_header("Content-Type", "video/webm")
        self.send_header("Content-Length", str(len(part)))
        end = int(first) + len(part) - 1
        self.send_header("Content-Range", f"bytes {first}-{end}/{len(whole)}")
        self.end_headers()
        self.wfile.write(part)

    def events(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.end_headers()
        self.wfile.write(b"data: hello\n\n")
        self.wfile.flush()
        self.server.ended.wait(60)  # type: ignore[attr-defined]

    def web_socket(self) -> None:
        key = self.headers["Sec-WebSocket-Key"] + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
        accept = base64.b64encode(hashlib.sha1(key.encode()).digest()).decode()
        self.send_response(101)
        for header, value in (("Upgrade", "websocket"), ("Connection", "Upgrade")):
            self.send_header(header, value)
        self.send_header("Sec-WebSocket-Accept", accept)
        self.end_headers()
        self.wfile.write(b"\x81\x05hello")
        self.wfile.flush()
        self.server.ended.wait(60)  # type: ignore[attr-defined]


class App(Adapter):
    parallel_safe = True

    def start(self, slot: Any) -> None:
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.server.ended = threading.Event()  # type: ignore[attr-defined]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def setup(self, browser: Any, ctx: Any) -> str:
        url = f"http://127.0.0.1:{self.server.server_port}"
        browser.get(f"{url}/waits")
        return url

    def stop(self) -> None:
        self.server.ended.set()  # type: ignore[attr-defined]
        self.server.shutdown()
        self.server.server_close()
