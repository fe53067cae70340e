"""A picture with transparency, on which panels and badges are drawn."""

from __future__ import annotations

import math
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from forge.model.take import Box
from forge.text.segments import graphemes
from forge.workers.composing.painting.colours import Rgb
from forge.workers.composing.painting.shapes import Distances, coverage, rounded_box, soft
from forge.workers.composing.painting.sprites import Rgba
from forge.workers.composing.text.lettering import Lettering

Align = Literal["left", "right", "middle"]
X_HEIGHT = 0.36  # from the middle of a line to its baseline, in ems
ELLIPSIS = "…"


class Sheet:
    """A picture of `box` (CSS pixels), `scale` pixels to each of them. Its sides are even.

    `x`, `y`: the pixel of its upper left corner, both even. `picture`: premultiplied, 0 … 1.
    """

    def __init__(self, box: Box, scale: float) -> None:
        left, top, width, height = (side * scale for side in box)
        self.x, self.y = math.floor(left / 2) * 2, math.floor(top / 2) * 2
        tall = math.ceil((top + height - self.y) / 2) * 2
        wide = math.ceil((left + width - self.x) / 2) * 2
        self.picture: Rgba = np.zeros((tall, wide, 4), dtype=np.float32)
        self._scale = scale

    def box(self, box: Box, radius: float, colour: Rgb, alpha: float = 1.0) -> None:
        """Draw a box with round corners."""
        part, distances = self._distances(box, radius, 1.0)
        self._over(part, coverage(distances) * np.float32(alpha), colour)

    def frame(self, box: Box, radius: float, colour: Rgb, width: float) -> None:
        """Draw a line along the inner edge of a box."""
        part, distances = self._distances(box, radius, 1.0)
        line = width * self._scale
        self._over(part, coverage(distances) - coverage(distances + np.float32(line)), colour)

    def shadow(self, box: Box, radius: float, reach: float, alpha: float) -> None:
        """Draw the soft shadow of a box, which reaches beyond it."""
        part, distances = self._distances(box, radius, reach)
        self._over(part, soft(distances, reach * self._scale) ** 2 * np.float32(alpha), (0, 0, 0))

    def fill(self, box: Box, colours: NDArray[np.float32]) -> None:
        """Fill a box with colours 0 … 1, of any shape (height, width, 3)."""
        left, top, right, bottom = self._pixels(box, 0.0)
        image = Image.fromarray(np.rint(colours * 255).astype(np.uint8))
        size = (right - left, bottom - top)
        filled = np.asarray(image.resize(size, Image.Resampling.BILINEAR), dtype=np.float32) / 255
        self.picture[top:bottom, left:right, :3] = filled
        self.picture[top:bottom, left:right, 3] = 1

    def text(self, text: str, style: Lettering, box: Box, colour: Rgb, align: Align) -> None:
        """Draw a line of text into a box, vertically in its middle, cut to its width.

        The size of `style` is in pixels.
        """
        left, top, width, height = (side * self._scale for side in box)
        text = fitted(text, style, width)
        long, em = style.width(text), math.ceil(style.size)
        spare = {"left": 0.0, "right": width - long, "middle": (width - long) / 2}[align]
        mask = Image.new("L", (math.ceil(long) + 2 * em, 3 * em))
        x, baseline = left + spare - self.x, top + height / 2 + X_HEIGHT * style.size - self.y
        whole_x, whole_y = math.floor(x) - em, math.floor(baseline) - 2 * em
        style.draw(ImageDraw.Draw(mask), text, x - whole_x, baseline - whole_y, 255)
        self._lay(np.asarray(mask, dtype=np.float32) / np.float32(255), whole_x, whole_y, colour)

    def _lay(self, ink: Distances, x: int, y: int, colour: Rgb) -> None:
        height, width = self.picture.shape[:2]
        left, top = max(0, x), max(0, y)
        right, bottom = min(width, x + ink.shape[1]), min(height, y + ink.shape[0])
        if left < right and top < bottom:
            part = (slice(top, bottom), slice(left, right))
            self._over(part, ink[top - y : bottom - y, left - x : right - x], colour)

    def _over(self, part: tuple[slice, slice], alpha: Distances, colour: Rgb) -> None:
        over = alpha[..., np.newaxis]
        solid = np.array([*(side / 255 for side in colour), 1], dtype=np.float32)
        self.picture[part] = self.picture[part] * (1 - over) + over * solid

    def _distances(
        self, box: Box, radius: float, reach: float
    ) -> tuple[tuple[slice, slice], Distances]:
        """Return the pixels in reach of a box, and their distances from it in pixels."""
        left, top, right, bottom = self._pixels(box, reach)
        x = np.arange(left, right, dtype=np.float32) + np.float32(0.5 + self.x)
        y = np.arange(top, bottom, dtype=np.float32) + np.float32(0.5 + self.y)
        start_x, start_y, width, height = (side * self._scale for side in box)
        centre, half = (start_x + width / 2, start_y + height / 2), (width / 2, height / 2)
        corner = min(radius * self._scale, *half)
        distances = rounded_box(x[np.newaxis], y[:, np.newaxis], centre, half, corner)
        return (slice(top, bottom), slice(left, right)), distances

    def _pixels(self, box: Box, reach: float) -> tuple[int, int, int, int]:
        """Return left, top, right, bottom of a box in this picture, `reach` CSS pixels larger."""
        x, y, width, height = box
        height_px, width_px = self.picture.shape[:2]
        left = math.floor((x - reach) * self._scale) - self.x
        top = math.floor((y - reach) * self._scale) - self.y
        right = math.ceil((x + width + reach) * self._scale) - self.x
        bottom = math.ceil((y + height + reach) * self._scale) - self.y
        return max(0, left), max(0, top), min(width_px, right), min(height_px, bottom)


def fitted(text: str, style: Lettering, room: float) -> str:
    """Return `text`, or its beginning with an ellipsis if it is wider than `room` pixels."""
    if style.width(text) <= room:
        return text
    signs = graphemes(text)
    while signs and style.width("".join(signs) + ELLIPSIS) > room:
        signs.pop()
    return "".join(signs) + ELLIPSIS
