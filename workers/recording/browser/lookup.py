"""Elements by forge's locators (`forge/locators.py`), in a page, its frames and shadow roots."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, NamedTuple, TypeVar

from selenium.common.exceptions import (
    InvalidSelectorException,
    NoSuchElementException,
    NoSuchFrameException,
    StaleElementReferenceException,
    WebDriverException,
)
from selenium.webdriver.remote.command import Command

from forge.locators import Part, parse
from forge.workers import real_time
from forge.workers.recording.browser.frames import Frames, Perform
from forge.workers.recording.browser.webdriver_commands import answered
from forge.workers.recording.javascript import load

T = TypeVar("T")
Description = dict[str, Any]  # of an element: what `describe` of `words.js` returns

FIND_ALL = (
    Command.FIND_ELEMENTS,
    Command.FIND_CHILD_ELEMENTS,
    Command.FIND_ELEMENTS_FROM_SHADOW_ROOT,
)
POLL_S = 0.05
LISTED = 5  # matches in a message
#: Defines roles, names, and `search`.
PRELUDE = "\n".join(load(__name__, name) for name in ("roles", "names", "lookup", "words"))
FIND_SCRIPT = f"{PRELUDE}\n{load(__name__, 'find')}"


class SeveralElementsException(WebDriverException):
    """Several elements match a locator of forge's that has to name one."""


class Query(NamedTuple):
    """A search: for `parts`, in `scope` (an element or a shadow root) or in the whole page.

    `passed`: the numbers of parts that are found outside the document which is searched. `visible`:
    only visible elements count. `words`: descriptions are wanted instead of elements.
    """

    parts: tuple[Part, ...]
    scope: Any = None
    passed: tuple[int, ...] = (0,)
    visible: bool = False
    words: bool = False

    def arguments(self) -> list[Any]:
        """Return the arguments of the script `find.js`."""
        parts = [part._asdict() | {"names": list(part.names)} for part in self.parts]
        return [parts, list(self.passed), self.scope, self.visible, self.words]


class Lookup:
    """Resolves locators in one browser. `execute` sends a command to WebDriver."""

    def __init__(self, execute: Perform, frames: Frames) -> None:
        self._send, self._frames = execute, frames
        self.implicit_s = 0.0

    def run(self, command: str, params: dict[str, Any], scope: Any) -> dict[str, Any]:
        """Execute one of WebDriver's `find…` commands; return what WebDriver would.

        Raises:
            NoSuchElementException: nothing matches.
            SeveralElementsException: the command wants one element, and several match.
            InvalidSelectorException: a CSS selector or XPath is wrong.
        """
        query = Query(parse(params["value"]), scope)
        until_s = real_time.monotonic() + self.implicit_s
        while not (found := self.search(query)) and real_time.monotonic() < until_s:
            real_time.sleep(POLL_S)
        if command in FIND_ALL:
            return {"value": found}
        if not found:
            raise NoSuchElementException(f"there is no {params['value']}")
        if len(found) > 1:
            raise SeveralElementsException(self._several(query, params["value"]))
        return {"value": found[0]}

    def search(self, query: Query) -> list[Any]:
        """Return the elements that match, or their descriptions."""
        return self._search(query, list(self._frames.driver.frames))

    def _search(self, query: Query, path: list[Any]) -> list[Any]:
        answer = self.script(FIND_SCRIPT, *query.arguments())
        if wrong := answer.get("wrong"):
            raise InvalidSelectorException(wrong)
        found: list[Any] = answer["found"]
        if not query.words:
            self._frames.note(found, path)
        for frame, passed, label in answer["frames"]:
            inner = query._replace(scope=None, passed=tuple(passed))
            look = partial(self._search, inner, [*path, frame])
            found += in_frame_named(label, self.in_frame(frame, path, look))
        return found

    def in_frame(self, frame: Any, path: Sequence[Any], look: Callable[[], list[T]]) -> list[T]:
        """Return what `look` finds in `frame`, a frame of the one at the end of `path`."""
        try:
            self._send(Command.SWITCH_TO_FRAME, {"id": frame})
        except (NoSuchFrameException, StaleElementReferenceException, NoSuchElementException):
            return []  # it has gone meanwhile
        try:
            return look()
        finally:
            try:
                self._send(Command.SWITCH_TO_PARENT_FRAME, {})
            except WebDriverException:  # the frame has gone, with the way back
                self._frames.driver.frames.clear()
                self._send(Command.SWITCH_TO_FRAME, {"id": None})
                self._frames.switch(path, self._send)

    def script(self, source: str, *args: Any) -> Any:
        """Run a script that only looks in the frame that WebDriver is in; return its value."""
        params = {"script": source, "args": list(args)}
        return answered(lambda: self._send(Command.W3C_EXECUTE_SCRIPT, params))["value"]

    def _several(self, query: Query, value: str) -> str:
        found = self.search(query._replace(words=True))
        return f"{len(found)} elements match {value}: {listed(found)}"


def in_frame_named(label: str, found: list[Any]) -> list[Any]:
    """Add a frame to the descriptions in `found`; leave elements as they are."""
    for one in found:
        if isinstance(one, dict):
            one["frames"] = [label, *one["frames"]]
    return found


def listed(found: Sequence[Description]) -> str:
    """Return descriptions of elements as one text; of many, the first LISTED."""
    more = f"; and {len(found) - LISTED} more" if len(found) > LISTED else ""
    return "; ".join(map(worded, found[:LISTED])) + more


def worded(found: Description) -> str:
    """Return the description of an element as a text: role, name, and where it is."""
    named = f'{found["role"]} "{found["name"] or found["text"]}" at {found["where"]}'
    places = [f"in the frame {frame}" for frame in found["frames"]]
    places += [f"in the shadow root of {host}" for host in found["hosts"]]
    hidden = found["hidden"]
    places += [hidden if hidden.startswith("covered") else f"hidden: {hidden}"] if hidden else []
    return f"{named} ({', '.join(places)})" if places else named
