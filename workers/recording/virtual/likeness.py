"""Whether two pictures of a window are the same, as far as the browser draws the same twice.

Of a frame, Chromium draws what changed since the last one; of a screenshot, everything. Where the
edge of what changed runs through a rounded border, a soft shadow or an icon, a few pixels come out
by some levels apart: at 1080p, of real apps, up to 32 pixels by up to 25 of 255 levels, 173 levels
in one box of 16 × 16 pixels; 333 pixels, mostly by one level, on a page of 80 rounded fields.
Another picture differs by more even if all that changed is one letter, or the caret.
"""

from __future__ import annotations

import ctypes
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

STRONG = 64  # levels, by which no pixel of the same picture differs
SHARE = 1 / 1000  # the share of the pixels that may differ
BOX, LUMP = 16, 512  # pixels a side; levels that those of a box may differ by: two each
MANY = 1 / 10  # of the pixels: if more differ, it is another picture, however little they do
NEARER = 16  # times, that a picture is nearer to itself, drawn again, than to the one before
LIBC = ctypes.CDLL(None)
Pixels = NDArray[np.uint8]  # height, width, 4: blue, green, red, 255


class Difference(NamedTuple):
    """Between two pictures of one size. A pixel's levels are those of its widest channel."""

    pixels: int  # that differ
    strong: int  # of these: by more than STRONG levels
    of: int  # pixels
    lump: int  # levels in the box of pixels that differs most
    levels: int  # of all pixels

    @property
    def is_slight(self) -> bool:
        """Whether few pixels differ, by little, and nowhere many of them at one place."""
        return self.pixels <= SHARE * self.of and not self.strong and self.lump <= LUMP

    @property
    def is_large(self) -> bool:
        """Whether one of the pictures shows what the other one does not, beyond any doubt."""
        return self.strong > SHARE * self.of


def difference(one: Pixels, other: Pixels) -> Difference:
    """How far two pictures are apart; 5 ms at 1080p, 200 ms if all pixels differ."""
    width, size = one.shape[1], one.shape[0] * one.shape[1]
    at = np.flatnonzero(_unequal(one, other))
    one, other = (pixels.reshape(size, -1)[at] for pixels in (one, other))
    levels = (np.maximum(one, other) - np.minimum(one, other)).max(axis=1, initial=0)
    boxes = at // width // BOX * (width // BOX + 1) + at % width // BOX
    return Difference(
        pixels=len(at),
        strong=int(np.count_nonzero(levels > STRONG)),
        of=size,
        lump=int(np.bincount(boxes, levels, minlength=1).max()),
        levels=int(levels.sum(dtype=np.int64)),
    )


def alike(read: Pixels, shown: Pixels, before: Pixels) -> bool:
    """Whether what was read is what a screenshot shows.

    It is when they differ slightly. It also is when they differ faintly, though at many places,
    and what was read differs far more from the picture `before`: one that comes late is that
    picture itself, or no nearer to the screenshot than to it.
    """
    if same(read, shown):
        return True
    if np.count_nonzero(_unequal(read, shown)) > MANY * read.size / 4:
        return False  # as of most memory that is not the window's: measuring it takes long
    apart = difference(read, shown)
    if apart.is_slight or apart.strong or before.shape != read.shape:
        return apart.is_slight
    return difference(read, before).levels >= NEARER * apart.levels


def _unequal(one: Pixels, other: Pixels) -> NDArray[np.bool_]:
    return np.asarray(one.view(np.uint32) != other.view(np.uint32))


def same(one: Pixels, other: Pixels) -> bool:
    """Whether all pixels are equal; ends at the first that is not."""
    if one.shape != other.shape:
        return False
    size = ctypes.c_size_t(one.nbytes)
    at = (ctypes.c_void_p(pixels.ctypes.data) for pixels in (one, other))
    return bool(LIBC.memcmp(*at, size) == 0)
