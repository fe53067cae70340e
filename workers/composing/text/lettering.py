"""Set a line of text, whatever its scripts and directions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from PIL import ImageDraw

from forge.workers.composing.text.bidi import can_shape, in_visual_order, is_rtl, levels
from forge.workers.composing.text.fonts import UNSEEN, Face, Fonts
from forge.workers.composing.text.wrapping import joins


class Run(NamedTuple):
    """Part of a line in one font and one direction; an odd `level` runs from right to left."""

    level: int
    text: str
    face: Face


class Lettering:
    """Text of one language in one size (pixels an em) and weight."""

    def __init__(self, fonts: Fonts, size: float, weight: int = 400) -> None:
        self.fonts, self.size, self.weight = fonts, size, weight
        self.rtl = is_rtl(fonts.language)
        self._widths: dict[str, float] = {}

    def width(self, line: str) -> float:
        """How wide `line` is, in pixels."""
        if line not in self._widths:
            self._widths[line] = sum(self._advance(run) for run in self._runs(line))
        return self._widths[line]

    def draw(self, on: ImageDraw.ImageDraw, line: str, x: float, baseline: float, ink: int) -> None:
        """Draw `line` on a grey picture, from `x` to the right, as dense as `ink` (0 … 255)."""
        for run in self._seen(line):
            font = run.face.at(self.size, self.weight)
            on.text((x, baseline), run.text, ink, font, anchor="ls", **self._options(run))
            x += self._advance(run)

    def _advance(self, run: Run) -> float:
        font = run.face.at(self.size, self.weight)
        return float(font.getlength(run.text, **self._options(run)))

    def _options(self, run: Run) -> dict[str, Any]:
        if not can_shape():
            return {}
        return {"direction": "rtl" if run.level % 2 else "ltr", "language": self.fonts.language}

    def _seen(self, line: str) -> list[Run]:
        """The runs from left to right, as they are seen."""
        runs = list(self._runs(line))
        order = in_visual_order([(run.level, number) for number, run in enumerate(runs)])
        return [runs[number] for _, number in order]

    def _runs(self, line: str) -> Iterator[Run]:
        """The runs of `line` in the order they are read."""
        first = self.fonts.faces[0]
        run: Run | None = None
        for sign, level in zip(line, levels(line, rtl=self.rtl), strict=True):
            face = self._face(sign, run.face if run else first)
            if run and (run.level, run.face) == (level, face):
                run = run._replace(text=run.text + sign)
                continue
            if run:
                yield run
            run = Run(level, sign, face)
        if run:
            yield run

    def _face(self, sign: str, current: Face) -> Face:
        """The face for `sign`; what joins the sign before it, or shows nothing, stays with that."""
        if sign in UNSEEN or ((joins(sign) or sign == " ") and current.covers(sign)):
            return current
        return self.fonts.face(sign) or current
