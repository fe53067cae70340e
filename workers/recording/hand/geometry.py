"""Where an element is: in pixels of the whole page's viewport, whatever frame it lies in."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from selenium.webdriver.remote.command import Command

from forge.model.take import Box, Point, Shape
from forge.workers.recording.javascript import load

ELEMENT_KEY = "element-6066-11e4-a52e-4f735466cecf"
Ask = Callable[[str, dict[str, Any]], Any]

#: What both scripts share: the way up from a frame's coordinates to those of the page around it.
OUTWARD = f"\n{load(__name__, 'outward')}\n"

#: What takes what is typed, key by key, and shows it as it is.
FIELD = f"\n{load(__name__, 'field')}\n"

#: Whether an element is drawn, wherever it lies.
SEEN = f"\n{load(__name__, 'seen')}\n"

# `option`s have no place of their own while their select is closed. `room` is the part of the
# frame in which the element could be seen: the viewport without what scrolling boxes cut off.
# Editors of code take what is typed by a field that is not to be seen (clipped, of no size, off the
# page, clear): for the hand, their nearest part that is seen stands for it.
PLACE_SCRIPT = OUTWARD + FIELD + SEEN + load(__name__, "place")
#: Where to press on an element, in the page's coordinates: all of it is to be seen, and nothing
#: lies over it there, nor over its frame. "covered" where something does; false where only
#: WebDriver can tell.
PRESS_SCRIPT = OUTWARD + SEEN + load(__name__, "press")
FRAME_SCRIPT = OUTWARD + load(__name__, "frame")
#: Where everything around the element must be scrolled to, found by doing and undoing it; that it
#: was undone nobody sees. What a frame of another origin hides is left to the browser's own way.
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

    `local`: the point in its own frame's coordinates;
    `hidden`: it would have to be scrolled to. `editable`: it takes what is typed, key by key.
    `attended`: it is an editor's hidden field, and the editor has the attention already.
    """

    box: Box | None
    point: Point
    local: Point
    way: Way
    shape: Shape
    hidden: bool
    editable: bool
    attended: bool = False


def reference(element: str) -> dict[str, str]:
    """An element as scripts take it."""
    return {ELEMENT_KEY: element}


def script(ask: Ask, source: str, *args: Any) -> Any:
    """Run `source` in the current frame, by a command of forge's own, and return its value."""
    return ask(Command.W3C_EXECUTE_SCRIPT, {"script": source, "args": list(args)})


class Covered(Exception):
    """Something lies over an element where it would be pressed."""


def press_point(ask: Ask, element: str) -> Point | None:
    """Where the mouse presses on `element`; None where only WebDriver can tell.

    Raises:
        Covered: something lies over it there, which may be about to go away.
        WebDriverException: it is no longer there.
    """
    found = script(ask, PRESS_SCRIPT, reference(element))
    if found == "covered":
        raise Covered
    return (found[0], found[1]) if found else None


def locate(ask: Ask, element: str, frames: Sequence[Any], *, types: bool = False) -> Target:
    """Where `element` of the current frame is. `frames`: the way there, as it was switched.

    `types`: it is looked for as what is typed into.

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
        attended=found["attended"],
    )


def way_of(ask: Ask, frames: Sequence[Any]) -> Way:
    """From the current frame's coordinates to the page's."""
    return _way(ask, script(ask, OUTWARD + "return upward([0, 0, 1], 0);"), frames)


def _way(ask: Ask, up: Mapping[str, Any], frames: Sequence[Any]) -> Way:
    """Follow `up` to the page itself, through frames that scripts cannot look out of."""
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
