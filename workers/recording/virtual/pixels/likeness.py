"""Compare pictures of a window, which Chromium does not draw twice to the byte.

For a frame, Chromium draws what changed since the last one; for a screenshot, everything. Where the
edge of what changed crosses a rounded border, a soft shadow or an icon, a few pixels differ by
some levels. Measured on real apps at 1080p: up to 32 pixels by up to 25 of 255 levels, 173 levels
in one box of 16 × 16 pixels; 333 pixels, mostly by one level, on a page of 80 rounded fields.
Pictures of different moments differ by more, even if all that changed is one letter, or the caret.
"""

from __future__ import annotations

import ctypes
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

STRONG = 64  # levels; no pixel of the same window, drawn again, differs by more
SHARE = 1 / 1000  # of the pixels may differ
BOX, BOX_LEVELS = 16, 512  # pixels a side of a box; levels that its pixels may differ by together
MANY = 1 / 10  # of the pixels: if more differ, even slightly, it is another picture
NEARER = 16  # factor by which a window, drawn again, is nearer to itself than to the picture before
LIBC = ctypes.CDLL(None)
Pixels = NDArray[np.uint8]  # height, width, 4: blue, green, red, 255


class Difference(NamedTuple):
    """The difference between two pictures of one size.

    `pixels`: how many differ, `of` how many. `strong`: how many of them by more than STRONG levels.
    `box_levels`: the levels of the box that differs most; `levels`: those of all pixels. A pixel's
    levels are those of the channel that differs most.
    """

    pixels: int
    strong: int
    of: int
    box_levels: int
    levels: int

    @property
    def is_slight(self) -> bool:
        """True if few pixels differ, by little, and nowhere many of them in one place."""
        return self.pixels <= SHARE * self.of and not self.strong and self.box_levels <= BOX_LEVELS

    @property
    def is_large(self) -> bool:
        """True if one of the pictures certainly shows something that the other does not."""
        return self.strong > SHARE * self.of


def difference(one: Pixels, other: Pixels) -> Difference:
    """Compare two pictures of one size; takes 5 ms at 1080p, 200 ms if all pixels differ."""
    width, size = one.shape[1], one.shape[0] * one.shape[1]
    at = np.flatnonzero(_unequal(one, other))
    one, other = (pixels.reshape(size, -1)[at] for pixels in (one, other))
    levels = (np.maximum(one, other) - np.minimum(one, other)).max(axis=1, initial=0)
    boxes = at // width // BOX * (width // BOX + 1) + at % width // BOX
    return Difference(
        pixels=len(at),
        strong=int(np.count_nonzero(levels > STRONG)),
        of=size,
        box_levels=int(np.bincount(boxes, levels, minlength=1).max()),
        levels=int(levels.sum(dtype=np.int64)),
    )


def alike(read: Pixels, shown: Pixels, before: Pixels) -> bool:
    """Return True if the pixels `read` are what a screenshot has `shown`.

    They are if the two differ slightly. They also are if the two differ faintly, though in many
    places, and what was read differs far more from the picture `before`: pixels that were read too
    early would be those of that picture, or lie between the two.
    """
    if same(read, shown):
        return True
    if np.count_nonzero(_unequal(read, shown)) > MANY * read.size / 4:
        return False  # as with most other memory; measuring the difference would take long
    apart = difference(read, shown)
    if apart.is_slight or apart.strong or before.shape != read.shape:
        return apart.is_slight
    return difference(read, before).levels >= NEARER * apart.levels


def _unequal(one: Pixels, other: Pixels) -> NDArray[np.bool_]:
    return np.asarray(one.view(np.uint32) != other.view(np.uint32))


def same(one: Pixels, other: Pixels) -> bool:
    """Return True if all pixels are equal; ends at the first that is not."""
    if one.shape != other.shape:
        return False
    size = ctypes.c_size_t(one.nbytes)
    at = (ctypes.c_void_p(pixels.ctypes.data) for pixels in (one, other))
    return bool(LIBC.memcmp(*at, size) == 0)


def changed_rows(one: Pixels, other: Pixels, height: int) -> list[int]:
    """Return which rows of `height` pixels differ; all of them if the sizes do."""
    numbers = range(-(-one.shape[0] // height))
    if one.shape != other.shape:
        return list(numbers)
    size = height * one.strides[0]
    here, there = one.ctypes.data, other.ctypes.data
    return [
        row
        for row in numbers
        if LIBC.memcmp(
            ctypes.c_void_p(here + row * size),
            ctypes.c_void_p(there + row * size),
            ctypes.c_size_t(min(size, one.nbytes - row * size)),
        )
    ]
