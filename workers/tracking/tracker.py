"""A browser with a window, and the actions of the person who uses it."""

from __future__ import annotations

import json
import os
import queue
import secrets
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from forge.errors import MachineError, RecordingError
from forge.model.settings import Settings
from forge.text.redact import without_secrets
from forge.workers import guard, real_time
from forge.workers.recording.browser.devtools import DevTools, Handler
from forge.workers.recording.browser.find import find_windowed
from forge.workers.recording.hand.typist import EDITOR
from forge.workers.recording.javascript import load

START_S = 30.0
#: What Chromium makes in its temporary folder, by the length of its name; and what Linux allows.
SOCKET, LONGEST_SOCKET = "org.chromium.Chromium.XXXXXX/SingletonSocket", 107  # bytes
LOOK_S = 0.5
UI_HEIGHT = 90  # pixels of tabs and address bar above the page
ARGS = (
    "--remote-debugging-port=0",
    "--no-first-run",
    "--no-default-browser-check",
    "--disable-search-engine-choice-screen",
    "--disable-component-update",
    "--disable-background-networking",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--password-store=basic",
    "--disable-features=Translate,MediaRouter,IsolateOrigins,site-per-process",
    # Elements tell their role and name; frames of other origins are scripts' as well.
    "--enable-blink-features=ComputedAccessibilityInfo",
    "--disable-site-isolation-trials",
)
Said = dict[str, Any]


def refuse_without_screen() -> None:
    """Refuse a machine on which no window can be shown.

    Raises:
        MachineError: there is no screen.
    """
    if sys.platform.startswith("linux") and not (
        os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    ):
        raise MachineError(
            "forge record opens a browser window, and this machine has no screen: neither DISPLAY"
            " nor WAYLAND_DISPLAY is set",
            hint="record on a machine with a screen; or record with Chrome there (DevTools ›"
            " Recorder), and `forge import` the file here",
        )


class Tracker:
    """Follows all windows of one browser. `said` yields what the person does.

    Each is a JSON object of `js/track.js`, with `window`, true in a window that opened later, and
    `at_s`, the time of the machine's clock.
    """

    def __init__(self, address: str, path: str) -> None:
        self._binding = f"forge_{secrets.token_hex(8)}"
        body = EDITOR + load(__name__, "track").replace("BINDING", json.dumps(self._binding))
        self._script = f"(() => {{\n{body}\n}})();"
        self._said: queue.Queue[Said] = queue.Queue()
        self._pages: list[str] = []  # the sessions of windows, in the order they opened
        self._ready: queue.Queue[str] = queue.Queue()
        handlers: dict[str, Handler] = {"Target.attachedToTarget": self._on_attached}
        self._devtools = DevTools(address, path, handlers)
        self._devtools.on_session = self._on_session
        self._auto_attach("")

    def open(self, url: str) -> None:
        """Open a page in the first window.

        Raises:
            RecordingError: there is no window.
        """
        try:
            session = self._ready.get(timeout=START_S)
        except queue.Empty as problem:
            raise RecordingError("the browser opened no window") from problem
        self._devtools.send("Page.navigate", session=session, url=url)

    def said(self) -> Iterator[Said]:
        """Yield what is done, until the browser is closed."""
        while True:
            try:
                yield self._said.get(timeout=LOOK_S)
            except queue.Empty:
                if self._devtools.closed:
                    return

    def close(self) -> None:
        """Close the browser's windows, and the connection."""
        with suppress(RecordingError):
            self._devtools.call("Browser.close", answer_s=2)
        self._devtools.close()

    # On the connection's thread.

    def _auto_attach(self, session: str) -> None:
        self._devtools.send(
            "Target.setAutoAttach",
            session=session,
            autoAttach=True,
            waitForDebuggerOnStart=True,
            flatten=True,
        )

    def _on_attached(self, params: Said) -> None:
        session, kind = params["sessionId"], params["targetInfo"]["type"]
        tell = self._devtools.send
        if kind in ("page", "iframe"):
            tell("Page.enable", session=session)
            tell("Runtime.enable", session=session)
            tell("Runtime.addBinding", session=session, name=self._binding)
            tell(
                "Page.addScriptToEvaluateOnNewDocument",
                session=session,
                source=self._script,
                runImmediately=True,
            )
            self._auto_attach(session)
        tell("Runtime.runIfWaitingForDebugger", session=session)
        if kind == "page":
            self._pages.append(session)
            if len(self._pages) == 1:
                self._ready.put(session)

    def _on_session(self, session: str, method: str, params: Said) -> None:
        if method == "Target.attachedToTarget":
            self._on_attached(params)
        elif method == "Runtime.bindingCalled" and params["name"] == self._binding:
            with suppress(ValueError):  # a page of the person's may call the binding, too
                said = json.loads(params["payload"])
                window, at_s = session not in self._pages[:1], real_time.monotonic()
                self._said.put({**said, "window": window, "at_s": at_s})
        elif method == "Page.javascriptDialogClosed":
            answer = {"kind": "answer", "text": "accept" if params["result"] else "dismiss"}
            self._said.put({**answer, "title": params.get("userInput", "")})


