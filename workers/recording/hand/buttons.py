"""The mouse's buttons: pressed over DevTools, for as long as a person presses them.

WebDriver releases a button at once, counts double clicks by the machine's clock, and drops what is
dragged at the end of each command. Here a press lasts, clicks are counted by the take's time, and a
drag may take any number of commands. That is the same on every clock.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import reduce
from operator import or_
from typing import Any, NamedTuple

from forge.model.easing import PRESS_MS
from forge.model.take import Point
from forge.workers.recording.hand.body import Body
from forge.workers.recording.hand.timing import BEAT_MS, BETWEEN_MS, DOUBLE_MS

LEFT = 0
#: By WebDriver's number of a button: DevTools' name, and its bit in `buttons`.
BUTTONS = (("left", 1), ("middle", 4), ("right", 2), ("back", 8), ("forward", 16))
#: DevTools' bits for held keys: Alt, Control, Meta, Shift, each of which has two names.
MODIFIERS = {
    key: 1 << bit
    for bit, keys in enumerate(("\ue00a\ue052", "\ue009\ue051", "\ue03d\ue053", "\ue008\ue050"))
    for key in keys
}
SAME_PX = 2  # a second click within this distance and DOUBLE_MS makes a double click


class Click(NamedTuple):
    """A press of a button. `times`: the click count, 2 for the second press of a double click."""

    at: Point
    button: int
    times: int
    at_ms: int


class Buttons:
    """The buttons and modifiers that are down. Points are in the page's viewport (CSS pixels)."""

    def __init__(self, body: Body) -> None:
        self._body = body
        self._last: Click | None = None
        self._keys: set[str] = set()
        self.held: int | None = None
        self._at: Point = (0.0, 0.0)

    @property
    def are_free(self) -> bool:
        """True if no button and no modifier is down."""
        return self.held is None and not self._keys

    @property
    def modifiers(self) -> int:
        """The modifiers that are down, as DevTools' bit mask."""
        return reduce(or_, (MODIFIERS[key] for key in self._keys), 0)

    def click(self, at: Point, button: int = LEFT, *, counts: bool = True) -> None:
        """Press and release a button. `counts`: it may be the second of a double click."""
        with self._body.beat(PRESS_MS):
            self.press(at, button, counts=counts)
            self._body.run_for(PRESS_MS)
        self.release(at)

    def double(self, at: Point, button: int = LEFT) -> None:
        """Click twice: the second press comes about 120 ms after the first."""
        self.click(at, button)
        with self._body.beat(BETWEEN_MS):
            self._body.run_for(BETWEEN_MS)
        self.click(at, button)

    def press(self, at: Point, button: int = LEFT, *, counts: bool = True) -> None:
        """Press a button, with the mouse at `at`, and keep it down."""
        count = self._count(at, button) if counts else 1
        name, _ = BUTTONS[button]
        moved = self._event("mouseMoved", at, button="none", buttons=0)
        pressed = self._event("mousePressed", at, button=name, buttons=0, clickCount=count)
        self._body.mouse(moved, pressed)
        self.held, self._at = button, at
        self._last = Click(at, button, count, self._body.now_ms()) if counts else None

    def move(self, to: Point) -> None:
        """Drag to `to`, within one beat."""
        name, bit = BUTTONS[self.held or LEFT]
        with self._body.beat(BEAT_MS, runs=True):
            self._body.mouse(self._event("mouseMoved", to, button=name, buttons=bit))
        self._at = to

    def release(self, at: Point | None = None) -> None:
        """Release the button that is down, and let a beat pass."""
        name, bit = BUTTONS[self.held or LEFT]
        count = self._last.times if self._last else 1
        self.held = None
        self._body.mouse(
            self._event("mouseReleased", at or self._at, button=name, buttons=bit, clickCount=count)
        )
        self._body.run_for(BEAT_MS)

    def note_keys(self, actions: Iterable[dict[str, Any]]) -> None:
        """Note the modifiers that WebDriver has pressed or released."""
        for action in actions:
            if action["type"] == "keyDown" and action["value"] in MODIFIERS:
                self._keys.add(action["value"])
            elif action["type"] == "keyUp":
                self._keys.discard(action["value"])

    def let_go(self) -> None:
        """Release everything; WebDriver has released the keys."""
        self._keys.clear()
        if self.held is not None:
            self.release()

    def _event(self, kind: str, at: Point, **more: Any) -> dict[str, Any]:
        place = {"x": at[0], "y": at[1], "modifiers": self.modifiers, "pointerType": "mouse"}
        return {"type": kind, **place, **more}

    def _count(self, at: Point, button: int) -> int:
        last = self._last
        if (
            last is None
            or last.button != button
            or self._body.now_ms() - last.at_ms > DOUBLE_MS
            or max(abs(one - other) for one, other in zip(last.at, at, strict=True)) > SAME_PX
        ):
            return 1
        return last.times + 1
