"""Where elements are: in CSS pixels of the page's viewport, whatever frame they lie in."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from selenium.webdriver.remote.command import Command

from forge.model.take import Box, Point, Shape
from forge.workers.recording.javascript import load

ELEMENT_KEY = "element-6066-11e4-a52e-4f735466cecf"
Ask = Callable[[str, dict[str, Any]], Any]

#: Defines `outward` and `upward`: from a frame's coordinates to those of the pages around it.
OUTWARD = f"\n{load(__name__, 'outward')}\n"

#: Defines `isField`: a field that shows what is typed, key by key.
FIELD = f"\n{load(__name__, 'field')}\n"

#: Defines `seen`: an element is visible, wherever it lies.
SEEN = f"\n{load(__name__, 'seen')}\n"

#: Returns where an element is. An `option` has no place of its own while its select is closed: the
#: select stands for it. `room` is the part of the frame in which the element could be visible: the
#: viewport without what scrolling boxes cut off. Code editors take keys by a hidden field (clipped,
#: of no size, off the page, transparent): the nearest visible ancestor stands for it.
PLACE_SCRIPT = OUTWARD + FIELD + SEEN + load(__name__, "place")
#: Returns where to press on an element, in the page's coordinates, if all of it is visible and
#: nothing covers it there, nor its frame. "covered" if something does; false if only WebDriver can
#: tell.
PRESS_SCRIPT = OUTWARD + SEEN + load(__name__, "press")
FRAME_SCRIPT = OUTWARD + load(__name__, "frame")
#: Measures how far each box around an element has to scroll: it scrolls and undoes that in one
#: task, before a frame can be drawn. Returns the longest distance. In a frame of another origin it
#: makes the browser scroll smoothly, and returns -1.
SCROLL_PLAN = load(__name__, "scroll_plan")
SCROLL_STEP = load(__name__, "scroll_step")


class Way(NamedTuple):
    """From a frame's coordinates to the page's: (x, y) ↦ (left, top) + scale × (x, y)."""

    left: float = 0.0
    top: float = 0.0
    scale: float = 1.0

    def point(self, x: float, y: float) -> Point:
        return (self.left + self.scale * x, self.top + self.scale * y)


class Target(NamedTuple):
    """An element, or only a point, as it lies on the screen.

    `point`: where the hand goes; `local`: the same in its frame's coordinates. `hidden`: it has to
    be scrolled into view. `editable`: it takes keys, one by one. `focused`: it is the hidden field
    of an editor that has the focus already. `widget`: the browser itself draws what belongs to it:
    "list" (a select), "option" (of one), "picker" (a date or colour); else "". `secret`: it is a
    password field.
    """

    box: Box | None
    point: Point
    local: Point
    way: Way
    shape: Shape
    hidden: bool
    editable: bool
    focused: bool = False
    widget: str = ""
    secret: bool = False


def reference(element: str) -> dict[str, str]:
    """Return an element as WebDriver's scripts take it."""
    return {ELEMENT_KEY: element}


def script(ask: Ask, source: str, *args: Any) -> Any:
    """Run `source` in the current frame, by a command of forge's own; return its value."""
    return ask(Command.W3C_EXECUTE_SCRIPT, {"script": source, "args": list(args)})


class Covered(Exception):
    """Something covers the point of an element that would be pressed."""


def press_point(ask: Ask, element: str) -> Point | None:
    """Return where to press on `element`; None if only WebDriver can tell.

    Raises:
        Covered: something covers it, which may be about to go away.
        WebDriverException: it is no longer there.
    """
    found = script(ask, PRESS_SCRIPT, reference(element))
    if found == "covered":
        raise Covered
    return (found[0], found[1]) if found else None


def locate(ask: Ask, element: str, frames: Sequence[Any], *, types: bool = False) -> Target:
    """Return where `element` of the current frame is.

    `frames`: the way to that frame (`FramePath`). `types`: the element is to be typed into.

    Raises:
        WebDriverException: it is no longer there.
    """
    found = script(ask, PLACE_SCRIPT, reference(element), types)
    way = _way(ask, found["up"], frames)
    x, y, width, height = found["box"]
    return Target(
        box=(*way.point(x, y), width * way.scale, height * way.scale),
        point=way.point(*found["point"]),
        local=tuple(found["point"]),
        way=way,
        shape=found["shape"],
        hidden=found["hidden"],
        editable=found["editable"],
        focused=found["attended"],
        widget=found["widget"],
        secret=found["secret"],
    )


def way_of(ask: Ask, frames: Sequence[Any]) -> Way:
    """Return the way from the current frame's coordinates to the page's."""
    return _way(ask, script(ask, OUTWARD + "return upward([0, 0, 1], 0);"), frames)


def _way(ask: Ask, up: Mapping[str, Any], frames: Sequence[Any]) -> Way:
    """Follow `up` to the page itself, through frames of other origins.

    Scripts in these cannot see the pages around them: WebDriver has to switch to those.
    """
    if not up["foreign"]:
        return Way(*up["way"])
    path = list(frames)
    try:
        while up["foreign"]:
            path = path[: len(path) - up["levels"]]
            _switch(ask, path[:-1])
            up = script(ask, FRAME_SCRIPT, path[-1], up["way"])
    finally:
        _switch(ask, frames)
    return Way(*up["way"])


def _switch(ask: Ask, frames: Sequence[Any]) -> None:
    for frame in (None, *frames):
        ask(Command.SWITCH_TO_FRAME, {"id": frame})
