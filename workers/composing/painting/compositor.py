"""Paint frames: the page's picture, perhaps zoomed, with the artists' drawings over it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

import av
import cv2
import numpy as np
from av import VideoFrame
from numpy.typing import NDArray

from forge.model.card_timing import Card
from forge.workers.composing.painting.enlarge import enlarge
from forge.workers.composing.painting.sprites import Canvas, canvas_of, copy_of
from forge.workers.composing.painting.take_frames import rgb_of
from forge.workers.composing.storyboard.frame_state import FADE_STEPS, FrameState, Panel, View


class Artist(Protocol):
    """Draws one field of a frame state; draws nothing where the field is empty. In any thread."""

    def draw(self, canvas: Canvas, state: FrameState) -> None: ...


class PageFrames(Protocol):
    """The page's pictures by their number in the take: yuv420p, of the finished size."""

    def yuv(self, number: int) -> VideoFrame: ...

    def sibling(self) -> PageFrames:
        """Return the same pictures for another thread."""
        ...


class Painter:
    """Turns frame states into frames, in one thread. The last of `artists` draws on top.

    `page_artist` draws on the page itself, before it is zoomed. `draw_card` returns a card as a
    full frame (yuv420p, of the finished size).
    """

    def __init__(
        self,
        pictures: PageFrames,
        artists: Sequence[Artist],
        draw_card: Callable[[Card], VideoFrame],
        page_artist: Artist | None = None,
    ) -> None:
        self._page_artist = page_artist
        self._pictures, self._artists, self._draw_card = pictures, artists, draw_card
        self._last: tuple[FrameState, VideoFrame] | None = None
        self._seen: tuple[tuple[int, Panel | None, View | None], VideoFrame] | None = None

    def sibling(self) -> Painter:
        """Return a painter of the same video for another thread; cards are drawn once for both."""
        return Painter(self._pictures.sibling(), self._artists, self._draw_card, self._page_artist)

    def yuv(self, state: FrameState) -> VideoFrame:
        """Return the frame for `state`, yuv420p. It may be shared: do not draw on it."""
        if self._last is None or self._last[0] != state:
            self._last = (state, self._paint(state))
        return self._last[1]

    def rgb(self, state: FrameState) -> NDArray[np.uint8]:
        """Return the same frame as an array of shape (height, width, 3)."""
        return rgb_of(self.yuv(state))

    def _paint(self, state: FrameState) -> VideoFrame:
        if state.card is not None and not state.fade:
            return copy_of(self._draw_card(state.card))  # the card itself is for siblings, too
        base = self._page(state)
        if state == FrameState(state.frame, view=state.view, panel=state.panel):
            return base
        frame = copy_of(base)
        canvas = canvas_of(frame)
        for artist in self._artists:
            artist.draw(canvas, state)
        if state.card is not None:
            card = canvas_of(self._draw_card(state.card))
            fade(canvas, card, FADE_STEPS - state.fade, FADE_STEPS)
        return frame

    def _page(self, state: FrameState) -> VideoFrame:
        """Return the page's picture and its panel through the state's view."""
        base = self._pictures.yuv(state.frame)
        if state.view is None and state.panel is None:
            return base
        key = (state.frame, state.panel, state.view)
        if self._seen is None or self._seen[0] != key:
            if state.panel and self._page_artist:
                base = copy_of(base)
                self._page_artist.draw(canvas_of(base), state)
            if state.view:
                page, base = base, av.VideoFrame(base.width, base.height, "yuv420p")
                enlarge(canvas_of(page), state.view, canvas_of(base))
            self._seen = (key, base)
        return self._seen[1]


def fade(canvas: Canvas, other: Canvas, share: int, of: int) -> None:
    """Mix `other` into `canvas`, at the ratio `share` : `of` − `share`."""
    for own, coming in zip(canvas, other, strict=True):
        cv2.addWeighted(own, 1 - share / of, coming, share / of, 0, dst=own)
