"""A server of error pages, and a tutorial for each way to meet one."""

from __future__ import annotations

import os
import signal
import threading
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import psutil
from selenium.webdriver.common.keys import Keys

from forge import Adapter, By, Tutorial

HTML = "text/html; charset=utf-8"
START = b"""<!doctype html><meta charset=utf-8><title>Shop</title><h1>Shop</h1>
<a id=broken href=/broken>Report</a> <a id=away href=/away>Orders</a> <a id=new href=/missing
target=_blank>New tab</a> <a id=attached href=/list.csv>List</a> <a id=pdf href=/a.pdf
target=_blank>PDF</a> <form method=post action=/broken><button id=send>Send</button></form>
<button id=blob>Export</button> <button id=copy>Copy</button> <input id=field><p id=out><script>
const by = id => document.getElementById(id)
by('blob').onclick = () => { const a = document.createElement('a'); a.download = 'export.csv'
  a.href = URL.createObjectURL(new Blob(['a,b'])); a.click(); out.textContent = 'exported' }
by('copy').onclick = async () => { await navigator.clipboard.writeText('key')
  out.textContent = 'copied' }
</script>"""
FRAMED = b"""<!doctype html><iframe src=/missing></iframe><img src=/missing.png>
<script>fetch('/broken')</script><h1>Whole</h1>"""
MISSING = rb"""<!doctype html><h1>Not here</h1><a href='http://ana:se@ret@shop.test/'>home</a>
<script type=json>{"next": "http:\/\/ana:secret@shop.test\/next"}</script>"""


class Handler(BaseHTTPRequestHandler):
    """Redirects `/redirect` to `/missing`; `/broken` fails, `/flaky` from its second request on."""

    seen = 0

    def log_message(self, *_: Any) -> None:
        """Say nothing."""

    def do_GET(self) -> None:
        pages: dict[str, tuple[int, bytes, dict[str, str]]] = {
            "/": (200, START, {}),
            "/framed": (200, FRAMED, {}),
            "/redirect": (302, b"", {"Location": "/missing"}),
            "/broken": (500, b"<h1>Oh no</h1>", {}),
            "/list.csv": (200, b"n\n" * 99, {"Content-Disposition": "attachment; filename=l.csv"}),
            "/a.pdf": (200, b"%PDF-1.4", {"Content-Type": "application/pdf"}),
        }
        status, body, headers = pages.get(self.path, (404, MISSING, {}))
        if self.path == "/flaky":
            Handler.seen += 1
            status = 200 if Handler.seen == 1 else 503
        self.send_response(status)
        for name, value in {
            "Content-Type": HTML,
            "Content-Length": f"{len(body)}",
            **headers,
        }.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    do_POST = do_GET  # noqa: N815 - the base class's names


class Shop(Adapter):
    parallel_safe = True

    def start(self, slot: Any) -> None:
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def setup(self, browser: Any, ctx: Any) -> Shop:
        Handler.seen = 0
        browser.get(f"{self.url}/missing")  # while it is under way
        browser.get(self.url)
        return self

    def stop(self) -> None:
        self.server.shutdown()
        self.server.server_close()


def click(name: str) -> Any:
    return lambda browser, ctx: browser.find_element(By.ID, name).click()


def get(path: str) -> Any:
    return lambda browser, ctx: browser.get(ctx.state.url + path)


def away(browser: Any, ctx: Any) -> None:
    ctx.state.stop()
    browser.find_element(By.ID, "away").click()


def flaky(browser: Any, ctx: Any) -> None:
    browser.get(ctx.state.url + "/flaky")
    browser.refresh()


def in_a_new_tab(browser: Any, ctx: Any) -> None:
    browser.find_element(By.ID, "new").click()
    browser.switch_to.window(browser.window_handles[-1])


def looks_for_more(browser: Any, ctx: Any) -> None:
    browser.get(ctx.state.url + "/broken")
    browser.find_element(By.ID, "total")


def crash(browser: Any, ctx: Any) -> None:
    browser.get("chrome://crash")


def killed(browser: Any, ctx: Any) -> None:
    for process in psutil.Process(browser.service.process.pid).children(recursive=True):
        with suppress(psutil.Error):  # it has ended
            if "--type=renderer" in process.cmdline():
                os.kill(process.pid, signal.SIGKILL)


def waits(names: set[str], folder: Path) -> Any:
    return lambda browser: names == {path.name for path in folder.iterdir()}


#: Failing steps by the ids of their tutorials; each step is called "wrong".
WRONG = {
    "link": click("broken"),
    "form": click("send"),
    "redirect": get("/redirect"),
    "reload": flaky,
    "gone": away,
    "tab": in_a_new_tab,
    "more": looks_for_more,
    "crash": crash,
    "killed": killed,
}
for name, does in WRONG.items():
    tour = globals()[name] = Tutorial(name, id=name)
    tour.step("Go.", id="wrong")(does)
    tour.step("And on.", id="later")(lambda browser: None)

for name, does in {"set-up": get("/missing"), "fails": looks_for_more}.items():
    tour = globals()[name] = Tutorial(name, id=name)
    tour.setup(does)
    tour.step("Go.", id="go")(lambda browser: None)

allowed = Tutorial("Allowed", id="allowed")
allowed.step("Not here.", id="missing", allow_error_page=True)(get("/missing"))
allowed.step("Still not.", id="still")(lambda browser: None)
allowed.step("A page whose parts fail.", id="framed")(get("/framed"))

files = Tutorial("Files", id="files")


@files.step("A list.")
def attached(browser: Any, ctx: Any) -> None:
    assert list(ctx.downloads.iterdir()) == []
    browser.find_element(By.ID, "attached").click()


@files.step("A tab that stays empty, for the headless shell shows no PDF.")
def in_a_tab(browser: Any, ctx: Any) -> None:
    first = browser.current_window_handle
    browser.find_element(By.ID, "pdf").click()
    browser.switch_to.window(browser.window_handles[-1])
    browser.close()
    browser.switch_to.window(first)


@files.step("Another tab.")
def opened(browser: Any) -> None:
    browser.execute_script("window.open('')")


@files.step("An export.")
def exported(browser: Any, ctx: Any) -> None:
    from selenium.webdriver.support.wait import WebDriverWait

    browser.find_element(By.ID, "blob").click()
    WebDriverWait(browser, 5).until(waits({"l.csv", "a.pdf", "export.csv"}, ctx.downloads))
    assert (ctx.downloads / "export.csv").read_bytes() == b"a,b"


@files.step("A copy.")
def copied(browser: Any) -> None:
    browser.find_element(By.ID, "copy").click()
    browser.find_element(By.ID, "field").send_keys(Keys.CONTROL, "v")
    assert browser.find_element(By.ID, "field").get_attribute("value") == "key"
