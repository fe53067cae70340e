"""Answers in the order in which they were asked for, whichever the server sends first.

A page that asks for its style and its script at once looks different by which of them comes first.
So an answer is held back until the one before it has come in whole, and until the page has done all
that it can without it: it may still be reading its document, or running what came before. That
costs no time of the page's, which stands still while requests are out.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

#: The Network domain's types of what waits for its turn. Not what may go on for ever.
ORDERED = ("Stylesheet", "Script", "Font", "Image", "XHR", "Fetch")
DOCUMENT = "Document"  # it does not wait; what it asks for comes when it is here, whole
SIMPLE = ("Font", "Image")  # nothing runs on their account but what comes in turn anyway
LONG_S = 3.0  # whoever takes longer, others pass by: it may wait for one of them


class ResponseOrder:
    """One page's requests. `pass_on(id)` lets the browser have an answer that was held back.

    An answer whose turn it is waits until it is let in (`release_next`); `at_once`: none does.
    Thread-safe. Requests go by the Network domain's ids, answers by the Fetch domain's.
    """

    def __init__(self, pass_on: Callable[[str], object]) -> None:
        self._pass_on = pass_on
        self._asked: dict[str, str] = {}  # requests, in their order, and what kind they are
        self._at_once = False
        self._held: dict[str, str] = {}  # answers, by their requests
        self._coming: str | None = None  # the request whose answer is coming in
        self._passed_by: set[str] = set()
        self._lock = threading.Lock()
        self._timer: threading.Timer | None = None

    @property
    def next_type(self) -> str | None:
        """The kind of the answer whose turn it is, if it is here and may be let in."""
        with self._lock:
            return self._asked[request] if (request := self._next()) else None

    def release_next(self) -> None:
        """Let the answer come in whose turn it is, if there is one."""
        with self._lock:
            self._release()
            self._release_due()

    def hold_back(self, really: bool) -> None:
        """From now on, hold back each response until `release_next`, or only until its turn."""
        with self._lock:
            self._at_once = not really
            self._release_due()

    def requested(self, request: str, kind: str | None) -> None:
        """The page has asked for something; it may be told later than the answer is."""
        with self._lock:
            # To the Fetch domain, an event source is an XHR.
            if kind is None or kind not in (DOCUMENT, *ORDERED):
                self._passed_by.add(request)
                self._leave(request)
            else:
                self._asked.setdefault(request, kind)
            self._release_due()

    def paused(self, params: dict[str, Any]) -> None:
        """An answer is here, and waits (`Fetch.requestPaused`)."""
        request, answer = params.get("networkId"), params["requestId"]
        redirects = 300 <= params.get("responseStatusCode", 0) < 400
        with self._lock:
            again = request == self._coming  # fonts: the browser tries twice
            if request is None or redirects or again or request in self._passed_by:
                self._pass_on(answer)
            else:
                self._held[request] = answer
                self._release_due()

    def ended(self, request: str) -> None:
        """It has come in whole, or failed, or nobody waits for it any more."""
        with self._lock:
            self._leave(request)
            self._release_due()

    def pass_by(self, request: str) -> None:
        """Others need not wait for it, and its answer comes in whenever it comes."""
        with self._lock:
            self._passed_by.add(request)
        self.ended(request)

    def close(self) -> None:
        """Hold nothing back any more."""
        with self._lock:
            self._asked.clear()
            self._held.clear()  # with the connection, the browser has them all
            if self._timer:
                self._timer.cancel()

    def _leave(self, request: str) -> None:
        self._asked.pop(request, None)
        if request == self._coming:
            self._coming = None
        if answer := self._held.pop(request, None):
            self._pass_on(answer)

    def _next(self) -> str | None:
        """The request whose answer is here, and whose turn it is."""
        first = next(iter(self._asked), None)
        return first if self._coming is None and first in self._held else None

    def _release(self) -> None:
        if request := self._next():
            self._coming = request
            self._pass_on(self._held.pop(request))

    def _release_due(self) -> None:
        """Let the next one come in, if nothing depends on when it does."""
        if self._timer:
            self._timer.cancel()
            self._timer = None
        if (request := self._next()) and (self._at_once or self._asked[request] in SIMPLE):
            self._release()
        if self._held:
            blocks = self._coming or next(iter((*self._asked, *self._held)))
            self._timer = threading.Timer(LONG_S, self.pass_by, [blocks])
            self._timer.daemon = True
            self._timer.start()
