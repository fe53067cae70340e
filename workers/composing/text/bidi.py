"""The parts of a line that run from right to left: the Unicode bidirectional algorithm.

The library FriBidi runs it, which Pillow uses to set Arabic and Hebrew. Where it is not installed
every line runs from left to right, and Arabic letters are not joined.
"""

from __future__ import annotations

import ctypes
import unicodedata
from functools import cache
from itertools import groupby

from PIL import features

from forge.text import installed_type
from forge.text.installed_type import RTL_LETTERS

PARAGRAPH_LTR, PARAGRAPH_RTL = 0x110, 0x111  # FRIBIDI_PAR_LTR, FRIBIDI_PAR_RTL
LEFT_TO_RIGHT_MARK, RIGHT_TO_LEFT_MARK = "\u200e", "\u200f"


def marked(line: str, *, rtl: bool) -> str:
    """Return `line` with a direction mark if players would set it in the wrong direction.

    They take the direction of the first letter, or of the first sign.
    """
    kinds = [unicodedata.bidirectional(sign) for sign in line]
    if rtl:
        return line if not kinds or kinds[0] in RTL_LETTERS else RIGHT_TO_LEFT_MARK + line
    strong = next((kind for kind in kinds if kind in ("L", *RTL_LETTERS)), "L")
    return line if strong == "L" else LEFT_TO_RIGHT_MARK + line


@cache
def can_shape() -> bool:
    """Return True if this machine can join Arabic letters and order right-to-left text."""
    return bool(features.check_feature("raqm") and features.check_feature("fribidi")) and bool(
        _library()
    )


@cache
def shaping() -> tuple[str | None, ...]:
    """Return the versions of the libraries that shape text and order it; None: not installed."""
    libraries = (features.version(name) for name in ("raqm", "harfbuzz", "freetype2"))
    return (*libraries, installed_type.fribidi_version() if can_shape() else None)


@cache
def _library() -> ctypes.CDLL | None:
    return installed_type.fribidi()


def levels(text: str, *, rtl: bool) -> list[int]:
    """Return the embedding level of each character of a line; odd levels run right to left.

    `rtl`: the direction of the paragraph.
    """
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
    """Return runs of (level, number) from left to right as they are displayed (rule L2)."""
    for level in range(max((level for level, _ in runs), default=0), 0, -1):
        ordered: list[tuple[int, int]] = []
        for deep, group in groupby(runs, key=lambda run, level=level: run[0] >= level):  # type: ignore[misc]
            part = list(group)
            ordered += reversed(part) if deep else part
        runs = ordered
    return runs
