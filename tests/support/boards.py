"""Storyboards of made-up videos, in as few words as they need."""

from __future__ import annotations

from forge.model.settings import Style
from forge.model.take import Interaction
from forge.workers.composing.storyboard.frame_state import Screen
from forge.workers.composing.storyboard.storyboard import Storyboard
from tests.support.takes import manifest, said

FPS = 30
SCREEN = Screen(1920, 1080, 1, FPS)


def click(at_ms: int, x: float, y: float, **more: object) -> Interaction:
    """Return a click at (x, y), for which the hand set out 800 ms before."""
    made = Interaction(
        kind="click",
        at_ms=at_ms,
        box=(x - 50, y - 20, 100, 40),
        point=(x, y),
        from_ms=at_ms - 800,
        there_ms=at_ms - 450,
        until_ms=at_ms + 20,
        shape="hand",
    )
    return made.model_copy(update=more)


def board(
    *hands: Interaction, style: Style | None = None, screen: Screen = SCREEN, total_ms: int = 10_000
) -> Storyboard:
    """Return the storyboard of a video of one step, in which the hand does `hands`."""
    step = said("Look.", 300, 9000).model_copy(update={"interactions": hands})
    return Storyboard(manifest(total_ms, [(0, 0)], [step]), screen, style or Style())
