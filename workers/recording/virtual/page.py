"""One page whose time is granted and whose frames are asked for, over DevTools."""

from __future__ import annotations

import threading
from typing import Any, NamedTuple

from forge.model.settings import Video
from forge.workers.recording.browser.devtools import DevTools, Handler
from forge.workers.recording.browser.page_watch import PROBE_S, Connect, PageWatch, World
from forge.workers.recording.browser.requests import PATIENCE_S, is_worker_script
from forge.workers.recording.virtual.cdp_input import Direct
from forge.workers.recording.virtual.framebuffer import Surface
from forge.workers.recording.virtual.response_order import ORDERED, Order
from forge.workers.recording.virtual.scripts import (
    AT_THE_END,
    CLOSED_SCRIPT,
    COMPLETE_SCRIPT,
    DUE_SCRIPT,
    GATE_SCRIPT,
    LOADED_SCRIPT,
    MEDIA_SCRIPT,
    OWN_TIME_SCRIPT,
    STYLE_SCRIPT,
    UNKNOWN,
)


class ToCome(NamedTuple):
    """What is to come in a window: how much moves from frame to frame, and the next timer (ms).

    `busy`: the movements that may be signs of waiting; a caret's blinking is none.
    """

    moving: int
    busy: int
    due_ms: float | None


