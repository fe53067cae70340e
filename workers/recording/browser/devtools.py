"""A DevTools connection to a page or to the browser, beside chromedriver's own."""

from __future__ import annotations

import itertools
import json
import socket
import threading
from collections.abc import Callable, Collection
from contextlib import suppress
from typing import Any

import websocket

from forge.errors import RecordingError

CALL_TIMEOUT_S = 10.0
Handler = Callable[[dict[str, Any]], None]
#: Called with a session's name, an event's method and its parameters.
SessionHandler = Callable[[str, str, dict[str, Any]], None]


class DevTools:
    """A DevTools web socket, usually to one page.

    Events go to the handlers on a thread of this object's own, one after another: handlers must be
    quick. An exception in a handler is kept, and raised by the next `call`. Events of workers
    (sessions of the same connection) go only to `on_session`.
    """

    on_session: SessionHandler | None = None

    def __init__(self, address: str, path: str, handlers: dict[str, Handler]) -> None:
        """Connect to the browser at `address`: to `page/<window handle>`, or to itself."""
        self._handlers = handlers
        self._ids = itertools.count(1)
        self._replies: dict[int, dict[str, Any]] = {}
        self._forgotten: set[int] = set()
        self._then: dict[int, Handler] = {}
        self._arrived = threading.Condition()
        self._closed = False
        self._problem: Exception | None = None
        try:
            self._socket = websocket.create_connection(
                f"ws://{address}/devtools/{path}",
                suppress_origin=True,
                timeout=CALL_TIMEOUT_S,
                enable_multithread=True,
                skip_utf8_validation=True,  # it would check character by character in Python
            )
        except (OSError, websocket.WebSocketException) as problem:
            raise RecordingError(
                f"no DevTools connection to the browser: {problem}", transient=True
            ) from problem
        self._socket.settimeout(None)
        self._reader = threading.Thread(target=self._read, name="forge-devtools", daemon=True)
        self._reader.start()

    def send(
        self, method: str, then: Handler | None = None, *, session: str = "", **params: Any
    ) -> int:
        """Send a command without waiting for its result; return its number.

        `then` is called with the result, on the thread of the handlers, before `answer` can return
        it. `session`: the session of the worker that gets the command.
        """
        number = next(self._ids)
        if then:
            self._then[number] = then
        command = {"id": number, "method": method, "params": params}
        if session:
            command["sessionId"] = session
        try:
            self._socket.send(json.dumps(command))
        except (OSError, websocket.WebSocketException) as problem:
            self._closed = True  # the reader will notice it, too
            raise RecordingError(
                f"the browser is gone ({method}): {problem}", transient=True
            ) from problem
        return number

    def call(
        self, method: str, *, answer_s: float = CALL_TIMEOUT_S, **params: Any
    ) -> dict[str, Any]:
        """Send a command and return its result.

        Raises:
            RecordingError: the browser is gone, refuses, or does not answer within `answer_s`.
        """
        result = self.answer(self.send(method, **params), method, answer_s)
        if result is None:
            raise RecordingError(
                f"the browser did not answer within {answer_s:g} s ({method})", transient=True
            )
        return result

    def answer(self, number: int, method: str, timeout_s: float) -> dict[str, Any] | None:
        """Return the result of command `number` once it comes; None after `timeout_s`.

        Raises:
            RecordingError: the browser is gone, or refuses.
        """
        with self._arrived:
            self._arrived.wait_for(
                lambda: number in self._replies or self._closed, timeout=timeout_s
            )
            reply = self._replies.pop(number, None)
        self.raise_problem()
        if reply is None:
            if self._closed:
                raise RecordingError(f"the browser is gone ({method})", transient=True)
            return None
        if "error" in reply:
            raise RecordingError(f"{method}: {reply['error'].get('message')}")
        result: dict[str, Any] = reply["result"]
        return result

    def wait_answered(self, numbers: Collection[int], timeout_s: float) -> bool:
        """Return True once one of those commands has been answered, False after `timeout_s`.

        Raises:
            RecordingError: the browser is gone.
        """
        with self._arrived:
            self._arrived.wait_for(
                lambda: self._closed or not self._replies.keys().isdisjoint(numbers),
                timeout=timeout_s,
            )
            answered = not self._replies.keys().isdisjoint(numbers)
        self.raise_problem()
        if self._closed and not answered:
            raise RecordingError("the browser is gone", transient=True)
        return answered

    def forget(self, number: int) -> None:
        """Drop the result of command `number`, which may still be to come."""
        with self._arrived:
            if self._replies.pop(number, None) is None:
                self._forgotten.add(number)

    @property
    def thread(self) -> int:
        """The native id of the thread that handlers run on."""
        return self._reader.native_id or 0

    @property
    def closed(self) -> bool:
        """True if the connection has ended, from either side."""
        return self._closed

    def raise_problem(self) -> None:
        """Raise the first exception of a handler, if there was one."""
        if self._problem is not None:
            raise RecordingError(f"recording failed: {self._problem}") from self._problem

    def end(self) -> None:
        """End the connection, from a handler: calls that wait for an answer fail."""
        self._closed = True  # the reader ends after this message, and wakes those calls

    def close(self) -> None:
        """Close the connection and wait for the reader; safe to call twice."""
        self._closed = True
        # `close` of the socket alone would not wake the reader; that of the web socket would wait
        # for the browser to answer.
        if (connection := self._socket.sock) is not None:
            with suppress(OSError):  # the browser has closed it already
                connection.shutdown(socket.SHUT_RDWR)
        self._reader.join(timeout=2)

    def _read(self) -> None:
        while not self._closed:
            try:
                message = json.loads(self._socket.recv())
            except (OSError, ValueError, websocket.WebSocketException):
                break
            if "id" in message:
                # `then` runs before the result can be fetched: the data that it reads (a frame's
                # pixels) may be gone once the next command is sent.
                if (then := self._then.pop(message["id"], None)) and "result" in message:
                    self._handle(then, message["result"])
                with self._arrived:
                    if message["id"] in self._forgotten:
                        self._forgotten.remove(message["id"])
                    else:
                        self._replies[message["id"]] = message
                    self._arrived.notify_all()
            elif "sessionId" in message:
                self._handle_session(message)
            elif handler := self._handlers.get(message["method"]):
                self._handle(handler, message["params"])
        with self._arrived:
            self._closed = True
            self._arrived.notify_all()
        self._socket.shutdown()  # type: ignore[no-untyped-call]

    def _handle_session(self, message: dict[str, Any]) -> None:
        if (handler := self.on_session) is not None:
            session, method = message["sessionId"], message["method"]
            self._handle(lambda params: handler(session, method, params), message["params"])

    def _handle(self, handler: Handler, params: dict[str, Any]) -> None:
        try:
            handler(params)
        except Exception as problem:
            self._problem = self._problem or problem
