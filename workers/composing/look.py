"""What shows at each moment: a pure function of the manifest.

A `Look` holds everything that one frame of the video depends on, and nothing else. Two equal
looks are one picture: it is encoded once, for as long as nothing changes. Whatever is to be
drawn (a caption, a card, …) is a field here with a default that means "nothing", filled by a
track of the storyboard, and drawn by an artist of the painter (`paint`).

Positions are pixels of the finished frame, after zooming.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from forge.layout import Manifest
from forge.workers.composing.captions import Cue

FADE_S = 0.3  # a card's edge where the page is
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
    """Where the cursor's hot spot is; `press`: how far it is pressed, 0 … 4."""

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


class Storyboard:
    """The looks of one video, one for each position of the frame grid."""

    def __init__(self, manifest: Manifest, screen: Screen, captions: Sequence[Cue] = ()) -> None:
        self.manifest, self.screen = manifest, screen
        self.length = grid_index(manifest.total_ms, screen.fps)
        self._frames = self._shown()
        self._captions = self._burned(captions)
        self._cards = self._carded()

    def look(self, at: int) -> Look:
        """What shows at position `at` of the grid."""
        card, fade = self._cards.get(at, (None, 0))
        if card is not None and not fade:
            return Look(self._frames[at], card)
        return Look(self._frames[at], card, fade, caption=self._captions.get(at))

    def looks(self) -> list[Look]:
        """Every position's look, in order."""
        return [self.look(at) for at in range(self.length)]

    def _shown(self) -> list[int]:
        """The take's frame for each position; of two that begin at one position, the later."""
        fps = self.screen.fps
        begins = {grid_index(p.at_ms, fps): p.frame for p in self.manifest.pictures}
        frames, frame = [], self.manifest.pictures[0].frame
        for at in range(self.length):
            frame = begins.get(at, frame)
            frames.append(frame)
        return frames

    def _burned(self, captions: Sequence[Cue]) -> dict[int, int]:
        """The cue for each position that has one."""
        fps = self.screen.fps
        return {
            at: number
            for number, cue in enumerate(captions)
            for at in range(grid_index(cue.start_ms, fps), grid_index(cue.end_ms, fps))
        }

    def _carded(self) -> dict[int, tuple[int, int]]:
        """Card and fade for each position that has one: an intro goes, a recap comes."""
        fps, tracks = self.screen.fps, {}
        for number, card in enumerate(self.manifest.cards):
            start, end = (grid_index(ms, fps) for ms in (card.start_ms, card.end_ms))
            for at in range(start, end):
                whole_s = (end - at if card.kind == "intro" else at + 1 - start) / fps
                fade = max(0, FADE_STEPS - int(whole_s / FADE_S * FADE_STEPS))
                tracks[at] = (number, min(fade, FADE_STEPS - 1))
        return tracks