class VirtualPage:
    """One window of a browser under begin-frame control.

    `surface`: its pixels. `rank`: ordinal of the window modulo 7; gives each window its own
    sub-millisecond tick phase. `phase_us`: where in a millisecond its ticks lie.
    """

    def __init__(
        self,
        address: str,
        target: str,
        video: Video,
        world: World,
        *,
        surface: Surface,
        seed: int | None,
        rank: int,
        connect: Connect = DevTools,
    ) -> None:
        self.target, self.surface, self._seed, self.rank = target, surface, seed, rank
        self.phase_us = 0
        self.expired = threading.Event()
        self.dialog = self.navigating = False
        self.opened: list[str] = []  # the addresses of windows that it has opened
        self.blank = True  # it shows the empty document that a window begins with
        self.renewed = True  # there is another document than when this was last looked at
        self.surprises = False  # something moved that nothing had announced
        self.direct = Direct(self)
        self.order = Order(self._pass_on)
        self._downloads: set[str] = set()
        self.downloaded = False  # a file has come of a navigation, and no document
        self._at_the_end = False
        self._unknown: set[int] = set()  # which of its documents cannot tell when something is due
        self._held: dict[int, int] = {}  # by which of its documents, for how many media
        self.watch = PageWatch(address, target, world, self._handlers(), self._on_told, connect)
        self._devtools, self.requests = self.watch.devtools, self.watch.requests
        self.requests.on_passed = self.order.pass_by
        self.watch.enable(self._script())
        self.watch.size(video.width, video.height)
        self._devtools.call("Performance.enable")
        ordered = [{"resourceType": kind, "requestStage": "Response"} for kind in ORDERED]
        self._devtools.call("Fetch.enable", patterns=ordered)

    @property
    def reader(self) -> int:
        """The thread that answers and events come in on."""
        return self._devtools.thread

    def send(self, method: str, then: Handler | None = None, **params: Any) -> int:
        """Send a command of the clock's, and call `then` with its result; returns its number."""
        return self._devtools.send(method, then, **params)

    def answer(self, number: int, method: str, timeout_s: float) -> dict[str, Any] | None:
        """Its result; None when it has not come within the time."""
        return self._devtools.answer(number, method, timeout_s)

    def ask_gate(self, us: int) -> int:
        """Send a command that is answered when the page does its part of the next frame.

        That comes after a grant of `us`, whose end is watched from now on (`may_be_late`).
        """
        self._at_the_end = False
        expression = GATE_SCRIPT.replace("MS", f"{us / 1000}")
        return self.send("Runtime.evaluate", expression=expression, awaitPromise=True)

    @property
    def may_be_late(self) -> bool:
        """Whether something may be due just when the grant ends, so that chance has it what comes
        first: a timer, as far as is known, or what was made of an answer."""
        return self._at_the_end or self.requests.passed or bool(self._unknown)

    def either(self, first: int, second: int, timeout_s: float) -> bool:
        """Whether one of two commands has been answered, within the time.

        Raises:
            RecordingError: the browser is gone.
        """
        return self._devtools.wait_answered((first, second), timeout_s)

    def forget(self, number: int) -> None:
        """Nobody asks for that command's result, come or not."""
        self._devtools.forget(number)

    @property
    def gone(self) -> bool:
        """Whether the window was closed."""
        return self._devtools.closed

    @property
    def downloading(self) -> bool:
        """Whether a file is on its way."""
        return bool(self._downloads)

    @property
    def held(self) -> bool:
        """Whether media are being sought."""
        return any(list(self._held.values()))

    @property
    def fetching(self) -> bool:
        """Whether page time is to stand still for an answer."""
        return self.requests.awaited

    @property
    def streaming(self) -> bool:
        """Whether a request is out that nothing waits for any more: the page's time goes on."""
        return self.requests.passed

    def catch_up(self) -> None:
        """Hear of all that the browser has told so far (`PageWatch.catch_up`)."""
        self.watch.catch_up()

    def lose_patience(self, quiet_s: float) -> None:
        """Give up the requests and media that nothing has come of for longer than their due."""
        self.requests.lose_patience(quiet_s)
        if quiet_s > PATIENCE_S:
            self._held.clear()

    def document_began_us(self) -> int:
        """When the browser was asked for this document, on the clock that frames are drawn by."""
        self.renewed = self.surprises = False
        return self._metric_us("NavigationStart")

    def now_us(self) -> int:
        """What the page's own time is, on the clock that frames are drawn by."""
        return self._metric_us("Timestamp")

    def _metric_us(self, name: str) -> int:
        metrics = self._devtools.call("Performance.getMetrics")["metrics"]
        (value_s,) = (m["value"] for m in metrics if m["name"] == name)
        return round(float(value_s) * 1e6)

    def close(self) -> None:
        self.order.close()
        self.watch.close()

    def to_come(self) -> ToCome:
        """What moves from frame to frame, and when the next timer fires."""
        moving, busy, due_ms = self._evaluate(DUE_SCRIPT) or (0, 0, -1)
        return ToCome(moving, busy, due_ms if due_ms >= 0 else None)

    def let_answer_in(self) -> None:
        """Let the answer come in whose turn it is.

        As in life, a page whose style is there has been seen before its scripts come: what they
        then change moves, where the style says so.
        """
        if self.order.waits == "Script" and not self.dialog:
            self._evaluate(STYLE_SCRIPT)
        self.order.let_in()

    def targets(self) -> list[str]:
        """The browser's windows."""
        found = self._devtools.call("Target.getTargets")["targetInfos"]
        return [target["targetId"] for target in found if target["type"] == "page"]

    def is_loaded(self, *, blank: bool) -> bool:
        """Whether a document is here, whole; `blank`: the one that a window begins with will do."""
        script = COMPLETE_SCRIPT if blank or self.downloaded else LOADED_SCRIPT
        return self._evaluate(script) is True or self.gone

    def is_complete(self) -> bool:
        """Whether the document is whole, and no other one on its way."""
        return not self.navigating and (self._evaluate(COMPLETE_SCRIPT) is True or self.gone)

    def _evaluate(self, script: str) -> Any:
        """What a script returns; None behind an alert, and when the page is gone."""
        return self.watch.evaluate(script, PROBE_S)

    def _script(self) -> str:
        seed = "null" if self._seed is None else str(self._seed)
        return ";".join((OWN_TIME_SCRIPT.replace("SEED", seed), MEDIA_SCRIPT, CLOSED_SCRIPT))

    def _handlers(self) -> dict[str, Handler]:
        return {
            "Network.requestWillBeSent": self._on_request,
            "Network.loadingFinished": self._on_request_end,
            "Network.loadingFailed": self._on_request_end,
            "Fetch.requestPaused": self.order.answered,
            "Runtime.executionContextDestroyed": self._on_context_gone,
            "Runtime.executionContextsCleared": self._on_contexts_gone,
            "Emulation.virtualTimeBudgetExpired": lambda _: self.expired.set(),
            "Page.javascriptDialogOpening": lambda _: setattr(self, "dialog", True),
            "Page.javascriptDialogClosed": lambda _: setattr(self, "dialog", False),
            "Page.frameStartedNavigating": lambda p: self._on_navigation(p["frameId"], True),
            "Page.frameNavigated": self._on_document,
            "Page.navigatedWithinDocument": lambda p: self._on_navigation(p["frameId"], False),
            "Page.windowOpen": lambda p: self.opened.append(p.get("url", "")),
            "Page.downloadWillBegin": self._on_download_begin,
            "Page.downloadProgress": self._on_download,
        }

    def _on_request(self, params: dict[str, Any]) -> None:
        kind = None if is_worker_script(params) else params.get("type")
        self.order.asked(params["requestId"], kind)

    def _pass_on(self, answer: str) -> None:
        self._devtools.forget(self.send("Fetch.continueResponse", requestId=answer))

    def _on_told(self, document: int, told: str) -> None:
        if told == AT_THE_END:
            self._at_the_end = True
            return
        self._unknown.add(document)
        if told != UNKNOWN:
            self._held[document] = int(told)

    def _on_context_gone(self, params: dict[str, Any]) -> None:
        self._held.pop(params["executionContextId"], None)
        self._unknown.discard(params["executionContextId"])

    def _on_contexts_gone(self, _: dict[str, Any]) -> None:
        self._held.clear()
        self._unknown.clear()

    def forget_answered(self) -> None:
        """Stop waiting for what was answered in one piece that nothing reads."""
        for request in self.requests.forget_unread():
            self.order.ended(request)

    def _on_request_end(self, params: dict[str, Any]) -> None:
        self._at_the_end = True
        self.order.ended(params["requestId"])

    def _on_document(self, params: dict[str, Any]) -> None:
        """A new document is there: what the last one asked for is no longer waited for."""
        frame = params["frame"]
        self._on_navigation(frame["id"], False)
        if frame["id"] == self.target:
            self.renewed, self.blank = True, False
            for request in self.watch.left_behind:
                self.order.ended(request)

    def _on_navigation(self, frame: str, under_way: bool) -> None:
        if frame == self.target:
            self.navigating = under_way

    def _on_download_begin(self, params: dict[str, Any]) -> None:
        self._downloads.add(params["guid"])
        self.navigating, self.downloaded = False, True

    def _on_download(self, params: dict[str, Any]) -> None:
        if params.get("state") != "inProgress":
            self._downloads.discard(params["guid"])
