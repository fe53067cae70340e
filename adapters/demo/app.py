"""The adapter of the demo app: one server process and one database per slot."""

from __future__ import annotations

import re
import subprocess
import sys
import time
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING

from selenium.webdriver.support.wait import WebDriverWait

from forge.adapters.contract import Adapter, Context, Slot
from forge.errors import AdapterError

if TYPE_CHECKING:
    from selenium.webdriver import Chrome

SERVER = Path(__file__).with_name("server.py")
PORT_LINE = re.compile(r"^(\d+)\n", re.MULTILINE)

START_TIMEOUT_S = 10.0
RESET_TIMEOUT_S = 5.0
READY_TIMEOUT_S = 10.0
ASK_TIMEOUT_S = 2.0
TERMINATE_TIMEOUT_S = 2.0
KILL_TIMEOUT_S = 5.0
LOOK_S = 0.01


@dataclass(frozen=True)
class DemoState:
    """What a step finds in `ctx.state`: where this slot's app answers (no slash at the end)."""

    base_url: str


class DemoApp(Adapter):
    """Lumen Events, freshly seeded for each render."""

    parallel_safe = True
    localized = False

    def __init__(self) -> None:
        self._server: subprocess.Popen[str] | None = None
        self._base_url = ""

    def start(self, slot: Slot) -> None:
        """Start this slot's server, with its database in `slot.dir`.

        Raises:
            AdapterError: it ended, or was not ready within `START_TIMEOUT_S`; says what it printed.
        """
        self.stop()
        log = slot.dir / "lumen.log"
        command = [sys.executable, "-P", str(SERVER), str(slot.dir / "lumen.db")]
        with log.open("w", encoding="utf-8") as said:
            # No new session: the server belongs to the worker's, which is killed as a whole.
            # It also ends by itself when the pipe to its stdin breaks, however we die.
            # Into a file: a pipe that is not read on is full after 64 kB, and the server stops.
            self._server = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=said,
                stderr=subprocess.STDOUT,
                text=True,
            )
        port = _announced_port(self._server, log)
        if port is None:
            self.stop()
            raise AdapterError(
                f"the demo app did not start (it has {START_TIMEOUT_S:g} s to)",
                hint=log.read_text(encoding="utf-8").strip() or "it printed nothing",
            )
        self._base_url = f"http://127.0.0.1:{port}"

    def setup(self, browser: Chrome, ctx: Context) -> DemoState:
        """Seed the database anew and open the list of events.

        Raises:
            AdapterError: the server is gone.
        """
        self._reset()
        browser.get(f"{self._base_url}/")
        WebDriverWait(browser, READY_TIMEOUT_S).until(
            lambda b: b.execute_script("return document.documentElement.dataset.ready === 'true'"),
            "the demo app's home page never became ready",
        )
        return DemoState(self._base_url)

    def stop(self) -> None:
        """End the server: ask, terminate, kill. Safe to call again."""
        server, self._server = self._server, None
        if server is None:
            return
        _close(server.stdin)  # the server's sign to leave
        for timeout_s, insist in (
            (ASK_TIMEOUT_S, server.terminate),
            (TERMINATE_TIMEOUT_S, server.kill),
        ):
            if _ended(server, timeout_s):
                return
            insist()
        server.wait(KILL_TIMEOUT_S)

    def _reset(self) -> None:
        request = urllib.request.Request(f"{self._base_url}/__reset", data=b"{}")  # noqa: S310
        # An opener of its own: a proxy in the environment has no business with loopback.
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            opener.open(request, timeout=RESET_TIMEOUT_S).close()
        except OSError as problem:
            raise AdapterError(f"the demo app does not answer: {problem}") from problem


def _announced_port(server: subprocess.Popen[str], log: Path) -> int | None:
    """The port that the server writes once it listens; None when it ends or stays silent."""
    deadline = time.monotonic() + START_TIMEOUT_S
    while not (said := PORT_LINE.search(log.read_text(encoding="utf-8"))):
        if server.poll() is not None or time.monotonic() > deadline:
            return None
        time.sleep(LOOK_S)  # a file cannot be waited for
    return int(said[1])


def _ended(server: subprocess.Popen[str], timeout_s: float) -> bool:
    try:
        server.wait(timeout_s)
    except subprocess.TimeoutExpired:
        return False
    return True


def _close(pipe: IO[str] | None) -> None:
    if pipe is not None:
        try:
            pipe.close()
        except BrokenPipeError:
            pass  # the other end has gone already: that is what we want
