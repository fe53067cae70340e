"""What one frame of the video depends on, as a small value.

Two equal looks are one picture: it is encoded once, for as long as nothing changes. Whatever is
to be drawn (a caption, a card, …) is a field of `Look` with a default that means "nothing"; the
`storyboard` fills it, and an artist of the painter (`paint`) draws it.

Positions are pixels of the finished frame, after zooming.
"""

from __future__ import annotations

from typing import NamedTuple

PRESS_DEPTH = 4
FADE_STEPS = 12  # a card is whole at 0, and gone at this


class Screen(NamedTuple):
    """The finished picture: its pixels, how many of them a CSS pixel has, its frame rate."""

    width: int
    height: int
    scale: int
    fps: int


class View(NamedTuple):
    """The part of the picture that fills the frame, in its pixels; the frame's proportions."""

    x: float
    y: float
    width: float
    height: float


class Cursor(NamedTuple):
    """Where the cursor's hot spot is; `press`: how far it is pressed, 0 … PRESS_DEPTH."""

    x: float
    y: float
    shape: str = "arrow"
    press: int = 0


class Ring(NamedTuple):
    """The ring around a box; `progress` from 0 to 1."""

    x: float
    y: float
    width: float
    height: float
    progress: float


class Ripple(NamedTuple):
    """What spreads from a click; `progress` from 0 to 1."""

    x: float
    y: float
    progress: float


class Look(NamedTuple):
    """Picture `frame` of the take, what lies over it, and over all that card number `card`.

    `fade`: how much of the card has gone, 0 … 11 twelfths; at 0 only the card shows.
    """

    frame: int
    card: int | None = None
    fade: int = 0
    view: View | None = None
    ring: Ring | None = None
    ripples: tuple[Ripple, ...] = ()
    cursor: Cursor | None = None
    caption: int | None = None


def grid_index(at_ms: float, fps: int) -> int:
    """The position on the frame grid nearest to `at_ms`; halves go up."""
    return int((at_ms * fps * 2 + 1000) // 2000)
