"""Action chains with the mouse, performed part by part.

Buttons go over DevTools (`hand.buttons`), the wheel is a script (`hand.wheel`). Everything else,
moves without a button included, is left to WebDriver.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, NamedTuple

from selenium.webdriver.remote.command import Command

from forge.model.take import Interaction, Kind, Point
from forge.model.widgets import KeyPress
from forge.workers.recording.hand.buttons import LEFT, Buttons
from forge.workers.recording.hand.chains import Part, Source, parts, replaced, shares
from forge.workers.recording.hand.geometry import ELEMENT_KEY, Target, Way, script, way_of
from forge.workers.recording.hand.moves import Moves, Once
from forge.workers.recording.hand.shortcuts import HeldKeys
from forge.workers.recording.hand.timing import BEAT_MS, RING_MS, drag_ms, movement, scroll_ms
from forge.workers.recording.hand.wheel import WHEEL_SCRIPT
from forge.workers.recording.javascript import load

KINDS: dict[str, Kind] = {
    "click": "click",
    "double": "double",
    "context": "context",
    "press": "press",
    "release": "release",
}
#: Returns True if keys would go to a password field.
SECRET_SCRIPT = load(__name__, "secret")
Send = Callable[[list[Source]], object]


class Arrival(NamedTuple):
    """An arrival of the hand at `found`, where it has done nothing yet."""

    found: Target
    from_ms: int
    there_ms: int


class Mouse:
    """The mouse of action chains. Unlike that of clicks, it stays where the last chain left it.

    `_local`: that place, in the coordinates of the frame it was moved in.
    """

    def __init__(self, moves: Moves) -> None:
        self._moves, self._body = moves, moves.body
        self.buttons = Buttons(moves.body)
        self._local: Point = (0.0, 0.0)
        self._arrival: Arrival | None = None
        self._keys = HeldKeys()
        self._pressed: list[KeyPress] = []
        self._does: dict[str, Callable[[Part, Send], None]] = {
            "move": self._move,
            "drag": self._drag,
            "scroll": self._scroll,
            "key": self._key,
            "other": self._other,
        }

    def perform(self, params: dict[str, Any], execute: Callable[[str, dict[str, Any]], Any]) -> Any:
        """Perform an actions command; return what WebDriver's last part of it returned.

        No part is sent to WebDriver twice, even if a move of the hand fails.
        """
        answer: Any = {"value": None}

        def send(sources: list[Source]) -> None:
            nonlocal answer
            answer = execute(Command.W3C_ACTIONS, {**params, "actions": sources})

        for part in parts(params["actions"], held=self.buttons.held is not None):
            if part.kind not in ("key", "other"):
                self._note_keys()
            self._does.get(part.kind, self._press)(part, send)
        self._note_arrival()
        self._note_keys()
        return answer

    def let_go(self) -> None:
        """Release keys and buttons, and put the mouse back to its origin."""
        self.buttons.let_go()
        self._local, self._arrival = (0.0, 0.0), None
        self._keys = HeldKeys()

    # Parts.

    def _move(self, part: Part, send: Send) -> None:
        self._note_arrival()
        moves, sources = self._moves, self._absolute(part)
        sent = Once(lambda: send(sources))
        with moves.best_effort(sent):
            found = self._there(part.action) if not moves.awake else self._arrive(part, sent)
            sent()
            self._local = found.local
        sent()

    def _arrive(self, part: Part, sent: Once) -> Target:
        """Go to a move's target; `sent` moves WebDriver's mouse."""
        moves, element = self._moves, element_of(part.action)
        found = self._there(part.action) if element is None else moves.scroll_into_view(element)
        from_ms = self._body.now_ms()
        found, there_ms = moves.glide_to(
            found, lambda: self._there(part.action), lambda point: sent()
        )
        if there_ms is not None:
            self._arrival = Arrival(found, from_ms, there_ms)
        return found

    def _absolute(self, part: Part) -> list[Source]:
        """Return a move's sources; one relative to the mouse is made absolute.

        WebDriver keeps no track of a drag over DevTools, which has moved the mouse.
        """
        if part.action.get("origin") != "pointer":
            return part.sources
        x, y = self._local[0] + float(part.action["x"]), self._local[1] + float(part.action["y"])
        return replaced(part, origin="viewport", x=round(x), y=round(y))

    def _other(self, part: Part, send: Send) -> None:
        """Send parts that show nothing, modifiers among them."""
        self._send_keys(part, send)
        for source in part.sources:
            self.buttons.note_keys(source["actions"])

    def _press(self, part: Part, send: Send) -> None:
        """Press, release or click a button."""
        if part.kind == "release" and self.buttons.held is None:
            send(part.sources)  # WebDriver has pressed it, or it is not down
            return
        arrival, found = self._take_arrival(ring=part.kind != "release")
        if found is None:
            send(part.sources)
            return
        at, button = found.way.point(*self._local), int(part.action.get("button", LEFT))
        at_ms = self._body.now_ms()
        match part.kind:
            case "release":
                self.buttons.release()
            case "press":
                self.buttons.press(at, button)
            case "double":
                self.buttons.double(at, button)
            case _:
                self.buttons.click(at, button)
        self._note(part.kind, found, arrival, at_ms)

    def _take_arrival(self, *, ring: bool) -> tuple[Arrival | None, Target | None]:
        """Return the last arrival and its target; `ring`: rest for as long as the ring is drawn."""
        arrival, self._arrival = self._arrival, None
        found = arrival.found if arrival else None
        with self._moves.best_effort():
            if ring and found and found.box:  # in a setup there are no arrivals
                with self._body.beat(RING_MS):
                    self._body.pause(RING_MS)
            found = found or self._here()
        return arrival, found

    def _note(self, kind: str, found: Target, arrival: Arrival | None, at_ms: int) -> None:
        from_ms, there_ms = (arrival.from_ms, arrival.there_ms) if arrival else (None, None)
        self._moves.note(KINDS[kind], found, from_ms, there_ms, at_ms)

    def _drag(self, part: Part, send: Send) -> None:
        """Drag along an eased path: one move in each beat, each of which reaches the page."""
        moves, sources, at_ms = self._moves, self._absolute(part), self._body.now_ms()
        sent = Once(lambda: send(sources))
        with moves.best_effort(sent):
            found = self._there(part.action)
            if self.buttons.held is not None and moves.in_viewport(found):
                *steps, _ = self._way(found)
                sent.mark()
                for step in steps:
                    self.buttons.move(step)
                found = self._there(part.action)  # the target may have moved, to make room
                self.buttons.move(found.way.point(*found.local))
                self._local, moves.at = found.local, found.point
                moves.note("drag", found, at_ms=at_ms)
        sent()

    def _way(self, found: Target) -> list[Point]:
        """Return the points of an eased way to `found`, one for each beat."""
        start, end = self._local, found.local
        by = (end[0] - start[0], end[1] - start[1])
        return [
            found.way.point(round(start[0] + by[0] * part), round(start[1] + by[1] * part))
            for part in movement(drag_ms(math.hypot(*by)))
        ]

    def _scroll(self, part: Part, send: Send) -> None:
        self._note_arrival()
        action, sent = part.action, Once(lambda: send(part.sources))
        with self._moves.best_effort(sent):
            if element := element_of(action):
                self._moves.scroll_into_view(element)
            spot = self._there(action)
            by_script = self._moves.in_viewport(spot)
            right, down = int(action["deltaX"]), int(action["deltaY"])
            at_ms, ways = self._body.now_ms(), movement(scroll_ms(math.hypot(right, down)))
            for x, y in zip(shares(right, ways), shares(down, ways), strict=True):
                with self._body.beat(BEAT_MS, shows=bool(x or y)):
                    if not (x or y):
                        continue
                    begins = not sent.done
                    by_script = by_script and self._turn(spot.local, (x, y), begins=begins)
                    sent.mark()
                    if not by_script:
                        send(replaced(part, deltaX=x, deltaY=y, duration=0))
            if ways:
                self._moves.note("scroll", None, at_ms=at_ms)
        sent()

    def _turn(self, at: Point, by: Point, *, begins: bool) -> bool:
        """Turn the wheel by script; return False over a frame of another origin."""
        keys = self.buttons.modifiers
        return bool(self._moves.run(WHEEL_SCRIPT, *at, *by, begins, keys))

    def _key(self, part: Part, send: Send) -> None:
        with self._moves.keystroke():
            self._send_keys(part, send)

    def _send_keys(self, part: Part, send: Send) -> None:
        """Send a part, and note its keys that do not write, unless a password field gets them."""
        actions = [one for source in part.sources for one in source["actions"]]
        labels = self._keys.pressed(actions)
        noted = bool(labels) and self._moves.awake and not self._is_secret()
        at_ms = self._body.now_ms()
        send(part.sources)
        if noted:
            self._pressed += [KeyPress(at_ms=at_ms, label=label) for label in labels]

    def _note_keys(self) -> None:
        """Record the keys that were pressed one after another as one interaction."""
        keys, self._pressed = tuple(self._pressed), []
        if keys:
            self._moves.keep(
                Interaction(
                    kind="key", at_ms=keys[0].at_ms, until_ms=self._body.now_ms(), keys=keys
                )
            )

    def _is_secret(self) -> bool:
        """Return True unless the keys certainly go to no password field."""
        with self._moves.best_effort():
            if self._body.dialog() is None:
                return script(self._body.ask, SECRET_SCRIPT) is not False
        return True

    def _note_arrival(self) -> None:
        """Record an arrival at which nothing was done as a move."""
        arrival, self._arrival = self._arrival, None
        if arrival:
            found, from_ms, there_ms = arrival
            self._moves.note("move", found, from_ms, there_ms, at_ms=there_ms)

    # Places.

    def _there(self, action: dict[str, Any]) -> Target:
        """Return the target of a move."""
        x, y, element = float(action["x"]), float(action["y"]), element_of(action)
        if element is None:
            if action.get("origin") == "pointer":
                x, y = self._local[0] + x, self._local[1] + y
            return self._spot((x, y), way_of(self._body.ask, self._moves.frames))
        found = self._moves.find(element)
        left, top = map(math.floor, found.local)  # chromedriver rounds down, too
        if not (x or y):
            return found._replace(local=(left, top))
        spot = self._spot((left + x, top + y), found.way)
        return spot._replace(shape=found.shape)

    def _here(self) -> Target:
        """Return the mouse's place."""
        return self._spot(self._local, way_of(self._body.ask, self._moves.frames))

    def _spot(self, local: Point, way: Way) -> Target:
        return Target(None, way.point(*local), local, way, "arrow", hidden=False, editable=False)


def element_of(action: dict[str, Any]) -> str | None:
    """Return the element that an action is relative to, None without one."""
    origin = action.get("origin")
    return origin.get(ELEMENT_KEY) if isinstance(origin, dict) else None
