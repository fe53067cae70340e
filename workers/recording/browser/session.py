"""The DevTools connection to the browser itself, for settings of all its windows.

Chromium drops the settings that were made over a DevTools connection when that ends: those of a
window's connection when a step closes the window. This connection lasts as long as the browser. So
even a download that begins at the last moment goes to the right folder.
"""

from __future__ import annotations

import json
import urllib.request
from contextlib import suppress
from pathlib import Path
from typing import Any

from forge.errors import RecordingError
from forge.workers.recording.browser.chrome import WatchedChrome
from forge.workers.recording.browser.devtools import CALL_TIMEOUT_S, DevTools, Handler
from forge.workers.slots import make_empty

GRANTED = ("clipboardReadWrite", "clipboardSanitizedWrite")  # permissions to copy and paste


class BrowserSession:
    """Permits the clipboard; sends downloads to `folder`, which is emptied first; lists them.

    Raises:
        RecordingError: the browser is gone, or refuses.
    """

    def __init__(self, address: str, folder: Path) -> None:
        make_empty(folder)
        self._names: list[str] = []
        handlers: dict[str, Handler] = {"Browser.downloadWillBegin": self._on_download}
        self._devtools = DevTools(address, browser_path(address), handlers)
        # A recording cannot answer a permission prompt, and the headless shell denies by default.
        self._devtools.call("Browser.grantPermissions", permissions=list(GRANTED))
        self._devtools.call(
            "Browser.setDownloadBehavior",
            behavior="allow",
            downloadPath=str(folder),
            eventsEnabled=True,
        )

    def downloads(self) -> list[str]:
        """Return the names of the files whose download began since the last call."""
        with suppress(RecordingError):  # a browser that is gone is reported elsewhere
            self._devtools.call("Browser.getVersion")  # its answer comes after all earlier events
        names = list(self._names)
        self._names.clear()
        return names

    def _on_download(self, params: dict[str, Any]) -> None:
        self._names.append(params.get("suggestedFilename", "a file"))


def browser_path(address: str) -> str:
    """Return the path for DevTools connections to the browser at `address`: `browser/…`.

    Raises:
        RecordingError: it does not answer.
    """
    try:
        with urllib.request.urlopen(f"http://{address}/json/version", timeout=CALL_TIMEOUT_S) as it:
            url: str = json.load(it)["webSocketDebuggerUrl"]
    except (OSError, ValueError, KeyError) as problem:
        raise RecordingError(
            f"no DevTools connection to the browser: {problem}", transient=True
        ) from problem
    return url.partition("/devtools/")[2]


def debugger_address(browser: WatchedChrome) -> str:
    """Return where the browser takes DevTools connections: `host:port`."""
    address: str = browser.capabilities["goog:chromeOptions"]["debuggerAddress"]
    return address
