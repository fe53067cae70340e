"""A person at a browser window on a screen of its own (Xvfb), who clicks and types."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from forge.errors import RecordingError
from forge.workers.recording.browser.devtools import DevTools
from forge.workers.recording.hand.keyboard import SIGNS, events

WAIT_S = 90.0  # for a browser with a window, beside other tests
KEYS = {"Enter": ("Enter", 13, "\r"), "Tab": ("Tab", 9, ""), "Escape": ("Escape", 27, "")}


@contextmanager
def screen() -> Iterator[str]:
    """Start a screen; return its name, for DISPLAY. Without Xvfb, the test is skipped."""
    if not shutil.which("Xvfb"):
        pytest.skip("no Xvfb (package xvfb)")
    reads, writes = os.pipe()
    command = ["Xvfb", "-displayfd", str(writes), "-screen", "0", "1400x1000x24"]
    command += ["-nolisten", "tcp"]
    server = subprocess.Popen(command, pass_fds=[writes], stderr=subprocess.DEVNULL)
    os.close(writes)
    with os.fdopen(reads) as told:
        display = f":{told.readline().strip()}"
    try:
        yield display
    finally:
        server.terminate()
        server.wait(10)


def until(found: Callable[[], Any], what: str) -> Any:
    """Return what `found` returns once it is true."""
    end_s = time.monotonic() + WAIT_S
    while time.monotonic() < end_s:
        if result := found():
            return result
        time.sleep(0.02)
    raise AssertionError(f"{what} did not come within {WAIT_S:g} s")


class Person:
    """Uses the browser whose profile lies somewhere in `folder`, over DevTools."""

    def __init__(self, folder: Path) -> None:
        port_file = until(lambda: next(folder.rglob("DevToolsActivePort"), None), "the browser")
        self._address = f"127.0.0.1:{until(lambda: port_file.read_text().split(), 'a port')[0]}"
        (page,) = until(self._pages, "a window")
        self._page = DevTools(self._address, f"page/{page}", {})

    def _pages(self) -> list[str]:
        with urllib.request.urlopen(f"http://{self._address}/json") as told:
            return [one["id"] for one in json.load(told) if one["type"] == "page"]

    def evaluate(self, script: str) -> Any:
        """Return the value of a script in the page; None while the page changes."""
        try:
            told = self._page.call("Runtime.evaluate", expression=script, returnByValue=True)
        except RecordingError:
            if self._page.closed:
                raise
            return None
        return told["result"].get("value")

    def until(self, script: str) -> None:
        """Wait until a script returns a true value."""
        until(lambda: self.evaluate(script), script)

    def click(self, element: str, frame: str = "") -> None:
        """Click the element that the script `element` returns, once it is there.

        `frame`: a script that returns the frame around it.
        """
        # Chromium drops input until a page is first painted.
        self.until(f"performance.getEntriesByType('paint').length && !!({element})")
        x, y = self._middle(element)
        if frame:
            left, top = self.evaluate(f"(b => [b.x + 2, b.y + 2])({frame}.getBoundingClientRect())")
            x, y = x + left, y + top
        for kind in ("mousePressed", "mouseReleased"):
            place = {"x": x, "y": y, "button": "left", "clickCount": 1}
            self._page.call("Input.dispatchMouseEvent", type=kind, **place)

    def _middle(self, element: str) -> Any:
        of_box = "(b => [b.x + b.width / 2, b.y + b.height / 2])"
        return self.evaluate(f"{of_box}(({element}).getBoundingClientRect())")

    def type(self, text: str) -> None:
        """Type text that a US keyboard has keys for."""
        for sign in text:
            if sign.isalnum() or sign in SIGNS:
                for event in events(sign):
                    self._page.call("Input.dispatchKeyEvent", **event)
            else:
                self._page.call("Input.insertText", text=sign)

    def press(self, key: str, modifiers: int = 0) -> None:
        """Press a key of KEYS."""
        code, number, text = KEYS[key]
        stroke: dict[str, Any] = {
            "key": key,
            "code": code,
            "windowsVirtualKeyCode": number,
            "modifiers": modifiers,
        }
        down: dict[str, Any] = {"type": "keyDown", "text": text} if text else {"type": "rawKeyDown"}
        self._page.call("Input.dispatchKeyEvent", **down, **stroke)
        self._page.call("Input.dispatchKeyEvent", type="keyUp", **stroke)

    def close_window(self) -> None:
        """Close the window."""
        self._page.send("Page.close")
        self._page.close()
