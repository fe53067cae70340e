"""Set a line of text in any mixture of scripts and directions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple, TypedDict

from PIL import ImageDraw

from forge.text.installed_type import is_rtl
from forge.text.segments import graphemes, spans
from forge.workers.composing.text.bidi import can_shape, in_visual_order, levels
from forge.workers.composing.text.fonts import UNSEEN, Face, Fonts


class Run(NamedTuple):
    """Part of a line in one font and one direction; odd levels run from right to left."""

    level: int
    text: str
    face: Face


class _Options(TypedDict, total=False):
    """Options of Pillow that need FriBidi."""

    direction: str
    language: str


class Lettering:
    """Text of one language in one size (pixels per em) and weight."""

    def __init__(self, fonts: Fonts, size: float, weight: int = 400) -> None:
        self.fonts, self.size, self.weight = fonts, size, weight
        self.rtl = is_rtl(fonts.language)
        self._widths: dict[str, float] = {}

    def width(self, line: str) -> float:
        """Return the width of `line` in pixels."""
        if line not in self._widths:
            self._widths[line] = sum(self._advance(run) for run in self._runs(line))
        return self._widths[line]

    def draw(self, on: ImageDraw.ImageDraw, line: str, x: float, baseline: float, ink: int) -> None:
        """Draw `line` on a grey picture, from `x` to the right, with the value `ink` (0 … 255)."""
        for run in self._in_order(line):
            font = run.face.at(self.size, self.weight)
            on.text((x, baseline), run.text, ink, font, anchor="ls", **self._options(run))
            x += self._advance(run)

    def _advance(self, run: Run) -> float:
        font = run.face.at(self.size, self.weight)
        return float(font.getlength(run.text, **self._options(run)))

    def _options(self, run: Run) -> _Options:
        if not can_shape():
            return {}
        return {"direction": "rtl" if run.level % 2 else "ltr", "language": self.fonts.language}

    def _in_order(self, line: str) -> list[Run]:
        """Return the runs from left to right, as they are displayed."""
        runs = list(self._runs(line))
        order = in_visual_order([(run.level, number) for number, run in enumerate(runs)])
        return [runs[number] for _, number in order]

    def _runs(self, line: str) -> Iterator[Run]:
        """Yield the runs of `line` in the order they are read."""
        first = self.fonts.faces[0]
        run: Run | None = None
        deep = levels(line, rtl=self.rtl)
        characters = graphemes(line)
        for character, place in zip(characters, spans(characters), strict=True):
            level, face = deep[place.at], self._face(character, run.face if run else first)
            if run and (run.level, run.face) == (level, face):
                run = run._replace(text=run.text + character)
                continue
            if run:
                yield run
            run = Run(level, character, face)
        if run:
            yield run

    def _face(self, character: str, current: Face) -> Face:
        """Return one face for all of `character`: the current one for invisible signs and spaces.

        If no face has all of it, the letter's face draws boxes for the accents.
        """
        if UNSEEN.issuperset(character):
            return current
        if character == " " and current.has_words and current.covers(" "):
            return current
        return self.fonts.face(character) or self.fonts.face(character[0]) or current
