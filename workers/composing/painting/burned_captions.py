"""Burned captions: each cue on a rounded box at the bottom of the picture."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from PIL import Image, ImageDraw

from forge.model.timeline import Manifest
from forge.workers.composing.painting.sprites import Canvas, Rgba, Sprite, lay, sprite_of
from forge.workers.composing.painting.theme import Theme
from forge.workers.composing.storyboard.frame_state import FrameState
from forge.workers.composing.text.cues import LINE_COLUMNS, Cue, cues
from forge.workers.composing.text.lettering import Lettering
from forge.workers.composing.text.wrapping import columns

SIZE = 0.04  # of the picture's height; less in a narrow picture, where lines have fewer columns
NARROWEST = 14  # ems of text that have room in a line; about 28 Latin letters
LEADING = 1.34
ASCENT = 1.0  # from a line's top to its baseline, in ems
PADDING = (0.62, 0.24)  # left and right, top and bottom, in ems
CORNER = 0.42
WEIGHT = 500
SAFE_X, SAFE_Y = 0.05, 0.055  # margins that players and screens may cover: of width, of height


class CaptionArtist:
    """Draws `FrameState.caption`. The last ones drawn are kept: one shows in many frames."""

    def __init__(self, theme: Theme) -> None:
        self._theme = theme
        self._box = lru_cache(maxsize=2)(self._drawn)

    def draw(self, canvas: Canvas, state: FrameState) -> None:
        if state.caption is None:
            return
        height, width = canvas.y.shape
        lay(canvas, *self._box(state.caption.lines, width, height))

    def _drawn(self, lines: Sequence[str], width: int, height: int) -> tuple[Sprite, int, int]:
        """Return a caption, and the left upper corner of its box."""
        picture = captioned_box(lines, self._theme, width, height)
        tall, wide = picture.shape[:2]
        x, y = (width - wide) // 4 * 2, int(height * (1 - SAFE_Y) - tall) // 2 * 2
        return sprite_of(picture), x, y


def burned_cues(manifest: Manifest, theme: Theme, width: int, height: int) -> list[Cue]:
    """Return the captions to draw into a picture of that size, with lines that fit into it."""
    lettering = _lettering(theme, width, height)
    room = _room(width) - 2 * PADDING[0] * lettering.size

    def filled(line: str) -> float:
        """Return the part of a line that `line` takes: of its columns, or of the room if more."""
        return max(columns(line) / LINE_COLUMNS, lettering.width(line) / room)

    return cues(manifest, theme.fonts.language, 1.0, filled)


def captioned_box(lines: Sequence[str], theme: Theme, width: int, height: int) -> Rgba:
    """Draw `lines` centred on a rounded box, for a picture `width` × `height` pixels large.

    All captions of a video have one size. Both sides of the box are even.
    """
    lettering = _lettering(theme, width, height)
    em = lettering.size
    widths = [lettering.width(line) for line in lines]
    wide = _even(max(widths) + 2 * PADDING[0] * em)
    tall = _even((len(lines) * LEADING + 2 * PADDING[1]) * em)
    ink = Image.new("L", (wide, tall))
    for number, (line, length) in enumerate(zip(lines, widths, strict=True)):
        baseline = (PADDING[1] + number * LEADING + ASCENT) * em
        lettering.draw(ImageDraw.Draw(ink), line, (wide - length) / 2, baseline, 255)
    box = _rounded(wide, tall, CORNER * em) * np.float32(theme.box_opacity)
    return _layered(
        box, theme.background, np.asarray(ink, np.float32) / np.float32(255), theme.text
    )


def _lettering(theme: Theme, width: int, height: int) -> Lettering:
    size = min(height * SIZE, _room(width) / (NARROWEST + 2 * PADDING[0]))
    return Lettering(theme.fonts, size, WEIGHT)


def _room(width: int) -> float:
    """Return the width of the widest box (pixels)."""
    return width * (1 - 2 * SAFE_X)


def _even(length: float) -> int:
    return int(-(-length // 2) * 2)


def _rounded(width: int, height: int, radius: float) -> Rgba:
    """Return the share of each pixel that lies inside a box with round corners, 0 … 1."""
    x = np.maximum(np.abs(np.arange(width) + 0.5 - width / 2) - width / 2 + radius, 0)
    y = np.maximum(np.abs(np.arange(height) + 0.5 - height / 2) - height / 2 + radius, 0)
    distance = np.hypot(x[np.newaxis], y[:, np.newaxis])
    return np.asarray(np.clip(radius - distance + 0.5, 0, 1), dtype=np.float32)


def _layered(box: Rgba, below: Sequence[int], ink: Rgba, above: Sequence[int]) -> Rgba:
    """Return `ink` over `box` as premultiplied colours and alpha, 0 … 1."""
    colours = [
        box * (1 - ink) * (one / 255) + ink * (other / 255)
        for one, other in zip(below, above, strict=True)
    ]
    return np.asarray(np.dstack((*colours, box * (1 - ink) + ink)), dtype=np.float32)
