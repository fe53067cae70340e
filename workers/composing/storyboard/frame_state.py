"""Everything that one frame of the video depends on, as a small value.

Frames with equal states have equal pictures: the picture is encoded once and shown until the
state changes. Anything drawn over the page is a field of `FrameState` whose default means
"nothing"; the storyboard fills the field, and an artist of `painting` draws it.

Positions are pixels of the finished frame, after zooming, except those of a panel.
"""

from __future__ import annotations

from typing import NamedTuple

from forge.model.card_timing import Card
from forge.model.take import Box
from forge.model.widgets import Dialog, Picker
from forge.workers.composing.text.cues import Cue

PRESS_DEPTH = 4
FADE_STEPS = 12
PANEL_STEPS = 4


class Screen(NamedTuple):
    """The finished picture: its size in pixels, pixels per CSS pixel, and its frame rate."""

    width: int
    height: int
    scale: float
    fps: int


class View(NamedTuple):
    """The part of the page's picture that fills the frame, in pixels; same aspect ratio."""

    x: float
    y: float
    width: float
    height: float


class Cursor(NamedTuple):
    """Position of the cursor's hot spot; `press`: how deep it is pressed, 0 … PRESS_DEPTH."""

    x: float
    y: float
    shape: str = "arrow"
    press: int = 0


#: The progress at which a ring has come, and that at which it begins to go.
RING_HAS_COME, RING_GOES = 0.4, 0.75


class Ring(NamedTuple):
    """The ring around a box; `progress` from 0 to 1, without steps while it stands still."""

    x: float
    y: float
    width: float
    height: float
    progress: float


class Ripple(NamedTuple):
    """The circle that spreads from a click; `progress` from 0 to 1."""

    x: float
    y: float
    progress: float


class Panel(NamedTuple):
    """A list, picker or dialog over the page, seen through the view as the page is.

    `box` is its field, in CSS pixels of the viewport. `shown`: how opaque it is, 1 … PANEL_STEPS.
    `lit`: the row or button that the hand points at; in a picker 1 once the hand points at the
    choice. `top`: the first row of a list that shows. `text`: the content of a prompt's field.
    """

    of: Picker | Dialog
    box: Box
    shown: int = PANEL_STEPS
    lit: int | None = None
    top: float = 0.0
    text: str = ""


class Badge(NamedTuple):
    """A key that was pressed `times` times; `shown`: how opaque it is, 1 … PANEL_STEPS."""

    label: str
    times: int = 1
    shown: int = PANEL_STEPS


class FrameState(NamedTuple):
    """Frame number `frame` of the take, what is drawn over it, and the card over everything.

    `fade`: how transparent the card is, from 0 (only the card shows) to FADE_STEPS − 1.
    """

    frame: int
    card: Card | None = None
    fade: int = 0
    panel: Panel | None = None
    view: View | None = None
    ring: Ring | None = None
    ripples: tuple[Ripple, ...] = ()
    cursor: Cursor | None = None
    caption: Cue | None = None
    badges: tuple[Badge, ...] = ()


def grid_index(at_ms: float, fps: int) -> int:
    """Return the position on the frame grid nearest to `at_ms`; halves round up."""
    return int((at_ms * fps * 2 + 1000) // 2000)
