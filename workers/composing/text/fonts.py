"""The fonts that captions and cards are set in, and which of them has a sign.

Noto Sans comes with a package for every script but Chinese, Japanese and Korean, whose signs are
an extra (`forge[cjk]`), or Debian's `fonts-noto-cjk`. A font of the user's own comes first.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from fontTools.ttLib import TTFont
from PIL import ImageFont

NOTO, NOTO_CJK = "manimgx_fonts", "manimgx_fonts_cjk"
FIRST, LAST = "NotoSans[", ("NotoSansSymbols", "NotoEmoji")
DEBIAN_CJK = Path("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc")
#: The face of the collection with a language's forms; Japan's are the first.
CJK_FACES = {"ja": 0, "ko": 1, "zh": 2, "zh-tw": 3, "zh-hk": 4, "zh-hant": 3}
WEIGHT_AXIS = b"Weight"
UNSEEN = frozenset("\u200b\u200c\u200d\u200e\u200f\u2060\ufe0e\ufe0f\n\t")


class Face(NamedTuple):
    """One font: a file, and its number where the file is a collection."""

    path: Path
    number: int = 0

    def covers(self, sign: str) -> bool:
        """Whether the font has `sign`."""
        return ord(sign) in _signs(self)

    def at(self, size: float, weight: int) -> ImageFont.FreeTypeFont:
        """The font in that size (pixels an em) and, where it has several, weight (100 … 900)."""
        return _cut(self, size, weight)


@cache
def _signs(face: Face) -> frozenset[int]:
    with TTFont(face.path, fontNumber=face.number, lazy=True) as font:
        return frozenset(font.getBestCmap() or ())


@cache
def _cut(face: Face, size: float, weight: int) -> ImageFont.FreeTypeFont:
    font = ImageFont.truetype(str(face.path), size, index=face.number)
    try:
        axes: Sequence[Mapping[str, Any]] = font.get_variation_axes()
    except OSError:  # it has one weight
        return font
    font.set_variation_by_axes([_on_axis(axis, weight) for axis in axes])
    return font


def _on_axis(axis: Mapping[str, Any], weight: int) -> float:
    wanted = weight if axis["name"] == WEIGHT_AXIS else axis["default"]
    return float(min(max(wanted, axis["minimum"]), axis["maximum"]))


class Fonts:
    """The faces for text of one language, the preferred first."""

    def __init__(self, language: str, own: Path | None = None) -> None:
        self.language = language
        first, *others = _noto()
        cjk = list(_cjk(language))
        others = [*cjk, *others] if _is_cjk(language) else [*others, *cjk]
        self.faces = (*((Face(own),) if own else ()), first, *others)
        self._found: dict[str, Face | None] = {}

    def face(self, sign: str) -> Face | None:
        """The first face that has `sign`; None when none has."""
        if sign not in self._found:
            self._found[sign] = next((f for f in self.faces if f.covers(sign)), None)
        return self._found[sign]

    def missing(self, texts: Iterable[str]) -> str:
        """The signs of `texts` that no face has, each once."""
        signs = dict.fromkeys(sign for text in texts for sign in text)
        return "".join(s for s in signs if s not in UNSEEN and self.face(s) is None)


def _noto() -> Iterator[Face]:
    files = sorted(path for path in _files(NOTO) if "Italic" not in path.name)
    files.sort(key=lambda path: (not path.name.startswith(FIRST), path.name.startswith(LAST)))
    return (Face(path) for path in files)


def _is_cjk(language: str) -> bool:
    return language.split("-")[0].lower() in CJK_FACES


def _cjk(language: str) -> Iterator[Face]:
    number = CJK_FACES.get(language.lower(), CJK_FACES.get(language.split("-")[0].lower(), 0))
    packaged = [*_files(NOTO_CJK), DEBIAN_CJK]
    return (Face(path, number) for path in packaged if path.is_file())


def _files(package: str) -> list[Path]:
    found = importlib.util.find_spec(package)
    folders = (found.submodule_search_locations if found else None) or ()
    return [path for folder in folders for path in Path(folder).glob("*.tt[fc]")]
