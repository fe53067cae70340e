"""The connection to the browser itself: what holds for all of its windows while a job is recorded.

Chromium forgets what a DevTools connection has set when that ends. So these are set over one of
their own, which ends with the browser: what a window's connection sets is gone when a step closes
that window, and a download that begins at the last moment must not go elsewhere.
"""

from __future__ import annotations

import json
import urllib.request
from contextlib import suppress
from pathlib import Path
from typing import Any

from forge.errors import RecordingError
from forge.workers.recording.browser.devtools import CALL_TIMEOUT_S, DevTools, Handler
from forge.workers.slots import make_empty

GRANTED = ("clipboardReadWrite", "clipboardSanitizedWrite")  # to every page: copy and paste


class BrowserSession:
    """Lets pages use the clipboard, and tells what is downloaded to `folder`, which is made anew.

    Raises:
        RecordingError: the browser is gone, or refuses.
    """

    def __init__(self, address: str, folder: Path) -> None:
        make_empty(folder)
        self._names: list[str] = []
        handlers: dict[str, Handler] = {"Browser.downloadWillBegin": self._on_download}
        self._devtools = DevTools(address, browser_path(address), handlers)
        # No person answers a prompt in a recording, and the headless shell denies by itself.
        self._devtools.call("Browser.grantPermissions", permissions=list(GRANTED))
        self._devtools.call(
            "Browser.setDownloadBehavior",
            behavior="allow",
            downloadPath=str(folder),
            eventsEnabled=True,
        )

    def downloads(self) -> list[str]:
        """The names of the files of which a download began since this was last asked."""
        with suppress(RecordingError):  # whatever keeps it from answering is told elsewhere
            self._devtools.call("Browser.getVersion")  # then all has been told that came before
        names = list(self._names)
        self._names.clear()
        return names

    def _on_download(self, params: dict[str, Any]) -> None:
        self._names.append(params.get("suggestedFilename", "a file"))


def browser_path(address: str) -> str:
    """Where the browser at `address` takes DevTools connections to itself: `browser/…`.

    Raises:
        RecordingError: it does not say.
    """
    try:
        with urllib.request.urlopen(f"http://{address}/json/version", timeout=CALL_TIMEOUT_S) as it:
            url: str = json.load(it)["webSocketDebuggerUrl"]
    except (OSError, ValueError, KeyError) as problem:
        raise RecordingError(
            f"no DevTools connection to the browser: {problem}", transient=True
        ) from problem
    return url.partition("/devtools/")[2]
