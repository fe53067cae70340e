"""One window whose time is granted and whose frames are requested, over DevTools."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import Any, NamedTuple

from forge.errors import ClockError, RecordingError
from forge.model.settings import Video
from forge.workers.recording.browser.devtools import Handler
from forge.workers.recording.browser.page_watch import PROBE_S, PageWatch, World
from forge.workers.recording.browser.requests import PATIENCE_S, Requests, is_worker_script
from forge.workers.recording.virtual.pixels.framebuffer import Framebuffer
from forge.workers.recording.virtual.windows.cdp_input import CdpInput
from forge.workers.recording.virtual.windows.reports import PageReports
from forge.workers.recording.virtual.windows.response_order import ORDERED, ResponseOrder
from forge.workers.recording.virtual.windows.scripts import (
    COMPLETE_SCRIPT,
    DUE_SCRIPT,
    FRAME_MARKER_SCRIPT,
    LOADED_SCRIPT,
    STYLE_SCRIPT,
    new_document_script,
)


class Upcoming(NamedTuple):
    """Changes that are about to happen in a window without any input.

    `moving`: animations, playing videos and animation-frame callbacks. `busy`: those of them that
    may show that the page waits for something, as a spinner does; a blinking caret does not count.
    `due_ms`: milliseconds until the next timer fires, None without one.
    """

    moving: int
    busy: int
    due_ms: float | None


@dataclass(slots=True)
class DocumentState:
    """The clock's notes on the document that a window shows.

    `blank`: it is the empty one that every window begins with. `is_new`: it came after the last
    tick. `surprises`: it has changed unannounced. `offset_us`: the offset of its ticks within a
    millisecond of page time.
    """

    blank: bool = True
    is_new: bool = True
    surprises: bool = False
    offset_us: int = 0


class Downloads:
    """The files that a window is downloading."""

    def __init__(self) -> None:
        self._running: set[str] = set()
        self.any_began = False  # a navigation brought a file and no document

    @property
    def running(self) -> bool:
        """True while a download goes on."""
        return bool(self._running)

    def began(self, params: dict[str, Any]) -> None:
        """`Page.downloadWillBegin`."""
        self._running.add(params["guid"])
        self.any_began = True

    def progressed(self, params: dict[str, Any]) -> None:
        """`Page.downloadProgress`."""
        if params.get("state") != "inProgress":
            self._running.discard(params["guid"])


class VirtualPage:
    """One window of a browser under begin-frame control.

    `rank`: the window's number modulo RANKS, by which its ticks have an offset of their own.
    `seed`: of the page's `Math.random`; None leaves it as it is. Attributes are written by the
    DevTools thread and read by the recording thread.
    """

    def __init__(
        self,
        target: str,
        world: World,
        video: Video,
        framebuffer: Framebuffer,
        rank: int,
        seed: int | None,
    ) -> None:
        self.framebuffer, self.rank = framebuffer, rank
        self.expired = threading.Event()  # set when the granted time is used up
        self.navigating = False
        self.opened: list[str] = []  # URLs of the windows that it has opened
        self.document = DocumentState()
        self.downloads = Downloads()
        self.reports = PageReports()
        self.input = CdpInput(self)
        self.responses = ResponseOrder(self._continue_response)
        self.watch = PageWatch(target, world, self._handlers(), self.reports.report)
        self.requests.on_passed = self.responses.pass_by
        self.watch.enable(new_document_script(seed))
        self.watch.size(video.width, video.height)
        devtools = self.watch.devtools
        devtools.call("Performance.enable")
        ordered = [{"resourceType": kind, "requestStage": "Response"} for kind in ORDERED]
        devtools.call("Fetch.enable", patterns=ordered)

    # Its DevTools connection.

    @property
    def target(self) -> str:
        """The window's handle, which DevTools calls its target."""
        return self.watch.target

    @property
    def dialog(self) -> bool:
        """True while an alert, a confirmation or a prompt is open."""
        return self.watch.dialog

    @property
    def requests(self) -> Requests:
        """The window's requests that have not been answered."""
        return self.watch.requests

    @property
    def reader(self) -> int:
        """The native id of the thread that results and events arrive on."""
        return self.watch.devtools.thread

    def send(self, method: str, then: Handler | None = None, **params: Any) -> int:
        """Send a command without waiting and return its number; call `then` with its result."""
        return self.watch.devtools.send(method, then, **params)

    def answer(self, number: int, method: str, timeout_s: float) -> dict[str, Any] | None:
        """Return the command's result; None if it has not come within `timeout_s`."""
        return self.watch.devtools.answer(number, method, timeout_s)

    def wait_either(self, first: int, second: int, timeout_s: float) -> bool:
        """Return True once one of two commands has been answered, False after `timeout_s`.

        Raises:
            RecordingError: the browser is gone.
        """
        return self.watch.devtools.wait_answered((first, second), timeout_s)

    def forget(self, number: int) -> None:
        """Drop the command's result, which may still be to come."""
        self.watch.devtools.forget(number)

    @property
    def gone(self) -> bool:
        """True if the window was closed."""
        return self.watch.devtools.closed

    def closed_itself(self, problem: RecordingError) -> bool:
        """Return True if all that `problem` means is that the page has closed this window.

        A browser that has stalled was ended by forge, so its windows are gone, too.
        """
        return self.gone and not isinstance(problem, ClockError)

    def catch_up(self) -> None:
        """Wait for all events that the browser has sent so far (`PageWatch.catch_up`)."""
        self.watch.catch_up()

    def close(self) -> None:
        """Release all held responses and close the connection."""
        self.responses.close()
        self.watch.close()

    # Its time.

    def send_frame_marker(self, us: int) -> int:
        """Send the frame marker and return its number.

        It is a command that is answered when the page does its part of the next frame. It also
        gives the length `us` of the coming grant to the script in the page, which then reports
        timers that are due just when the grant ends (`may_be_late`).
        """
        self.reports.begin_grant()
        expression = FRAME_MARKER_SCRIPT.replace("MS", f"{us / 1000}")
        return self.send("Runtime.evaluate", expression=expression, awaitPromise=True)

    @property
    def may_be_late(self) -> bool:
        """True if a task may be due just when the grant ends, where chance decides when it runs."""
        return self.reports.may_be_due or self.requests.passed

    @property
    def fetching(self) -> bool:
        """True while page time is to stand still for a response."""
        return self.requests.awaited

    @property
    def streaming(self) -> bool:
        """True while a request is pending for which page time does not stand still."""
        return self.requests.passed

    def give_up_overdue(self, quiet_s: float) -> None:
        """Stop waiting for requests and media without progress for longer than their limit."""
        self.requests.give_up_overdue(quiet_s)
        if quiet_s > PATIENCE_S:
            self.reports.give_up_seeking()

    def document_began_us(self) -> int:
        """Return when the browser was asked for this document, in µs of the frames' clock."""
        self.document.is_new = self.document.surprises = False
        return self._metric_us("NavigationStart")

    def now_us(self) -> int:
        """Return the page's own time, in µs of the frames' clock."""
        return self._metric_us("Timestamp")

    def _metric_us(self, name: str) -> int:
        metrics = self.watch.devtools.call("Performance.getMetrics")["metrics"]
        (value_s,) = (m["value"] for m in metrics if m["name"] == name)
        return round(float(value_s) * 1e6)

    # Questions.

    def upcoming(self) -> Upcoming:
        """Return what moves from frame to frame, and when the next timer fires."""
        moving, busy, due_ms = self._evaluate(DUE_SCRIPT) or (0, 0, -1)
        return Upcoming(moving, busy, due_ms if due_ms >= 0 else None)

    def release_next(self) -> None:
        """Release the next held response to the page."""
        # In real time a page is drawn when its style sheets have come and its scripts have not, so
        # that the scripts' changes start transitions. Applying the styles has the same effect.
        if self.responses.next_type == "Script" and not self.dialog:
            self._evaluate(STYLE_SCRIPT)
        self.responses.release_next()

    def targets(self) -> list[str]:
        """Return the handles of all windows of the browser."""
        found = self.watch.devtools.call("Target.getTargets")["targetInfos"]
        return [target["targetId"] for target in found if target["type"] == "page"]

    def is_loaded(self, *, blank: bool) -> bool:
        """Return True if a document is complete; `blank`: the window's first, empty one will do."""
        script = COMPLETE_SCRIPT if blank or self.downloads.any_began else LOADED_SCRIPT
        return self._evaluate(script) is True or self.gone

    def is_complete(self) -> bool:
        """Return True if the document is complete, and no navigation under way."""
        return not self.navigating and (self._evaluate(COMPLETE_SCRIPT) is True or self.gone)

    def _evaluate(self, script: str) -> Any:
        """Return a script's value; None behind a dialog, and when the page is gone."""
        return self.watch.evaluate(script, PROBE_S)

    def forget_answered(self) -> None:
        """Stop waiting for small responses whose body nothing reads."""
        for request in self.requests.forget_unread():
            self.responses.ended(request)

    # Handlers, on the DevTools thread.

    def _handlers(self) -> dict[str, Handler]:
        return {
            "Network.requestWillBeSent": self._on_request,
            "Network.loadingFinished": self._on_request_end,
            "Network.loadingFailed": self._on_request_end,
            "Fetch.requestPaused": self.responses.paused,
            "Runtime.executionContextDestroyed": self.reports.context_destroyed,
            "Runtime.executionContextsCleared": self.reports.contexts_cleared,
            "Emulation.virtualTimeBudgetExpired": lambda _: self.expired.set(),
            "Page.frameStartedNavigating": lambda p: self._on_navigation(p["frameId"], True),
            "Page.frameNavigated": self._on_document,
            "Page.navigatedWithinDocument": lambda p: self._on_navigation(p["frameId"], False),
            "Page.windowOpen": lambda p: self.opened.append(p.get("url", "")),
            "Page.downloadWillBegin": self._on_download,
            "Page.downloadProgress": self.downloads.progressed,
        }

    def _on_request(self, params: dict[str, Any]) -> None:
        kind = None if is_worker_script(params) else params.get("type")
        self.responses.requested(params["requestId"], kind)

    def _on_request_end(self, params: dict[str, Any]) -> None:
        self.reports.response_ended()
        self.responses.ended(params["requestId"])

    def _continue_response(self, paused: str) -> None:
        self.forget(self.send("Fetch.continueResponse", requestId=paused))

    def _on_document(self, params: dict[str, Any]) -> None:
        """`Page.frameNavigated`: requests of the last document are no longer waited for."""
        frame = params["frame"]
        self._on_navigation(frame["id"], False)
        if frame["id"] == self.target:
            self.document.is_new, self.document.blank = True, False
            for request in self.watch.left_behind:
                self.responses.ended(request)

    def _on_navigation(self, frame: str, under_way: bool) -> None:
        if frame == self.target:
            self.navigating = under_way

    def _on_download(self, params: dict[str, Any]) -> None:
        self.navigating = False
        self.downloads.began(params)
