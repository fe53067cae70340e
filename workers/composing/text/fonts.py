"""The fonts for captions and cards, and the characters they have.

Noto Sans comes with forge for every script but Chinese, Japanese and Korean, whose characters come
with the extra `cjk` or Debian's `fonts-noto-cjk`. The font of the settings is preferred.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

from fontTools.ttLib import TTFont
from PIL import ImageFont

from forge.text import installed_type

NOTO, NOTO_CJK = "manimgx_fonts", "manimgx_fonts_cjk"
FIRST, LAST = "NotoSans[", ("NotoSansSymbols", "NotoEmoji")
#: The number of the face with a language's forms in the collection; the first has Japan's.
CJK_FACES = {"ja": 0, "ko": 1, "zh": 2, "zh-tw": 3, "zh-hk": 4, "zh-hant": 3}
WEIGHT_AXIS = b"Weight"
#: Signs without a picture: joiners, directions, selectors of emoji.
UNSEEN = frozenset(
    "\u00ad\u061c\u200b\u200c\u200d\u200e\u200f\u2060\u2066\u2067\u2068\u2069\ufe0e\ufe0f\n\t"
)


class Face(NamedTuple):
    """One font: a file, and its number in it if the file is a collection."""

    path: Path
    number: int = 0

    def covers(self, text: str) -> bool:
        """Return True if the font has every visible sign of `text`."""
        return all(ord(sign) in _signs(self) for sign in text if sign not in UNSEEN)

    @property
    def has_words(self) -> bool:
        """False if it is a font of symbols or emoji, whose space is as wide as a symbol."""
        return not self.path.name.startswith(LAST)

    def at(self, size: float, weight: int) -> ImageFont.FreeTypeFont:
        """Return the font in a size (pixels per em) and, if it has more than one, a weight."""
        return _cut(self, size, weight)


@cache
def _signs(face: Face) -> frozenset[int]:
    with TTFont(face.path, fontNumber=face.number, lazy=True) as font:
        return frozenset(font.getBestCmap() or ())


@cache
def _cut(face: Face, size: float, weight: int) -> ImageFont.FreeTypeFont:
    font = ImageFont.truetype(str(face.path), size, index=face.number)
    try:
        axes = font.get_variation_axes()
    except OSError:  # the font has one weight only
        return font
    font.set_variation_by_axes([_on_axis(axis, weight) for axis in axes])
    return font


def _on_axis(axis: ImageFont.Axis, weight: int) -> float:
    wanted = weight if axis["name"] == WEIGHT_AXIS else axis["default"]
    return float(min(max(wanted or 0, axis["minimum"] or 0), axis["maximum"] or 0))


class Fonts:
    """The faces for text of one language, the preferred one first."""

    def __init__(self, language: str, own: Path | None = None) -> None:
        self.language = language
        first, *others = _noto()
        cjk = list(_cjk(language))
        others = [*cjk, *others] if _is_cjk(language) else [*others, *cjk]
        self.faces = (*((Face(own),) if own else ()), first, *others)
        self._found: dict[str, Face | None] = {}

    def face(self, character: str) -> Face | None:
        """Return the first face that has all signs of `character`, or None."""
        if character not in self._found:
            self._found[character] = next((f for f in self.faces if f.covers(character)), None)
        return self._found[character]

    def missing(self, texts: Iterable[str]) -> str:
        """Return the characters of `texts` that no face has, each once."""
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
    packaged = [*_files(NOTO_CJK), installed_type.DEBIAN_CJK]
    return (Face(path, number) for path in packaged if path.is_file())


def _files(package: str) -> list[Path]:
    found = importlib.util.find_spec(package)
    folders = (found.submodule_search_locations if found else None) or ()
    return [path for folder in folders for path in Path(folder).glob("*.tt[fc]")]
