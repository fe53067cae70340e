"""Which parts of a line run from right to left: the Unicode bidirectional algorithm.

The algorithm is FriBidi's, the library that Pillow sets Arabic and Hebrew with. Where it is not
installed every line runs from left to right, and Arabic letters stay unjoined.
"""

from __future__ import annotations

import ctypes
from functools import cache
from itertools import groupby

from PIL import features

FRIBIDI = "libfribidi.so.0"
PARAGRAPH_LTR, PARAGRAPH_RTL = 0x110, 0x111  # FRIBIDI_PAR_LTR, FRIBIDI_PAR_RTL
RIGHT_TO_LEFT = {"ar", "arc", "ckb", "dv", "fa", "he", "ps", "sd", "ug", "ur", "yi"}


def is_rtl(language: str) -> bool:
    """Whether `language` is written from right to left."""
    return language.split("-")[0].lower() in RIGHT_TO_LEFT


@cache
def can_shape() -> bool:
    """Whether Arabic can be joined and right-to-left text be ordered on this machine."""
    return bool(features.check_feature("raqm") and features.check_feature("fribidi")) and bool(
        _library()
    )


@cache
def _library() -> ctypes.CDLL | None:
    try:
        return ctypes.CDLL(FRIBIDI)
    except OSError:
        return None


def levels(text: str, *, rtl: bool) -> list[int]:
    """The embedding level of each sign in a line of that direction; odd is right to left."""
    library = _library() if can_shape() else None
    if library is None or not text:
        return [0] * len(text)
    size = len(text)
    signs = (ctypes.c_uint32 * size)(*map(ord, text))
    found = (ctypes.c_int8 * size)()
    base = ctypes.c_uint32(PARAGRAPH_RTL if rtl else PARAGRAPH_LTR)
    library.fribidi_log2vis(signs, size, ctypes.byref(base), None, None, None, found)
    return list(found)


def in_visual_order(runs: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Runs of (level, number), from left to right as they are seen (rule L2)."""
    for level in range(max((level for level, _ in runs), default=0), 0, -1):
        ordered: list[tuple[int, int]] = []
        for deep, group in groupby(runs, key=lambda run, level=level: run[0] >= level):  # type: ignore[misc]
            part = list(group)
            ordered += reversed(part) if deep else part
        runs = ordered
    return runs
