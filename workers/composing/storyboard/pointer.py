"""Cursor, rings and ripples at each moment: pure functions of the manifest."""

from __future__ import annotations

import bisect
from collections.abc import Iterator
from typing import NamedTuple

from forge.model.easing import HOVER_PART, REST, ease
from forge.model.take import Interaction, Point, Shape
from forge.workers.composing.storyboard.frame_state import (
    PRESS_DEPTH,
    RING_GOES,
    RING_HAS_COME,
    Cursor,
    Ring,
    Ripple,
    Screen,
    grid_index,
)

RIPPLE_MS = 520
SECOND_CLICK_MS = 170  # from the first click of a double click to its second
PRESS_MS, RELEASE_MS = 70, 160  # the animation before a click, and after it
PLACES = 2  # cursor positions per pixel, in each direction
CLICKS = {"click": 1, "double": 2, "context": 1, "press": 1, "choose": 1}
RINGED = {*CLICKS, "type", "clear"}


class Leg(NamedTuple):
    """A movement of the cursor (pixels); the cursor has `shape` from `shape_ms` on."""

    start_ms: float
    end_ms: float
    before: Point
    after: Point
    shape: Shape
    shape_ms: float


class Pointer:
    """The cursor and its highlights in one video. `hands`: interactions that have a place."""

    def __init__(self, hands: list[Interaction], screen: Screen) -> None:
        self._screen = screen
        self._legs = list(self._legs_of(hands))
        self._starts = [leg.start_ms for leg in self._legs]
        self._rings: dict[int, Ring] = {}
        self._ripples: dict[int, tuple[Ripple, ...]] = {}
        self._presses: dict[int, int] = {}
        held_at: int | None = None
        for hand in hands:
            at = self._grid(hand.at_ms)
            self._place_ring(hand, at)
            for number in range(CLICKS.get(hand.kind, 0)):
                self._place_ripple(hand, hand.at_ms + number * SECOND_CLICK_MS)
            if hand.kind in CLICKS:
                self._place_press(hand.at_ms, at)
            if hand.kind == "release" and held_at is not None:
                self._place_press(hand.at_ms, held_at)
            held_at = at if hand.kind == "press" else held_at

    def cursor(self, at: int) -> Cursor | None:
        """Return the cursor at a grid position; None in a video in which the hand does nothing."""
        if not self._legs:
            return None
        at_ms = at * 1000 / self._screen.fps
        leg = self._legs[max(0, bisect.bisect_right(self._starts, at_ms) - 1)]
        span_ms = leg.end_ms - leg.start_ms
        part = ease(max(0.0, at_ms - leg.start_ms) / span_ms) if span_ms else 1.0
        x, y = (
            round((one + (other - one) * part) * PLACES) / PLACES
            for one, other in zip(leg.before, leg.after, strict=True)
        )
        shape = leg.shape if at_ms >= leg.shape_ms else "arrow"
        return Cursor(x, y, shape, self._presses.get(at, 0))

    def ring(self, at: int) -> Ring | None:
        """Return the ring at a grid position. It ends one position before the click."""
        return self._rings.get(at)

    def ripples(self, at: int) -> tuple[Ripple, ...]:
        """Return the ripples at a grid position. The first shows at the click's own position."""
        return self._ripples.get(at, ())

    def _legs_of(self, hands: list[Interaction]) -> Iterator[Leg]:
        at: Point = (self._screen.width * REST[0], self._screen.height * REST[1])
        shape: Shape = "arrow"
        for hand in hands:
            goal = self._pixels(hand)
            start_ms, end_ms, shape_ms = hand.at_ms, hand.at_ms, float(hand.at_ms)
            if hand.kind == "drag":
                end_ms = hand.until_ms or end_ms
            else:
                shape = hand.shape
            if hand.from_ms is not None and hand.there_ms is not None:
                start_ms, end_ms = hand.from_ms, hand.there_ms
                shape_ms = start_ms + HOVER_PART * (end_ms - start_ms)
            yield Leg(start_ms, end_ms, at, goal, shape, shape_ms)
            at = goal

    def _place_ring(self, hand: Interaction, end: int) -> None:
        if hand.box is None or hand.there_ms is None or hand.kind not in RINGED:
            return
        begin = self._grid(hand.there_ms)
        x, y, width, height = (side * self._screen.scale for side in hand.box)
        for at in range(begin, end):
            progress = (at - begin) / (end - begin)
            if RING_HAS_COME < progress < RING_GOES:
                progress = RING_HAS_COME  # equal states are one picture of the file
            self._rings[at] = Ring(x, y, width, height, progress)

    def _place_ripple(self, hand: Interaction, at_ms: float) -> None:
        begin, length = self._grid(at_ms), self._grid(RIPPLE_MS)
        for at in range(begin, begin + length):
            ripple = Ripple(*self._pixels(hand), (at - begin) / length)
            self._ripples[at] = (*self._ripples.get(at, ()), ripple)

    def _place_press(self, at_ms: float, held_at: int) -> None:
        """Press quickly before `at_ms`, hold from grid position `held_at`, release more slowly."""
        for at in range(self._grid(at_ms - PRESS_MS), self._grid(at_ms + RELEASE_MS) + 1):
            since_ms = at * 1000 / self._screen.fps - at_ms
            depth = 1 + since_ms / PRESS_MS if since_ms < 0 else 1 - since_ms / RELEASE_MS
            self._presses[at] = max(0, round(PRESS_DEPTH * depth), self._presses.get(at, 0))
        for at in range(held_at, self._grid(at_ms)):
            self._presses[at] = PRESS_DEPTH

    def _grid(self, at_ms: float) -> int:
        return grid_index(at_ms, self._screen.fps)

    def _pixels(self, hand: Interaction) -> Point:
        assert hand.point is not None
        return (hand.point[0] * self._screen.scale, hand.point[1] * self._screen.scale)
