"""Zoom: the camera's path, a pure function of what happens where, and the picture through it."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from forge.model.easing import ease
from forge.model.take import Interaction
from forge.model.timeline import Manifest, ManifestStep
from forge.workers.composing.painting.sprites import Canvas
from forge.workers.composing.storyboard.frame_state import Screen, View

MOVE_MS = 800
SHORTEST_MS = 500
LEAD_MS = 100  # the camera stands a moment before the hand is there
LINGER_MS = 900
CLICK_LINGER_MS = 450  # what a click brings may be anywhere on the page
OUT_MS = 900
NEAR_MS = 2600  # what comes sooner after the last is panned to
SMALLEST = 1.02  # an enlargement that is worth moving for
ROOM = 0.86  # how much of the view a target may take up


class Event(NamedTuple):
    """Something to look at: its box in pixels; the hand gets there, and it is seen until then."""

    there_ms: float
    done_ms: float
    seen_ms: float
    box: View


class Move(NamedTuple):
    """The camera goes from one view to another."""

    start_ms: float
    end_ms: float
    before: View
    after: View


class Camera:
    """What part of the picture shows at each moment."""

    def __init__(self, manifest: Manifest, screen: Screen, factor: float) -> None:
        self._whole = View(0, 0, screen.width, screen.height)
        self._moves = path(events(manifest, screen), self._whole, factor, manifest.total_ms)

    def view(self, at_ms: float) -> View | None:
        """The part that shows at `at_ms`; None for all of it."""
        view = self._whole
        for move in self._moves:
            if at_ms < move.start_ms:
                break
            part = ease(min(1.0, (at_ms - move.start_ms) / (move.end_ms - move.start_ms)))
            view = View(*(a + (b - a) * part for a, b in zip(move.before, move.after, strict=True)))
        rounded = View(*(round(side, 2) for side in view))
        return None if rounded == self._whole else rounded


def events(manifest: Manifest, screen: Screen) -> list[Event]:
    """What the hand does on the screen, in order."""
    return [
        event
        for step in manifest.steps
        for hand in step.interactions
        if (event := _event(hand, step, screen.scale))
    ]


def _event(hand: Interaction, step: ManifestStep, scale: int) -> Event | None:
    if hand.point is None:
        return None
    done_ms = max(hand.at_ms, hand.until_ms or 0)
    if hand.kind == "move" and hand == step.interactions[-1]:
        seen_ms = max(done_ms, step.end_ms - OUT_MS)  # the cursor rests there
    else:
        seen_ms = done_ms + (CLICK_LINGER_MS if hand.kind == "click" else LINGER_MS)
    box = hand.box or (*hand.point, 0, 0)
    return Event(
        there_ms=hand.at_ms if hand.there_ms is None else hand.there_ms,
        done_ms=hand.at_ms if hand.kind == "click" else done_ms,
        seen_ms=seen_ms,
        box=View(*(side * scale for side in box)),
    )


def path(found: Iterable[Event], whole: View, factor: float, total_ms: float) -> list[Move]:
    """The camera's moves: to each thing before it happens, and back when nothing more is near.

    What the view holds already is not moved to; a near one is panned to, without going back.
    """
    moves: list[Move] = []
    now, free_ms = whole, 0.0
    for event, following in pairwise([*found, None]):
        assert event is not None
        wanted = framed(event.box, whole, factor)
        if wanted != now and (now == whole or not _holds(now, event.box)):
            end_ms = max(event.there_ms - LEAD_MS, free_ms + SHORTEST_MS)
            move = Move(max(free_ms, end_ms - MOVE_MS), end_ms, now, wanted)
            moves.append(move)
            now, free_ms = wanted, end_ms
        free_ms = max(free_ms, event.done_ms + SHORTEST_MS / 2)
        if now != whole and (following is None or following.there_ms - event.done_ms > NEAR_MS):
            start_ms = max(free_ms, event.seen_ms)
            end_ms = min(start_ms + OUT_MS, max(start_ms + SHORTEST_MS, total_ms))
            moves.append(Move(start_ms, end_ms, now, whole))
            now, free_ms = whole, end_ms
    return moves


def framed(box: View, whole: View, factor: float) -> View:
    """The view of `whole`, enlarged `factor` times or as far as `box` allows, around `box`."""
    widest = min(whole.width * ROOM / max(1, box.width), whole.height * ROOM / max(1, box.height))
    factor = min(factor, widest)
    if factor <= SMALLEST:
        return whole
    width, height = even(whole.width / factor), even(whole.height / factor)
    x = even(min(max(0.0, box.x + box.width / 2 - width / 2), whole.width - width))
    y = even(min(max(0.0, box.y + box.height / 2 - height / 2), whole.height - height))
    return View(x, y, width, height)


def even(side: float) -> int:
    """The even number nearest to `side`: colours have half the pixels."""
    return round(side / 2) * 2


def _holds(view: View, box: View) -> bool:
    """Whether `box` lies well within `view`."""
    edge_x, edge_y = view.width * 0.06, view.height * 0.06
    return (
        view.x + edge_x <= box.x
        and view.y + edge_y <= box.y
        and box.x + box.width <= view.x + view.width - edge_x
        and box.y + box.height <= view.y + view.height - edge_y
    )


def enlarge(source: Canvas, view: View, canvas: Canvas) -> None:
    """Fill `canvas` with what `view` shows of `source`.

    Where the camera rests its view is of whole pixels, and as sharp as can be; where it moves
    the view lies between pixels, and a softer, quicker way does.
    """
    import cv2  # only who zooms needs it

    height, width = source.y.shape
    rests = all(side == round(side) for side in view)
    for plane, step, into in zip(source, (1, 2, 2), canvas, strict=True):
        size = (width // step, height // step)
        if rests:
            x, y, across, down = (int(side) // step for side in view)
            part = plane[y : y + down, x : x + across]
            into[...] = cv2.resize(part, size, interpolation=cv2.INTER_CUBIC)
            continue
        scales = (view.width / width, view.height / height)
        # Pixels' centres: half a pixel in, on both sides.
        starts = [at / step + by / 2 - 0.5 for at, by in zip(view, scales, strict=False)]
        matrix = np.array([[scales[0], 0, starts[0]], [0, scales[1], starts[1]]])
        flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        into[...] = cv2.warpAffine(
            plane, matrix, size, flags=flags, borderMode=cv2.BORDER_REPLICATE
        )
