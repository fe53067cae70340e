"""Paint looks: the picture beneath, zoomed, and over it what the artists draw."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Protocol

import av
import numpy as np
from numpy.typing import NDArray

from forge.workers.composing.painting.sprites import Canvas, canvas_of
from forge.workers.composing.painting.take_frames import Pictures, rgb_of
from forge.workers.composing.storyboard.camera import enlarge
from forge.workers.composing.storyboard.frame_state import FADE_STEPS, Look


class Artist(Protocol):
    """Draws one kind of thing that a look may hold; draws nothing where it holds none."""

    def draw(self, canvas: Canvas, look: Look) -> None: ...


class Painter:
    """Turns looks into frames. `artists` draw one after another, the last on top.

    `card` gives the full frame (yuv420p, of the take's size) that `Look.card` is the number of.
    """

    def __init__(
        self,
        pictures: Pictures,
        artists: Sequence[Artist] = (),
        card: Callable[[int], Any] = lambda number: None,
    ) -> None:
        self._pictures, self._artists, self._card = pictures, artists, card
        self._last: tuple[Look, Any] | None = None
        self._zoomed: tuple[Any, Any] | None = None

    def yuv(self, look: Look) -> Any:
        """The frame that shows `look`: an `av.VideoFrame`, yuv420p. It is not to be drawn on."""
        if self._last is None or self._last[0] != look:
            self._last = (look, self._paint(look))
        return self._last[1]

    def rgb(self, look: Look) -> NDArray[np.uint8]:
        """The same as an array of shape (height, width, 3)."""
        return rgb_of(self.yuv(look))

    def _paint(self, look: Look) -> Any:
        if look.card is not None and not look.fade:
            return self._card(look.card)
        base = self._seen(look)
        if look == Look(look.frame, view=look.view):
            return base
        frame = copy_of(base)
        canvas = canvas_of(frame)
        for artist in self._artists:
            artist.draw(canvas, look)
        if look.card is not None:
            fade(canvas, canvas_of(self._card(look.card)), FADE_STEPS - look.fade, FADE_STEPS)
        return frame

    def _seen(self, look: Look) -> Any:
        """What lies beneath everything that is drawn, through the look's view."""
        base = self._base(look)
        if look.view is None:
            return base
        key = (look.frame, look.view)
        if self._zoomed is None or self._zoomed[0] != key:
            frame = av.VideoFrame(base.width, base.height, "yuv420p")
            enlarge(canvas_of(base), look.view, canvas_of(frame))
            self._zoomed = (key, frame)
        return self._zoomed[1]

    def _base(self, look: Look) -> Any:
        """The page itself."""
        return self._pictures.yuv(look.frame)


def copy_of(frame: Any) -> Any:
    """A frame with the same planes, to be drawn on."""
    copy = av.VideoFrame(frame.width, frame.height, "yuv420p")
    for own, other in zip(canvas_of(copy), canvas_of(frame), strict=True):
        own[...] = other
    return copy


def fade(canvas: Canvas, other: Canvas, share: int, of: int) -> None:
    """Mix `share` parts `of` so many of `other` into `canvas`."""
    for own, coming in zip(canvas, other, strict=True):
        own[...] = (own.astype(np.uint16) * (of - share) + coming.astype(np.uint16) * share) // of
