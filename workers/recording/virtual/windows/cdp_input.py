"""Some of WebDriver's commands over DevTools: the same effect in a fraction of the time.

chromedriver runs half a dozen scripts before it presses a key. Here one script checks that the case
is an ordinary one. If not, LookupError is raised before anything is done, and the command goes to
WebDriver, whose error messages people know.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from typing import Any, Protocol

from selenium.common.exceptions import ElementNotInteractableException

from forge.errors import RecordingError
from forge.workers import real_time
from forge.workers.recording.browser.devtools import CALL_TIMEOUT_S
from forge.workers.recording.hand.geometry import ELEMENT_KEY, FIELD, SEEN
from forge.workers.recording.hand.keyboard import events
from forge.workers.recording.javascript import load

#: chromedriver's id of an element, which names Chromium's frame, document and node.
ELEMENT = re.compile(r"f\.(?P<frame>\w+)\.d\.\w+\.e\.(?P<node>\d+)")
NAME = "f.{frame}.d.{document}.e.{node}"
FUNCTION = load(__name__, "call_function")
OBJECTS = "forge"
#: Precedes a script about an element: if the element is gone, WebDriver gets the command and raises
#: its error.
CONNECTED = "if (!arguments[0].isConnected) throw 0;"
#: Focuses a text field, and puts the caret at its end unless the field had the focus before.
#: Returns false unless that is as simple as it is on most pages.
FOCUS_SCRIPT = f"const [it] = arguments;\n{FIELD}{SEEN}\n{load(__name__, 'focus')}"
LOOK_S = 0.05  # between two checks if a dialog has come instead of an answer


class DialogOpened(LookupError):
    """A dialog opened while a command ran."""


class InputPage(Protocol):
    """The part of a page that `CdpInput` needs: its DevTools connection and its state."""

    navigating: bool

    @property
    def dialog(self) -> bool:
        """True while a dialog is open."""
        ...

    @property
    def target(self) -> str:
        """The window's handle."""
        ...

    @property
    def gone(self) -> bool:
        """True if the window was closed."""
        ...

    def send(self, method: str, **params: Any) -> int:
        """Send a command; return its number."""
        ...

    def answer(self, number: int, method: str, timeout_s: float) -> dict[str, Any] | None:
        """Return the command's result; None if it has not come within `timeout_s`."""
        ...

    def forget(self, number: int) -> None:
        """Drop the command's result, which may still be to come."""
        ...


