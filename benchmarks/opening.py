"""The time to open a page of many files on the virtual clock, against plain Selenium.

    python benchmarks/opening.py [--files 250] [--rounds 5]

A local server has a page of modules that import one another, style sheets, pictures and data. It is
opened in a new browser by plain Selenium and in forge's set-up, in turns; the time is from `get`
until the page's script has everything.
"""

from __future__ import annotations

import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from _bench import arguments, console, keep, median, show
from selenium.webdriver.support.wait import WebDriverWait

from forge.model.settings import Settings
from forge.workers.checks import find_machine
from forge.workers.recording.browser.launch import launch
from forge.workers.recording.phase import start_recorder
from forge.workers.recording.virtual.tutorial_time import patched_time

PICTURE = b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><circle r="9"/></svg>'
READY = "return document.documentElement.dataset.ready"


class Handler(BaseHTTPRequestHandler):
    """Serves a page, a tree of modules `/m/<n>.js` of which each imports two, and data."""

    protocol_version = "HTTP/1.1"
    files = 250

    def log_message(self, *_: object) -> None:
        pass

    def do_GET(self) -> None:
        kind, body = self.file(self.path)
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def file(self, path: str) -> tuple[str, bytes]:
        modules, styles, pictures = (self.files * share // 100 for share in (50, 10, 20))
        data = self.files - modules - styles - pictures - 1
        if path == "/":
            links = "".join(f"<link rel=stylesheet href=/s/{n}.css>" for n in range(styles))
            images = "".join(f"<img src=/i/{n}.svg>" for n in range(pictures))
            script = f"""<script type=module>import '/m/1.js';
            const ask = n => fetch('/d/' + n).then(answer => answer.json());
            await Promise.all([...Array({data}).keys()].map(ask));
            document.documentElement.dataset.ready = 'yes'</script>"""
            page = f"<!doctype html><meta charset=utf-8>{links}<p>Files</p>{images}{script}"
            return "text/html; charset=utf-8", page.encode()
        number = int(path.rpartition("/")[2].partition(".")[0])
        if path.startswith("/m/"):
            children = (n for n in (2 * number, 2 * number + 1) if n <= modules)
            imports = "".join(f"import '/m/{n}.js';" for n in children)
            work = "let s = 0; for (let i = 0; i < 2e4; i++) s += Math.sqrt(i);"
            return "text/javascript", f"{imports}{work}export default s;".encode()
        if path.startswith("/s/"):
            return "text/css", f".c{number} {{ color: #{number:03x}; }}".encode()
        if path.startswith("/i/"):
            return "image/svg+xml", PICTURE
        return "application/json", b'{"rows": [1, 2, 3]}'


@contextmanager
def server(files: int) -> Iterator[str]:
    Handler.files = files
    made = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    made.daemon_threads = True
    threading.Thread(target=made.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{made.server_port}/"
    made.shutdown()


def opened_s(url: str, clock: str) -> float:
    """Return the seconds to open the page; `clock`: "virtual", or "plain" for Selenium alone."""
    settings = Settings(project_dir=Path.cwd())
    machine = find_machine(settings).on("elastic" if clock == "plain" else "virtual")
    with tempfile.TemporaryDirectory() as folder:
        browser, end = launch(settings, machine, Path(folder))
        recorder = None
        if clock != "plain":
            recorder = start_recorder(browser, settings, machine.clock, Path(folder))
        try:
            began_s = time.perf_counter()
            browser.get(url)
            WebDriverWait(browser, 60, poll_frequency=0.05).until(lambda b: b.execute_script(READY))
            return time.perf_counter() - began_s
        finally:
            if recorder:
                recorder.close()
            end()


def main() -> None:
    parser = arguments(__doc__, rounds=5)
    parser.add_argument("--files", type=int, default=250)
    args = parser.parse_args()
    patched_time.install()
    times: dict[str, list[float]] = {"plain": [], "virtual": []}
    with server(args.files) as url:
        for _ in range(args.rounds):
            for clock, found in times.items():
                found.append(opened_s(url, clock))
                console.print(f"{clock}: {found[-1]:.2f} s")
    plain, virtual = (median(found) for found in times.values())
    show(
        f"Opening a page of {args.files} files",
        ["plain Selenium", "virtual clock", "ratio"],
        [[f"{plain:.2f} s", f"{virtual:.2f} s", f"{virtual / plain:.2f} ×"]],
    )
    keep("opening", {"files": args.files, "times_s": times, "ratio": virtual / plain})


if __name__ == "__main__":
    main()
