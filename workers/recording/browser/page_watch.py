"""One window watched over DevTools: its console, its requests, its documents, its outsides."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

from forge.errors import RecordingError
from forge.workers.recording.browser.devtools import DevTools, Handler
from forge.workers.recording.browser.dialog_log import DialogLog
from forge.workers.recording.browser.documents import (
    STATUS_SCRIPT,
    DocumentLog,
    Documents,
    WrongPage,
)
from forge.workers.recording.browser.outside import TIMERS
from forge.workers.recording.browser.outside_register import Outsides
from forge.workers.recording.browser.requests import Requests
from forge.workers.recording.javascript import load

#: The function of each document's `window` by which forge's scripts report something.
BINDING = "forgeHolds"
OUTSIDE = "out:"
OUTSIDES_SCRIPT = load(__name__, "outsides") + "\n"
WORKER_SCRIPT = load(__name__, "worker") + "\n"
PENDING = "pending"
ASKED_MOST = 500  # attempts to install forge's script in a worker that is still loading
DOMAINS = ("Page", "Network", "Runtime", "Log", "Inspector")
PROBE_S = 0.5  # the time for a busy page to answer a question
Connect = Callable[[str, str, dict[str, Handler]], DevTools]


class World:
    """The objects that all windows of one recording share: browser, outsides, dialogs, console.

    `address`: the browser's DevTools, `host:port`. `connect` opens a connection to one window.
    """

    def __init__(self, address: str, connect: Connect = DevTools) -> None:
        self.address, self.connect = address, connect
        self.outsides = Outsides()
        self.document_log = DocumentLog()
        self.dialogs = DialogLog()
        self.silent: set[str] = set()
        self.console: list[str] = []


class PageWatch:
    """One window's DevTools connection, and the state that its events report.

    `handlers` are called after the watch's own, on the connection's thread. `on_report` is called
    with an execution context and its report, unless the report is of an outside. Call `enable`
    once they are ready.
    """

    def __init__(
        self,
        target: str,
        world: World,
        handlers: Mapping[str, Handler],
        on_report: Callable[[int, str], object] = lambda context, what: None,
    ) -> None:
        self.target, self.world, self._on_report = target, world, on_report
        self.requests = Requests(target, world.outsides, world.silent)
        self.documents = Documents(target, world.document_log)
        self.dialog = False  # an alert, a confirmation or a prompt is open
        self.left_behind: list[str] = []  # requests of the last document that were still out
        own: dict[str, Handler] = {
            "Network.requestWillBeSent": self.requests.asked,
            "Network.responseReceived": both(self.requests.answered, self.documents.answered),
            "Network.dataReceived": self.requests.piece,
            "Network.loadingFinished": lambda p: self.requests.ended(p["requestId"]),
            "Network.loadingFailed": self._on_failure,
            "Network.webSocketCreated": self._on_socket,
            "Network.webSocketFrameSent": lambda p: self._outsides.sent(self._key(p)),
            "Network.webSocketFrameReceived": self._on_message,
            "Network.webSocketFrameError": lambda p: self._outsides.received(self._key(p)),
            "Network.webSocketClosed": lambda p: self._outsides.closed(self._key(p)),
            "Network.eventSourceMessageReceived": self._on_event,
            "Network.webTransportCreated": self._on_transport,
            "Network.webTransportClosed": self._on_transport_end,
            "Page.frameNavigated": self._on_document,
            "Page.javascriptDialogOpening": self._on_dialog,
            "Page.javascriptDialogClosed": self._on_dialog_end,
            "Inspector.targetCrashed": self._on_crash,
            "Runtime.bindingCalled": self._on_binding,
            "Target.attachedToTarget": self._on_worker,
            "Target.detachedFromTarget": self._on_worker_end,
            "Runtime.consoleAPICalled": self._on_console,
            "Runtime.exceptionThrown": self._on_exception,
            "Log.entryAdded": self._on_log,
        }
        for method, handler in handlers.items():
            own[method] = both(own[method], handler) if method in own else handler
        self.devtools = world.connect(world.address, f"page/{target}", own)
        self.devtools.on_session = self._on_worker_event

    @property
    def _outsides(self) -> Outsides:
        return self.world.outsides

    def enable(self, script: str) -> None:
        """Begin to watch; `script` runs in each document before its own scripts."""
        self.devtools.call("Runtime.addBinding", name=BINDING)
        for domain in DOMAINS:
            self.devtools.call(f"{domain}.enable")
        self.devtools.call(
            "Target.setAutoAttach", autoAttach=True, waitForDebuggerOnStart=False, flatten=True
        )
        # forge's scripts keep a reference to the binding; the page must neither see nor call it.
        source = f"{OUTSIDES_SCRIPT};{script};delete window.{BINDING}"
        self.devtools.call("Page.addScriptToEvaluateOnNewDocument", source=source)
        self._look_at_document()

    def size(self, width: int, height: int) -> None:
        """Set the size of the page's viewport, in CSS pixels.

        Full Chromium subtracts an (absent) window frame from --window-size; this is exact.
        """
        self.devtools.call(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=0,
            mobile=False,
        )

    def evaluate(self, script: str, answer_s: float) -> Any:
        """Return a script's value; None behind an alert, and when the page is gone."""
        try:
            answer = self.devtools.call(
                "Runtime.evaluate", answer_s=answer_s, expression=script, returnByValue=True
            )
        except RecordingError:
            return None
        return answer["result"].get("value")

    def catch_up(self) -> None:
        """Wait for all events that the browser has sent so far.

        chromedriver may have acted on them already.
        """
        try:
            self.devtools.call("Target.getTargetInfo")
        except RecordingError:
            if not self.devtools.closed:  # the window was closed, or its renderer crashed
                raise

    def wrong_page(self, *, allowed: bool = False) -> WrongPage | None:
        """Return the first error page since the last call (`Documents.take`), or None."""
        self.evaluate("0", PROBE_S)  # a killed renderer is noticed only now
        with suppress(RecordingError):  # a browser that does not answer is reported elsewhere
            self.catch_up()
        return self.documents.take(allowed=allowed)

    def close(self) -> None:
        """Stop watching."""
        self._outsides.window_closed(self.target)
        if self.dialog:  # it has closed with its window
            self._on_dialog_end({})
        self.devtools.close()

    def _key(self, params: Mapping[str, Any]) -> tuple[str, str]:
        return self.target, params["requestId"]

    def _on_socket(self, params: dict[str, Any]) -> None:
        self._outsides.opened(self._key(params), "web socket", params.get("url", ""))

    def _on_message(self, params: dict[str, Any]) -> None:
        data = params.get("response", {}).get("payloadData", "")
        self._outsides.received(self._key(params), data)

    def _on_event(self, params: dict[str, Any]) -> None:
        said = f"{params.get('eventName', '')} {params.get('data', '')}"
        self._outsides.received(self._key(params), said)

    def _on_transport(self, params: dict[str, Any]) -> None:
        key = (self.target, params["transportId"])
        self._outsides.opened(key, "WebTransport", params.get("url", ""))

    def _on_transport_end(self, params: dict[str, Any]) -> None:
        self._outsides.closed((self.target, params["transportId"]))

    def _look_at_document(self) -> None:
        """Note the document that shows: in a new window, it may have come before the connection."""
        frame = self.devtools.call("Page.getFrameTree")["frameTree"]["frame"]
        opened = frame.get("url", "").startswith("http")
        self.documents.found(frame, self.evaluate(STATUS_SCRIPT, PROBE_S) or 0 if opened else 0)

    def _on_failure(self, params: dict[str, Any]) -> None:
        self.documents.failed(params)
        self.requests.ended(params["requestId"])

    def _on_crash(self, params: dict[str, Any]) -> None:
        """`Inspector.targetCrashed`: calls that wait for the renderer fail at once."""
        self.documents.crashed(params)
        self.devtools.end()

    def _on_document(self, params: dict[str, Any]) -> None:
        """`Page.frameNavigated`: the sockets and workers of the last document are gone."""
        frame = params["frame"]
        self.documents.came(frame)
        if frame["id"] == self.target:
            self._outsides.window_closed(self.target)
            self.left_behind = self.requests.new_document(frame["loaderId"])

    def _on_dialog(self, params: dict[str, Any]) -> None:
        self.world.dialogs.opening(params)
        self.dialog = True

    def _on_dialog_end(self, params: dict[str, Any]) -> None:
        self.dialog = False
        self.world.dialogs.closed()

    def _on_worker(self, params: dict[str, Any]) -> None:
        """Watch a new worker's timers, console and the end of its script's request."""
        session, info = params["sessionId"], params["targetInfo"]
        if info["type"] not in ("worker", "shared_worker", "service_worker"):
            return
        self._outsides.opened((self.target, session), TIMERS, info.get("url", ""))
        commands: tuple[tuple[str, dict[str, Any]], ...] = (
            ("Runtime.addBinding", {"name": BINDING}),
            ("Network.enable", {}),
            ("Runtime.enable", {}),
        )
        for method, given in commands:
            self.devtools.forget(self.devtools.send(method, session=session, **given))
        self._watch_timers(session, ASKED_MOST)

    def _watch_timers(self, session: str, times: int) -> None:
        """Install the script that reports a worker's timers, once the worker has a global scope."""

        def answered(result: dict[str, Any]) -> None:
            if result["result"].get("value") is False and times > 1:
                self._watch_timers(session, times - 1)

        number = self.devtools.send(
            "Runtime.evaluate", answered, session=session, expression=WORKER_SCRIPT
        )
        self.devtools.forget(number)

    def _on_worker_end(self, params: dict[str, Any]) -> None:
        self._outsides.closed((self.target, params["sessionId"]))

    def _on_worker_event(self, session: str, method: str, params: dict[str, Any]) -> None:
        if method in ("Network.loadingFinished", "Network.loadingFailed"):
            self.requests.ended(params["requestId"])  # the page requested its script
        elif method == "Runtime.bindingCalled" and params["name"] == BINDING:
            pending = params["payload"] == PENDING
            self._outsides.timers((self.target, session), pending=pending)
        elif method == "Runtime.exceptionThrown":
            self._on_exception(params)

    def _on_binding(self, params: dict[str, Any]) -> None:
        if params["name"] != BINDING:
            return
        context, what = params["executionContextId"], params["payload"]
        if not what.startswith(OUTSIDE):
            self._on_report(context, what)
            return
        _, event, kind, number, label = what.split(":", 4)
        key = (self.target, f"{context}.{number}")
        if event == "opened":
            self._outsides.opened(key, kind, label)
        elif event == "sent":
            self._outsides.sent(key)
        elif event == "received":
            self._outsides.received(key)
        else:
            self._outsides.closed(key)

    def _on_console(self, params: dict[str, Any]) -> None:
        words = (str(a.get("value", a.get("description", ""))) for a in params.get("args", ()))
        self.world.console.append(f"{params.get('type')}: {' '.join(words)}")

    def _on_exception(self, params: dict[str, Any]) -> None:
        details = params.get("exceptionDetails", {})
        text = details.get("exception", {}).get("description") or details.get("text", "")
        self.world.console.append(
            f"exception: {text} ({details.get('url')}:{details.get('lineNumber')})"
        )

    def _on_log(self, params: dict[str, Any]) -> None:
        entry = params.get("entry", {})
        self.world.console.append(f"{entry.get('level')}: {entry.get('text')} ({entry.get('url')})")


def both(first: Handler, then: Handler) -> Handler:
    """Return a handler that calls one, then the other."""

    def handle(params: dict[str, Any]) -> None:
        first(params)
        then(params)

    return handle
