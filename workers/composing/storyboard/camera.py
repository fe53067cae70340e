"""Zoom: the camera's path, a pure function of where the hand acts and when."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise
from typing import NamedTuple

from forge.model.easing import ease
from forge.model.take import Interaction
from forge.model.timeline import Manifest, ManifestStep
from forge.workers.composing.storyboard.frame_state import Screen, View
from forge.workers.composing.storyboard.panels import Asking, Panels

MOVE_MS = 800  # the length of a move to a target
SHORTEST_MS = 500  # of a move that would come late otherwise
LEAD_MS = 100  # the camera comes to rest this long before the hand arrives
LINGER_MS = 900  # the camera stays this long after an action
CLICK_LINGER_MS = 450  # shorter: the result of a click may be anywhere on the page
OUT_MS = 900  # the length of the move back to the whole picture
NEAR_MS = 2600  # pan to the next target, without zooming out, if it comes within this time
SMALLEST = 1.02  # a smaller enlargement is not worth a move
ROOM = 0.86  # the share of the view that a target may fill


class Focus(NamedTuple):
    """A target of the hand: when the hand arrives and is done there, how long to stay, its box."""

    there_ms: float
    done_ms: float
    stay_ms: float
    box: View


class Move(NamedTuple):
    """One movement of the camera, from one view to another."""

    start_ms: float
    end_ms: float
    before: View
    after: View


class Camera:
    """The part of the picture that shows at each moment."""

    def __init__(
        self, manifest: Manifest, screen: Screen, factor: float, panels: Panels | None = None
    ) -> None:
        self._whole = View(0, 0, screen.width, screen.height)
        found = targets(manifest, screen, panels)
        self._moves = path(found, self._whole, factor, manifest.total_ms)

    def view(self, at_ms: float) -> View | None:
        """Return the part that shows at `at_ms`; None for the whole picture."""
        view = self._whole
        for move in self._moves:
            if at_ms < move.start_ms:
                break
            part = ease(min(1.0, (at_ms - move.start_ms) / (move.end_ms - move.start_ms)))
            view = View(*(a + (b - a) * part for a, b in zip(move.before, move.after, strict=True)))
        rounded = View(*(round(side, 2) for side in view))
        return None if rounded == self._whole else rounded


def targets(manifest: Manifest, screen: Screen, panels: Panels | None = None) -> list[Focus]:
    """Return the targets of the hand, and the panels that show meanwhile, in order."""
    found = [
        target
        for step in manifest.steps
        for hand in step.interactions
        if (target := _target(hand, step, screen.scale, panels))
    ]
    asked = [_asked(asking, panels, screen.scale) for asking in panels.dialogs] if panels else []
    return sorted([*found, *asked], key=lambda focus: focus.there_ms)


def _asked(asking: Asking, panels: Panels, scale: float) -> Focus:
    start_ms, end_ms = asking.span
    box = View(*(side * scale for side in panels.dialog_box(asking)))
    return Focus(start_ms, end_ms, end_ms + CLICK_LINGER_MS, box)


def _target(
    hand: Interaction, step: ManifestStep, scale: float, panels: Panels | None
) -> Focus | None:
    if hand.point is None:
        return None
    done_ms = max(hand.at_ms, hand.until_ms or 0)
    if hand.kind == "move" and hand == step.interactions[-1]:
        stay_ms = max(done_ms, step.end_ms - OUT_MS)  # the cursor rests there
    else:
        stay_ms = done_ms + (CLICK_LINGER_MS if hand.kind == "click" else LINGER_MS)
    box = (panels and panels.box(hand)) or hand.box or (*hand.point, 0, 0)
    return Focus(
        there_ms=hand.at_ms if hand.there_ms is None else hand.there_ms,
        done_ms=hand.at_ms if hand.kind == "click" else done_ms,
        stay_ms=stay_ms,
        box=View(*(side * scale for side in box)),
    )


def path(found: Iterable[Focus], whole: View, factor: float, total_ms: float) -> list[Move]:
    """Return the camera's moves: to each target before the hand arrives, and back afterwards.

    The camera stays where it is when its view already holds the target, and goes from target to
    target without zooming out when they follow within NEAR_MS.
    """
    moves: list[Move] = []
    now, free_ms = whole, 0.0
    for target, following in pairwise([*found, None]):
        assert target is not None
        wanted = framed(target.box, whole, factor)
        if wanted != now and (now == whole or not _holds(now, target.box)):
            end_ms = max(target.there_ms - LEAD_MS, free_ms + SHORTEST_MS)
            move = Move(max(free_ms, end_ms - MOVE_MS), end_ms, now, wanted)
            moves.append(move)
            now, free_ms = wanted, end_ms
        free_ms = max(free_ms, target.done_ms + SHORTEST_MS / 2)
        if now != whole and (following is None or following.there_ms - target.done_ms > NEAR_MS):
            start_ms = max(free_ms, target.stay_ms)
            end_ms = min(start_ms + OUT_MS, max(start_ms + SHORTEST_MS, total_ms))
            moves.append(Move(start_ms, end_ms, now, whole))
            now, free_ms = whole, end_ms
    return moves


def framed(box: View, whole: View, factor: float) -> View:
    """Return the view around `box`, enlarged `factor` times or as far as `box` allows."""
    widest = min(whole.width * ROOM / max(1, box.width), whole.height * ROOM / max(1, box.height))
    factor = min(factor, widest)
    if factor <= SMALLEST:
        return whole
    width, height = even(whole.width / factor), even(whole.height / factor)
    x = even(min(max(0.0, box.x + box.width / 2 - width / 2), whole.width - width))
    y = even(min(max(0.0, box.y + box.height / 2 - height / 2), whole.height - height))
    return View(x, y, width, height)


def even(side: float) -> int:
    """Return the even number nearest to `side`: colour planes have half the pixels."""
    return round(side / 2) * 2


def _holds(view: View, box: View) -> bool:
    """Return True if `box` lies well within `view`."""
    edge_x, edge_y = view.width * 0.06, view.height * 0.06
    return (
        view.x + edge_x <= box.x
        and view.y + edge_y <= box.y
        and box.x + box.width <= view.x + view.width - edge_x
        and box.y + box.height <= view.y + view.height - edge_y
    )