class CdpInput:
    """One page's keys, mouse and scripts, over its DevTools connection.

    `event_s()`: the page's own time, in seconds since the epoch, which its events are stamped with.
    By default Chromium stamps them with the machine's time. Documents that came by a link began at
    the page's own time, mostly later; and Chromium ends the process of a page that navigates
    within a document in answer to an event from before the document
    (`SoftNavigationHeuristics`).
    """

    def __init__(self, page: InputPage) -> None:
        self._page = page
        self.event_s: Callable[[], float] | None = None

    def run_script(self, source: str, args: Sequence[Any]) -> Any:
        """Run a script of forge's own in the page's top-level document; return its value.

        It has `arguments` and a `return`, as WebDriver's scripts do.

        Raises:
            LookupError: only WebDriver can run it, or return its value; the script may have run
                already. DialogOpened: a dialog opened meanwhile.
        """
        self._check_free()
        try:
            found = self._call_function(FUNCTION.replace("SOURCE", source), args)
            self._release()
        except RecordingError as problem:
            raise LookupError(str(problem)) from problem
        if "exceptionDetails" in found or found["result"].get("value") is None:
            raise LookupError("the script failed, or returned an element")
        return found["result"]["value"]["it"]

    def ask_about(self, source: str, element: str, *args: Any) -> dict[str, Any]:
        """Run a script with which Selenium asks about an element; return what WebDriver would.

        Raises:
            LookupError: only WebDriver can tell.
        """
        return {"value": self.run_script(CONNECTED + source, [{ELEMENT_KEY: element}, *args])}

    def find(self, selector: str) -> str:
        """Return chromedriver's id of the first element that matches a CSS selector.

        Raises:
            LookupError: there is none, or only WebDriver can tell.
        """
        self._check_free()
        try:
            found = self._call(
                "Runtime.evaluate",
                expression=f"document.querySelector({json.dumps(selector)})",
                objectGroup=OBJECTS,
                serializationOptions={"serialization": "deep", "maxDepth": 0},
            )["result"]
            self._release()
            node = found["deepSerializedValue"]["value"]
            return NAME.format(
                frame=self._page.target, document=node["loaderId"], node=node["backendNodeId"]
            )
        except (RecordingError, KeyError, TypeError) as problem:
            raise LookupError(selector) from problem

    def type_into(self, element: str, keys: str) -> dict[str, Any]:
        """Press each of the keys in a text field; return what WebDriver would.

        Raises:
            LookupError: it is not a text field, or not visible.
            ElementNotInteractableException: focusing it opened a dialog; no key was pressed.
        """
        try:
            focused = self.run_script(FOCUS_SCRIPT, [{ELEMENT_KEY: element}])
        except DialogOpened:
            raise ElementNotInteractableException("a dialog opened when it was focused") from None
        if not focused:
            raise LookupError("it is not an ordinary text field")
        return self.type_keys(keys)

    def type_keys(self, keys: str) -> dict[str, Any]:
        """Press and release each of the keys; return what WebDriver would."""
        for key in keys:
            if not self._dispatch("Input.dispatchKeyEvent", events(key)):
                break
        return {"value": None}

    def dispatch_mouse(self, *events: dict[str, Any]) -> None:
        """Dispatch mouse events, one right after another.

        Return when the page has received the last: a movement reaches it with the next frame.
        """
        self._dispatch("Input.dispatchMouseEvent", events)

    def _check_free(self) -> None:
        if self._page.dialog or self._page.navigating:
            raise LookupError("a dialog is open, or a navigation under way")

    def _dispatch(self, method: str, given: Sequence[dict[str, Any]]) -> bool:
        """Dispatch events; return False if a dialog opened or the page closed before the last."""
        try:
            at = {} if self.event_s is None else {"timestamp": self.event_s()}
            sent = [self._page.send(method, **event, **at) for event in given]
            while sent and self._answer(sent[0], method) is not None:
                sent.pop(0)
            for number in sent:
                self._page.forget(number)
        except RecordingError:
            if not self._page.gone:
                raise
            return False
        return not sent

    def _call(self, method: str, **params: Any) -> dict[str, Any]:
        answer = self._answer(self._page.send(method, **params), method)
        if answer is None:
            raise DialogOpened(method)
        return answer

    def _answer(self, number: int, method: str) -> dict[str, Any] | None:
        """Return a command's result; None if a dialog has opened instead.

        Raises:
            RecordingError: the browser is gone, refuses, or does not answer.
        """
        until_s = real_time.perf_counter() + CALL_TIMEOUT_S
        while (answer := self._page.answer(number, method, LOOK_S)) is None:
            if self._page.dialog:
                self._page.forget(number)
                return None
            if real_time.perf_counter() > until_s:
                raise RecordingError(f"the page did not answer ({method})", transient=True)
        return answer

    def _call_function(self, function: str, args: Sequence[Any]) -> dict[str, Any]:
        given = [self._argument(one) for one in args]
        at = next((one for one in given if "objectId" in one), None)
        if at is None:
            found = self._call("Runtime.evaluate", expression="window", objectGroup=OBJECTS)
            at = found["result"]
        return self._call(
            "Runtime.callFunctionOn",
            objectId=at["objectId"],
            functionDeclaration=function,
            arguments=given,
            returnByValue=True,
        )

    def _argument(self, given: Any) -> dict[str, Any]:
        """Return a script's argument, which may be an element, in DevTools' form."""
        if not (isinstance(given, dict) and ELEMENT_KEY in given):
            return {"value": given}
        known = ELEMENT.fullmatch(given[ELEMENT_KEY])
        if not known or known["frame"] != self._page.target:
            raise LookupError("the element is in a frame, perhaps of another process")
        node = int(known["node"])
        found = self._call("DOM.resolveNode", backendNodeId=node, objectGroup=OBJECTS)["object"]
        return dict(found)

    def _release(self) -> None:
        self._page.forget(self._page.send("Runtime.releaseObjectGroup", objectGroup=OBJECTS))
