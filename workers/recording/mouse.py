"""The hand at the mouse: it performs ActionChains part by part."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

from selenium.webdriver.remote.command import Command

from forge.take import Kind, Point
from forge.workers.recording.chains import Part, Source, joined, parts, replaced, shares
from forge.workers.recording.pace import BEAT_MS, RING_MS, drag_ms, movement, scroll_ms
from forge.workers.recording.target import ELEMENT_KEY, Target, Way, way_of

if TYPE_CHECKING:
    from forge.workers.recording.hand import Hand

KINDS: dict[str, Kind] = {
    "click": "click",
    "double": "double",
    "context": "context",
    "press": "press",
    "drag": "drag",
    "release": "release",
}
Send = Callable[[list[Source]], object]


class Arrival(NamedTuple):
    """The hand came to `found`, and has done nothing there yet."""

    found: Target
    from_ms: int
    there_ms: int


class Mouse:
    """WebDriver's mouse, which has a place of its own: where the last chain left it.

    `_local`: that place, in the coordinates of the frame it was moved in.
    """

    def __init__(self, hand: Hand) -> None:
        self._hand, self._body = hand, hand.body
        self._local: Point = (0.0, 0.0)
        self._held = False
        self._arrival: Arrival | None = None
        self._does: dict[str, Callable[[Part, Send], None]] = {
            "move": self._move,
            "drag": self._drag,
            "haul": self._haul,
            "scroll": self._scroll,
            "key": self._key,
        }

    def perform(self, params: dict[str, Any], execute: Callable[[str, dict[str, Any]], Any]) -> Any:
        """Perform a chain. What is sent of it is sent once, whatever the hand makes of it."""
        answer: Any = {"value": None}

        def send(sources: list[Source]) -> None:
            nonlocal answer
            answer = execute(Command.W3C_ACTIONS, {**params, "actions": sources})

        for part in parts(params["actions"], held=self._held):
            self._does.get(part.kind, self._press)(part, send)
        self._note_arrival()
        return answer

    def let_go(self) -> None:
        """Keys and buttons were released, and the mouse is where it began."""
        self._local, self._held, self._arrival = (0.0, 0.0), False, None

    # Parts.

    def _move(self, part: Part, send: Send) -> None:
        self._note_arrival()
        hand, sent = self._hand, Once(lambda: send(part.sources))
        with hand.gently(sent):
            element = element_of(part.action)
            found = self._there(part.action) if element is None else hand.bring(element)
            from_ms = self._body.now_ms()
            found, there_ms = hand.reach(
                found, lambda: self._there(part.action), lambda point: sent()
            )
            self._local = found.local
            if there_ms is not None:
                self._arrival = Arrival(found, from_ms, there_ms)
        sent()

    def _press(self, part: Part, send: Send) -> None:
        """Whatever the button does, and what nobody sees."""
        if part.kind == "other":
            send(part.sources)
            return
        arrival, found = self._take_arrival(ring=part.kind != "release")
        at_ms = self._body.now_ms()
        send(part.sources)
        self._held = part.kind == "press"
        self._note(part.kind, found, arrival, at_ms)

    def _haul(self, part: Part, send: Send) -> None:
        """Press, drag and release: sent as one, with an eased way in place of each straight one."""
        arrival, found = self._take_arrival(ring=True)
        at_ms, sent = self._body.now_ms(), Once(lambda: send(part.sources))
        local, self._held = self._local, False
        with self._hand.gently(sent):
            pieces, notes, length_ms = [], [], 0.0
            for one in part.inner:
                began_ms = at_ms + round(length_ms)
                if one.kind == "drag":
                    found = self._there(one.action)
                    way = self._way(found, to_element=element_of(one.action) is not None)
                    pieces.append(joined([replaced(one, **step) for step in way]))
                    length_ms += len(way) * BEAT_MS
                    self._local, self._hand.at = found.local, found.point
                else:
                    pieces.append(one.sources)
                    length_ms += one.length_ms
                notes.append((one.kind, found, began_ms, at_ms + round(length_ms)))
            sent.mark()
            with self._body.beat(length_ms, shows=True):
                send(joined(pieces))
            for kind, where, began_ms, until_ms in notes:
                if kind in KINDS:
                    self._note(kind, where, arrival, began_ms, until_ms)
                    arrival = None
        if not sent.done:
            self._local = local
        sent()

    def _way(self, found: Target, *, to_element: bool) -> list[dict[str, Any]]:
        """The changes that make an eased way to `found` of a straight move, step by step."""
        start = self._local
        by = (found.local[0] - start[0], found.local[1] - start[1])
        steps: list[dict[str, Any]] = [
            {
                "duration": round(BEAT_MS),
                "origin": "viewport",
                "x": round(start[0] + by[0] * part),
                "y": round(start[1] + by[1] * part),
            }
            for part in movement(drag_ms(math.hypot(*by)))
        ]
        if to_element:  # the driver itself knows best where that is by then
            steps[-1] = {"duration": round(BEAT_MS)}
        return steps

    def _take_arrival(self, *, ring: bool) -> tuple[Arrival | None, Target | None]:
        """Where the hand is, how it came there, and time for a ring around it."""
        arrival, self._arrival = self._arrival, None
        found = arrival.found if arrival else None
        with self._hand.gently():
            if ring and found and found.box:
                with self._body.beat(RING_MS):
                    self._body.pause(RING_MS)
            found = found or self._here()
        return arrival, found

    def _note(
        self,
        kind: str,
        found: Target | None,
        arrival: Arrival | None,
        at_ms: int,
        until_ms: int | None = None,
    ) -> None:
        from_ms, there_ms = (arrival.from_ms, arrival.there_ms) if arrival else (None, None)
        self._hand.note(KINDS[kind], found, from_ms, there_ms, at_ms, until_ms)

    def _drag(self, part: Part, send: Send) -> None:
        """A move of what was pressed in an earlier chain."""
        at_ms, sent = self._body.now_ms(), Once(lambda: send(part.sources))
        with self._hand.gently(sent):
            found = self._there(part.action)
            for step in self._way(found, to_element=element_of(part.action) is not None):
                sent.mark()
                with self._body.beat(BEAT_MS, shows=True):
                    send(replaced(part, **{**step, "duration": 0}))
            self._local, self._hand.at = found.local, found.point
            self._hand.note("drag", found, at_ms=at_ms)
        sent()

    def _scroll(self, part: Part, send: Send) -> None:
        self._note_arrival()
        action, sent = part.action, Once(lambda: send(part.sources))
        with self._hand.gently(sent):
            if element := element_of(action):
                self._hand.bring(element)
            right, down = int(action["deltaX"]), int(action["deltaY"])
            at_ms, ways = self._body.now_ms(), movement(scroll_ms(math.hypot(right, down)))
            for x, y in zip(shares(right, ways), shares(down, ways), strict=True):
                sent.mark()
                with self._body.beat(BEAT_MS, shows=bool(x or y)):
                    send(replaced(part, deltaX=x, deltaY=y, duration=0))
            if ways:
                self._hand.note("scroll", None, at_ms=at_ms)
        sent()

    def _key(self, part: Part, send: Send) -> None:
        with self._hand.stroke():
            send(part.sources)

    def _note_arrival(self) -> None:
        """The hand came somewhere to do nothing there."""
        arrival, self._arrival = self._arrival, None
        if arrival:
            found, from_ms, there_ms = arrival
            self._hand.note("move", found, from_ms, there_ms, at_ms=there_ms)

    # Places.

    def _there(self, action: dict[str, Any]) -> Target:
        """Where a move goes."""
        x, y, element = float(action["x"]), float(action["y"]), element_of(action)
        if element is None:
            if action.get("origin") == "pointer":
                x, y = self._local[0] + x, self._local[1] + y
            return self._spot((x, y), way_of(self._body.ask, self._hand.frames))
        found = self._hand.find(element)
        if not (x or y):
            return found
        spot = self._spot((found.local[0] + x, found.local[1] + y), found.way)
        return spot._replace(shape=found.shape)

    def _here(self) -> Target:
        """Where the mouse is."""
        return self._spot(self._local, way_of(self._body.ask, self._hand.frames))

    def _spot(self, local: Point, way: Way) -> Target:
        return Target(None, way.point(*local), local, way, "arrow", hidden=False, editable=False)


class Once:
    """Does something once, however often it is asked."""

    def __init__(self, do: Callable[[], object]) -> None:
        self._do, self.done = do, False

    def __call__(self) -> None:
        if not self.done:
            self.mark()
            self._do()

    def mark(self) -> None:
        """It is done by other means."""
        self.done = True


def element_of(action: dict[str, Any]) -> str | None:
    """The element that an action is relative to."""
    origin = action.get("origin")
    return origin.get(ELEMENT_KEY) if isinstance(origin, dict) else None