@contextmanager
def tracked(settings: Settings, url: str) -> Iterator[Tracker]:
    """Open `url` in a browser with a window, for a block; end the browser after it.

    Raises:
        MachineError: there is no such browser, or it does not start.
    """
    refuse_without_screen()
    if (binary := find_windowed(settings.browser)) is None:
        raise MachineError(
            "no Chromium that can show a window on this machine",
            hint="`apt-get install chromium`, or name one in [browser] binary: the headless shell"
            " has no window",
        )
    folder = _folder_for_sockets()
    profile = folder / "profile"
    width, height = settings.video.width, settings.video.height + UI_HEIGHT
    args = [*ARGS, f"--user-data-dir={profile}", f"--window-size={width},{height}"]
    if sys.platform == "linux" and os.geteuid() == 0:
        args.append("--no-sandbox")  # Chromium's sandbox refuses root; only root goes without
    with (folder / "browser.log").open("wb") as log:
        browser = subprocess.Popen(
            [str(binary), *args, *settings.browser.args, "about:blank"],
            env={**without_secrets(os.environ), "TMPDIR": str(folder)},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )
    try:
        address, path = _devtools_of(profile, browser, folder / "browser.log")
        tracker = Tracker(address, path)
        try:
            tracker.open(url)
            yield tracker
        finally:
            tracker.close()
    finally:
        browser.terminate()
        with suppress(subprocess.TimeoutExpired):
            browser.wait(5)
        guard.end_all(None, folder)
        shutil.rmtree(folder, ignore_errors=True)


def _folder_for_sockets() -> Path:
    """Make a temporary folder for a browser with a window, which makes a socket below it.

    Raises:
        MachineError: its path is too long for that.
    """
    folder = Path(tempfile.mkdtemp(prefix="forge-record-"))
    if len(os.fsencode(folder / SOCKET)) > LONGEST_SOCKET:
        folder.rmdir()
        raise MachineError(
            f"the path of the temporary folder {folder.parent} is too long for the sockets of a"
            " browser",
            hint="set TMPDIR to a folder with a shorter path, such as /tmp",
        )
    return folder


def _devtools_of(profile: Path, browser: subprocess.Popen[bytes], log: Path) -> tuple[str, str]:
    """Return the browser's DevTools, `host:port` and path, once they are there.

    Raises:
        MachineError: the browser ends, or takes too long.
    """
    until_s = real_time.monotonic() + START_S
    while real_time.monotonic() < until_s and browser.poll() is None:
        with suppress(OSError, ValueError):
            port, path = (profile / "DevToolsActivePort").read_text().split()
            return f"127.0.0.1:{int(port)}", path.removeprefix("/devtools/")
        real_time.sleep(0.02)  # a file cannot be waited for
    last = "".join(log.read_text(errors="replace").splitlines()[-1:])
    raise MachineError(
        f"the browser did not open its window: {last or 'no output'}",
        hint="does DISPLAY name a screen that runs?",
    )
