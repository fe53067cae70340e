"""Responses reach the page in the order of its requests, whatever order the server sends them in.

If a page requests its style sheet and its script at once, its look depends on which comes first. So
a response is held back until the one before has come in whole, and until the page has done all that
it can without it: the page may still parse its document, or run an earlier script. That costs no
page time: the page's clock stands still while requests are pending.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

#: Types of the Network domain that are ordered. The others, such as event sources and media, may
#: never end, and would block all that come later.
ORDERED = ("Stylesheet", "Script", "Font", "Image", "XHR", "Fetch")
#: Not held back itself; responses to its requests are held back until all of it has come.
DOCUMENT = "Document"
SIMPLE = ("Font", "Image")  # they hold no scripts, so they are released as soon as it is their turn
LONG_S = 3.0  # release later responses after this long, in case the slow one depends on them


class ResponseOrder:
    """Holds back the responses of one page. `continue_response(id)` passes one to the browser.

    A response whose turn it is waits for `release_next`; after `hold_back(False)` it is released at
    once. Requests have the Network domain's ids, paused responses those of the Fetch domain.
    Thread-safe.
    """

    def __init__(self, continue_response: Callable[[str], object]) -> None:
        self._continue = continue_response
        self._requested: dict[str, str] = {}  # requests, in their order, and their types
        self._paused: dict[str, str] = {}  # paused responses, by their requests
        self._at_once = False
        self._arriving: str | None = None  # the request whose response was released last
        self._passed_by: set[str] = set()
        self._lock = threading.Lock()
        self._timer: threading.Timer | None = None

    @property
    def next_type(self) -> str | None:
        """The type of the request whose response may be released now, None without one."""
        with self._lock:
            return self._requested[request] if (request := self._next()) else None

    def release_next(self) -> None:
        """Release the response whose turn it is, if there is one."""
        with self._lock:
            self._release()
            self._release_due()

    def hold_back(self, really: bool) -> None:
        """From now on, hold back each response until `release_next`, or only until its turn."""
        with self._lock:
            self._at_once = not really
            self._release_due()

    def requested(self, request: str, kind: str | None) -> None:
        """`Network.requestWillBeSent`: this event may come after that of the response."""
        with self._lock:
            # For the Fetch domain an event source is an XHR; the Network domain's `kind` is right.
            if kind is None or kind not in (DOCUMENT, *ORDERED):
                self._passed_by.add(request)
                self._leave(request)
            else:
                self._requested.setdefault(request, kind)
            self._release_due()

    def paused(self, params: dict[str, Any]) -> None:
        """`Fetch.requestPaused`: a response has come, and is held back."""
        request, response = params.get("networkId"), params["requestId"]
        redirects = 300 <= params.get("responseStatusCode", 0) < 400
        with self._lock:
            again = request == self._arriving  # Chromium requests fonts twice, under one id
            if request is None or redirects or again or request in self._passed_by:
                self._continue(response)
            else:
                self._paused[request] = response
                self._release_due()

    def ended(self, request: str) -> None:
        """Note that a response has come in whole, or failed, or is no longer waited for."""
        with self._lock:
            self._leave(request)
            self._release_due()

    def pass_by(self, request: str) -> None:
        """Take this request out of the order: its response may come at any time."""
        with self._lock:
            self._passed_by.add(request)
        self.ended(request)

    def close(self) -> None:
        """Stop holding responses back."""
        with self._lock:
            self._requested.clear()
            self._paused.clear()  # when the connection ends, the browser continues them itself
            if self._timer:
                self._timer.cancel()

    def _leave(self, request: str) -> None:
        self._requested.pop(request, None)
        if request == self._arriving:
            self._arriving = None
        if response := self._paused.pop(request, None):
            self._continue(response)

    def _next(self) -> str | None:
        """Return the request whose turn it is, if its response has come."""
        first = next(iter(self._requested), None)
        return first if self._arriving is None and first in self._paused else None

    def _release(self) -> None:
        if request := self._next():
            self._arriving = request
            self._continue(self._paused.pop(request))

    def _release_due(self) -> None:
        """Release the next response if its time does not matter; time those still held back."""
        if self._timer:
            self._timer.cancel()
            self._timer = None
        if (request := self._next()) and (self._at_once or self._requested[request] in SIMPLE):
            self._release()
        if self._paused:
            blocks = self._arriving or next(iter((*self._requested, *self._paused)))
            self._timer = threading.Timer(LONG_S, self.pass_by, [blocks])
            self._timer.daemon = True
            self._timer.start()
