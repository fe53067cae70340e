"""Frames without switching: a command about an element runs in the frame of that element."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from selenium.common.exceptions import NoSuchFrameException, StaleElementReferenceException
from selenium.webdriver.remote.command import Command
from selenium.webdriver.remote.webelement import WebElement

from forge.workers.recording.frame_path import TO_TOP, FramePath

Perform = Callable[[str, dict[str, Any]], Any]

ELEMENT_KEY = "element-6066-11e4-a52e-4f735466cecf"
FRAME = re.compile(r"f\.(\w+)\.")  # chromedriver's id of an element begins with that of its frame
SWITCHES = (*TO_TOP, Command.SWITCH_TO_FRAME, Command.SWITCH_TO_PARENT_FRAME)
#: Commands without an element that run in the current frame.
BOUND = (
    Command.W3C_EXECUTE_SCRIPT,
    Command.W3C_EXECUTE_SCRIPT_ASYNC,
    Command.W3C_ACTIONS,
    Command.W3C_GET_ACTIVE_ELEMENT,
    Command.GET_PAGE_SOURCE,
    Command.SWITCH_TO_PARENT_FRAME,
)


class Frames:
    """The frame that the tutorial has switched to (`user`), and that WebDriver is in (`driver`).

    They differ after a command about an element that forge found in another frame. The driver goes
    back with the next command that depends on it: at once would be too early, because a click may
    have opened a dialog, behind which no frame can be switched.
    """

    def __init__(self) -> None:
        self.user, self.driver = FramePath(), FramePath()
        self._paths: dict[str, tuple[Any, ...]] = {}  # by id of the frame

    def note(self, elements: Iterable[WebElement], path: Sequence[Any]) -> None:
        """Note that `elements` lie in the frame at the end of `path`."""
        for element in elements:
            if path and (found := FRAME.match(element.id)):
                self._paths[found[1]] = tuple(path)

    def path_of(self, element: str) -> tuple[Any, ...] | None:
        """Return the way to an element's frame; None if forge has found nothing in that frame."""
        found = FRAME.match(element)
        return self._paths.get(found[1]) if found else None

    def enter(self, command: str, params: dict[str, Any], perform: Perform) -> None:
        """Switch to the frame that a command has to run in, by `perform`.

        Raises:
            StaleElementReferenceException: the frame of the command's element is gone.
        """
        path = next(filter(None, map(self.path_of, _elements(params))), None)
        if path is not None:
            try:
                self.switch(path, perform)
            except NoSuchFrameException as problem:
                raise StaleElementReferenceException("the element's frame is gone") from problem
        elif _is_bound(command, params):
            self.switch(self.user.frames, perform)

    def switch(self, path: Sequence[Any], perform: Perform) -> None:
        """Lead the driver to the frame at the end of `path`."""
        there = self.driver.frames
        if list(path[: len(there)]) != there:
            self._step(None, perform)
        for frame in path[len(there) :]:
            self._step(frame, perform)

    def _step(self, frame: Any, perform: Perform) -> None:
        params = {"id": frame}
        perform(Command.SWITCH_TO_FRAME, params)
        self.driver.follow(Command.SWITCH_TO_FRAME, params)

    def follow(self, command: str, params: dict[str, Any]) -> None:
        """Note a command of the tutorial that WebDriver has executed."""
        self.driver.follow(command, params)
        if command in SWITCHES:
            self.user.frames[:] = self.driver.frames


def _is_bound(command: str, params: dict[str, Any]) -> bool:
    if command == Command.SWITCH_TO_FRAME:
        return params.get("id") is not None  # the way to the top is always open
    return command in BOUND or command.startswith("find") or isinstance(params.get("id"), str)


def _elements(given: Any) -> Iterator[str]:
    """Yield the ids of the elements in a command's parameters."""
    if isinstance(given, WebElement):
        yield given.id
    elif isinstance(given, dict):
        yield from (one for key in ("id", ELEMENT_KEY) if isinstance(one := given.get(key), str))
        for one in given.values():
            yield from _elements(one)
    elif isinstance(given, list | tuple):
        for one in given:
            yield from _elements(one)
