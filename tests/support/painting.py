"""Frames of one grey, and the difference that an artist makes to them."""

from __future__ import annotations

import av
import numpy as np
from av import VideoFrame
from numpy.typing import NDArray

from forge.model.card_timing import Card
from forge.workers.composing.painting.compositor import Artist, Painter
from forge.workers.composing.painting.take_frames import yuv_of
from forge.workers.composing.storyboard.frame_state import FrameState


def frame(grey: int = 128, width: int = 240, height: int = 136) -> VideoFrame:
    """Return a frame of one grey, 0 … 255."""
    image = np.full((height, width, 3), grey, dtype=np.uint8)
    made = av.VideoFrame.from_ndarray(image, format="rgb24")
    return made.reformat(format="yuv420p", dst_colorspace="ITU709")


class Still:
    """Page frames that are all the same."""

    def __init__(self, picture: VideoFrame) -> None:
        self.picture = picture

    def yuv(self, number: int) -> VideoFrame:
        return self.picture

    def sibling(self) -> Still:
        return self


class Greys:
    """Page frames of 320 × 240 pixels that get lighter with their numbers.

    `asked`: the numbers of those that were painted.
    """

    def __init__(self) -> None:
        self.asked: list[int] = []

    def yuv(self, number: int) -> VideoFrame:
        self.asked.append(number)
        return yuv_of(np.full((240, 320, 3), 20 * number, dtype=np.uint8))

    def sibling(self) -> Greys:
        return self


class PlainDigests:
    """Digests of states by their text."""

    def digest(self, state: FrameState) -> bytes:
        return repr(state._replace(card=None)).encode()


class KeptInMemory(dict[bytes, bytes]):
    """What a content cache keeps."""

    def put(self, key: bytes, content: bytes) -> None:
        self[key] = content


def no_card(card: Card) -> VideoFrame:
    """Draw the cards of a video that has none."""
    raise AssertionError("no card shows")


def painted(state: FrameState, *artists: Artist, grey: int = 128) -> NDArray[np.uint8]:
    """Return what `artists` draw of `state` on a grey frame: shape (136, 240, 3)."""
    return Painter(Still(frame(grey)), artists, no_card).rgb(state)


def changes(state: FrameState, artist: Artist, grey: int = 128) -> tuple[int, int, int, int]:
    """Return left, top, right, bottom of the area that an artist changes strongly."""
    plain, drawn = painted(FrameState(0), grey=grey), painted(state, artist, grey=grey)
    away = np.abs(plain.astype(int) - drawn).max(axis=2) > 60
    rows, columns = np.flatnonzero(away.any(axis=1)), np.flatnonzero(away.any(axis=0))
    return (columns[0], rows[0], columns[-1] + 1, rows[-1] + 1)
