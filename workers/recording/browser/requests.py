"""A page's requests: those for which page time stands still, and those that are given up.

Page time stands still while a response is awaited, so that a slow server costs no video time. It
does so for a limited real time (`_patience_s`), once for each address: after that, requests to the
address are not awaited until one is answered. A response that comes in pieces is a stream.
Thread-safe: the DevTools thread reports events, the recording thread asks questions.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from forge.text.redact import without_passwords
from forge.workers import real_time
from forge.workers.recording.browser.outside_register import Outsides

PATIENCE_S = 10.0  # for the app's own server
OTHER_SITE_S = 1.0  # for another site: often trackers, which a firewall may block
SET_UP_S = 0.5  # for requests from before the recording
ENDLESS = {"EventSource", "WebSocket", "Ping", "Media"}
READ_BY_SCRIPTS = ("XHR", "Fetch")
#: Types whose response bodies the browser always reads to their end.
READ_BY_BROWSER = ("Document", "Stylesheet", "Script", "Font", "Image", "XHR")
#: Content types of responses that come in pieces.
STREAM_TYPES = (
    "text/event-stream",
    "application/x-ndjson",
    "application/ndjson",
    "application/jsonl",
    "application/stream+json",
    "application/json-seq",
    "application/grpc-web",
    "multipart/x-mixed-replace",
)
PIECES_S = 0.2  # a body of unknown length that takes longer than this comes in pieces, too
#: The browser never reports the end of a response whose body the page does not read. A body of at
#: most SMALL bytes comes with the headers or up to 40 ms later (Nagle's algorithm and delayed
#: acknowledgements). After UNREAD_S it counts as unread; after UNREAD_AGAIN_S at an address whose
#: last response was not read either.
SMALL = 65_536
UNREAD_S, UNREAD_AGAIN_S = 0.25, 0.05
LONGEST_ADDRESS = 120  # characters, in messages


@dataclass
class Request:
    """One pending request."""

    kind: str  # the Network domain's resource type
    method: str
    url: str
    loader: str  # of the document that made it
    page_url: str
    navigates: bool  # it is the window's own next document
    asked_s: float
    awaited: bool = True  # page time stands still for it
    passed: bool = False  # page time passes, though the browser's virtual clock would stop
    answered_s: float | None = None
    small: bool = False  # its body is small, and may be left unread
    in_pieces: bool = False  # its body may come in pieces: its length is unknown

    @property
    def address(self) -> str:
        """Origin and path, to which the limits of waiting apply."""
        return address_of(self.url)

    @property
    def question(self) -> str:
        """Address and query, with all numbers set to 0.

        So all requests of a poll that sends a counter or the time are equal, while those of a
        search differ with every key that is typed.
        """
        query = re.sub(r"\d+", "0", urlsplit(self.url).query)
        return f"{self.address}?{query}" if query else self.address

    @property
    def label(self) -> str:
        """Method and address, for messages."""
        return f"{self.method} {self.address[:LONGEST_ADDRESS]}"


def address_of(url: str) -> str:
    """Return origin and path of `url`, without user and password."""
    parts = urlsplit(url)
    return without_passwords(f"{parts.scheme}://{parts.netloc}{parts.path}")


class Requests:
    """The requests of one window that have not ended.

    `silent`: addresses that did not answer, of all windows. `given_up`: labels of requests without
    an answer, for warnings. `on_passed(id)` is called when page time stops waiting for a request.
    """

    def __init__(
        self,
        target: str,
        outsides: Outsides,
        silent: set[str],
        now_s: Callable[[], float] = real_time.perf_counter,
    ) -> None:
        self._target, self._outsides, self._silent, self._now_s = target, outsides, silent, now_s
        self._out: dict[str, Request] = {}
        self._unread: set[str] = set()  # addresses whose last response was not read
        self._lock = threading.RLock()
        self._began_s: float | None = None
        self.given_up: list[str] = []
        self.on_passed: Callable[[str], object] = lambda number: None

    def begin(self) -> None:
        """Begin the recording: earlier requests are a set-up's."""
        self._began_s = self._now_s()

    # Events.

    def asked(self, params: dict[str, Any]) -> None:
        """`Network.requestWillBeSent`."""
        request = Request(
            kind=params.get("type", "Other"),
            method=params["request"].get("method", "GET"),
            url=params["request"].get("url", ""),
            loader=params.get("loaderId", ""),
            page_url=params.get("documentURL", ""),
            navigates=params.get("type") == "Document" and params.get("frameId") == self._target,
            asked_s=self._now_s(),
        )
        number = params["requestId"]
        with self._lock:
            self._out[number] = request
            if request.kind == "EventSource":
                self._outsides.opened((self._target, number), "event source", request.address)
                request.passed = True
            if request.kind in ENDLESS or is_worker_script(params):
                request.awaited = False
            elif request.address in self._silent:
                self._give_up(number, request, asks=False)
        if request.kind in (*READ_BY_SCRIPTS, "Ping"):
            self._outsides.asked(request.question, looks=request.method == "GET")

    def answered(self, params: dict[str, Any]) -> None:
        """`Network.responseReceived`."""
        with self._lock:
            number = params["requestId"]
            if (request := self._out.get(number)) is None:
                return
            self._note_answer(request)
            request.answered_s = self._now_s()
            headers = {k.lower(): v for k, v in params["response"].get("headers", {}).items()}
            length = length_of(headers.get("content-length"))
            kind = str(headers.get("content-type", "")).partition(";")[0].strip().lower()
            small = length is not None and length <= SMALL
            request.small = small and request.kind not in READ_BY_BROWSER
            if request.kind in READ_BY_SCRIPTS:
                request.in_pieces = length is None
                if kind in STREAM_TYPES:
                    self._stream(number, request)

    def piece(self, params: dict[str, Any]) -> None:
        """`Network.dataReceived`. An event source's events have events of their own."""
        request = self._out.get(params["requestId"])
        if request and request.kind != "EventSource":
            self._outsides.received((self._target, params["requestId"]))

    def ended(self, number: str) -> None:
        """`Network.loadingFinished` or `loadingFailed`."""
        with self._lock:
            if request := self._out.pop(number, None):
                self._note_answer(request)
                self._unread.discard(request.address)
        self._outsides.closed((self._target, number))

    def _note_answer(self, request: Request) -> None:
        """Note that a request was answered after all, or failed."""
        self._silent.discard(request.address)
        if request.passed and request.label in self.given_up:
            self.given_up.remove(request.label)

    def new_document(self, loader: str) -> list[str]:
        """Forget the requests of documents before `loader`; return their ids."""
        with self._lock:
            old = [n for n, r in self._out.items() if r.loader and r.loader != loader]
            for number in old:
                del self._out[number]
                self._outsides.closed((self._target, number))
            return old

    # Questions of a recorder.

    @property
    def awaited(self) -> bool:
        """True while page time has to stand still for a response."""
        with self._lock:
            for number, request in list(self._out.items()):
                if not request.awaited or not request.in_pieces or request.answered_s is None:
                    continue
                if self._now_s() - request.answered_s > PIECES_S:
                    self._stream(number, request)
            return any(request.awaited for request in self._out.values())

    @property
    def passed(self) -> bool:
        """True while a pending request stops the browser's virtual clock, but not page time."""
        with self._lock:
            return any(request.passed for request in self._out.values())

    def give_up_overdue(self, quiet_s: float) -> None:
        """Give up requests that take too long; `quiet_s`: the time without any response."""
        with self._lock:
            now_s = self._now_s()
            late = {
                number: request
                for number, request in self._out.items()
                if request.awaited
                and min(quiet_s, now_s - request.asked_s) > self._patience_s(request)
            }
            for number, request in late.items():
                self._silent.add(request.address)
                self.given_up.append(request.label)
                waited_s = now_s - request.asked_s
                print(f"not answered for {waited_s:.1f} s, page time goes on: {request.label}")
                self._give_up(number, request, asks=self._is_the_apps(request))

    def _patience_s(self, request: Request) -> float:
        if request.navigates:
            return float("inf")  # WebDriver's page-load timeout ends it
        if not self._is_recent(request):
            return SET_UP_S
        return PATIENCE_S if self._is_the_apps(request) else OTHER_SITE_S

    def _is_recent(self, request: Request) -> bool:
        """Return True if it was made in the recording, and not left behind by a set-up."""
        return self._began_s is not None and request.asked_s >= self._began_s

    def _is_the_apps(self, request: Request) -> bool:
        """Return True if a hold may wait for it, however long it takes."""
        return self._is_recent(request) and is_same_site(request.url, request.page_url)

    def _give_up(self, number: str, request: Request, *, asks: bool) -> None:
        """Let page time go on; `asks`: a hold still waits for the response, in real time."""
        request.awaited, request.passed = False, True
        self.on_passed(number)
        self._outsides.opened((self._target, number), "request", request.label, asks=asks)

    def _stream(self, number: str, request: Request) -> None:
        request.awaited, request.passed, request.in_pieces = False, True, False
        self.on_passed(number)
        self._outsides.opened((self._target, number), "stream", request.address)

    def forget_unread(self) -> list[str]:
        """Forget requests whose small response the page does not read; return their ids."""
        with self._lock:
            now_s = self._now_s()
            unread = {
                number: request.address
                for number, request in self._out.items()
                if request.small and request.answered_s is not None
                if now_s - request.answered_s > self._unread_s(request)
            }
            for number in unread:
                del self._out[number]
            self._unread.update(unread.values())
            return list(unread)

    def _unread_s(self, request: Request) -> float:
        """Return the time after which a small response counts as unread."""
        return UNREAD_AGAIN_S if request.address in self._unread else UNREAD_S

    def open(self) -> tuple[str, ...]:
        """Return the pending requests as texts: "GET http://…/tick for 12 s"."""
        with self._lock:
            now_s = self._now_s()
            return tuple(
                f"{request.label} for {now_s - request.asked_s:.0f} s"
                for request in self._out.values()
                if request.kind not in ("WebSocket", "EventSource")
            )


def is_worker_script(params: dict[str, Any]) -> bool:
    """Return True for a worker's own script: only the worker's session reports its end."""
    return not params.get("loaderId") and params.get("documentURL") == params["request"].get("url")


def length_of(header: str | None) -> int | None:
    """Return the value of a Content-Length header, in bytes; None where it is not a number.

    Some servers send it empty, or twice ("12, 12"), which browsers accept.
    """
    first = (header or "").partition(",")[0].strip()
    return int(first) if first.isdecimal() and first.isascii() else None


def is_same_site(url: str, page_url: str) -> bool:
    """Return True if a URL is of the page's site: the same host, or one of its domain."""
    host, own = urlsplit(url).hostname or "", urlsplit(page_url).hostname or ""
    return host == own or (_domain(host) == _domain(own) != "")


def _domain(host: str) -> str:
    """Return the last two labels of a host name, "" for an IP address."""
    names = host.split(".")
    return "" if names[-1].isdecimal() or ":" in host else ".".join(names[-2:])
