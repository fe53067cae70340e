"""Draw cards: an intro with title and objectives, a recap with the summary."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from forge.model.card_timing import Card
from forge.model.timeline import Manifest
from forge.workers.composing.painting.colours import Rgb, mixed, readable
from forge.workers.composing.painting.theme import Theme
from forge.workers.composing.text.card_labels import words_for
from forge.workers.composing.text.lettering import Lettering
from forge.workers.composing.text.wrapping import wrap

#: Sizes below are pixels in a picture of this size; larger pictures scale them.
DESIGN_WIDTH, DESIGN_HEIGHT = 1400, 1080
MARGIN = 0.115  # of the width, on both sides
FILL = 0.84  # the share of the height that a card may fill
LOGO_HEIGHT = 84
BAR = (132, 8)
LEADING = 1.36
ASCENT = 0.98  # from a line's top to its baseline, in ems


class Block(NamedTuple):
    """Text in one style. `above`: pixels between the block before and this one; `bullet`: a dot.

    A block without text is the accent bar.
    """

    text: str
    size: float
    weight: int
    colour: Rgb
    above: float
    bullet: bool = False


def drawn(
    card: Card, manifest: Manifest, theme: Theme, width: int, height: int
) -> NDArray[np.uint8]:
    """Draw `card` as an array of shape (height, width, 3). Long text is set smaller, to fit."""
    unit = min(width / DESIGN_WIDTH, height / DESIGN_HEIGHT)
    # Line breaks are computed at the design's size, so that they are the same at each size.
    blocks = [
        (block, Lettering(theme.fonts, max(1, block.size), block.weight))
        for block in _blocks(card, manifest, theme)
    ]
    page = _Page(blocks, theme, width, unit)
    while page.height > height * FILL and unit > 0.1:
        unit *= 0.93
        page = _Page(blocks, theme, width, unit)
    image = Image.new("RGB", (width, height), theme.background)
    page.draw(image, (height - page.height) / 2)
    return np.asarray(image, dtype=np.uint8)


class _Part(NamedTuple):
    """A block with its line breaks; `top`: its distance from the top of the page."""

    block: Block
    lettering: Lettering
    lines: list[str]
    top: float


class _Page:
    """The parts of a card in one size: `unit` pixels for a pixel of the design."""

    def __init__(
        self, blocks: Iterable[tuple[Block, Lettering]], theme: Theme, width: int, unit: float
    ) -> None:
        self.theme, self.unit, self.width = theme, unit, width
        self.margin = width * MARGIN
        self.logo = _logo(theme.logo, LOGO_HEIGHT * unit, width - 2 * self.margin)
        self.height = float(self.logo.height) if self.logo else 0.0
        self.parts = [self._set(block, ruler) for block, ruler in blocks]

    def draw(self, image: Image.Image, y: float) -> None:
        if self.logo:
            image.paste(self.logo, (self._x(0, self.logo.width), round(y)), self.logo)
        for block, lettering, lines, top in self.parts:
            if not block.text:
                self._draw_bar(image, y + top)
            for number, line in enumerate(lines):
                baseline = y + top + (number * LEADING + ASCENT) * lettering.size
                self._draw_line(image, block, lettering, line, baseline)
            if block.bullet:
                self._draw_dot(image, lettering.size, y + top + ASCENT * lettering.size)

    def _set(self, block: Block, ruler: Lettering) -> _Part:
        """Set `block` below the blocks before, and add its height to the page's."""
        lettering = Lettering(self.theme.fonts, block.size * self.unit, block.weight)
        room = self.width - 2 * self.margin - self._indent(block)
        lines = wrap(block.text, room / self.unit, ruler.width, self.theme.fonts.language)
        top = self.height + block.above * self.unit if self.height else 0.0
        inner = lettering.size * LEADING * len(lines) if lines else BAR[1] * self.unit
        self.height = top + inner
        return _Part(block, lettering, lines, top)

    def _indent(self, block: Block) -> float:
        return block.size * self.unit * 0.9 if block.bullet else 0

    def _x(self, indent: float, width: float) -> int:
        """Return the left edge of an object of that width: at the left or right margin."""
        rtl = Lettering(self.theme.fonts, 1).rtl
        return round(self.width - self.margin - indent - width if rtl else self.margin + indent)

    def _draw_bar(self, image: Image.Image, top: float) -> None:
        width, height = (round(side * self.unit) for side in BAR)
        x, y = self._x(0, width), round(top)
        image.paste(self.theme.accent, (x, y, x + width, y + max(1, height)))

    def _draw_line(
        self, image: Image.Image, block: Block, lettering: Lettering, line: str, baseline: float
    ) -> None:
        width, em = lettering.width(line), round(lettering.size)
        mask = Image.new("L", (round(width) + 2 * em, 2 * em))
        lettering.draw(ImageDraw.Draw(mask), line, em, 1.3 * em, 255)
        place = (self._x(self._indent(block), width) - em, round(baseline - 1.3 * em))
        image.paste(block.colour, place, mask)

    def _draw_dot(self, image: Image.Image, size: float, baseline: float) -> None:
        side = max(2, round(size * 0.3))
        dot = Image.new("L", (side * 4, side * 4))
        ImageDraw.Draw(dot).ellipse((0, 0, side * 4 - 1, side * 4 - 1), fill=255)
        dot = dot.resize((side, side), Image.Resampling.BOX)
        place = (self._x(0, side), round(baseline - size * 0.36 - side / 2))
        image.paste(self.theme.accent, (*place, place[0] + side, place[1] + side), dot)


def _blocks(card: Card, manifest: Manifest, theme: Theme) -> Iterator[Block]:
    words = words_for(theme.fonts.language)
    if card.kind == "intro":
        yield Block(manifest.title, 92, 700, theme.text, above=64)
        yield Block("", 0, 0, theme.accent, above=38)
        yield Block(words.objectives, 36, 600, theme.soft, above=48)
        for point in manifest.objectives:
            yield Block(point, 48, 400, theme.text, above=14, bullet=True)
    else:
        yield Block(words.summary, 40, 600, theme.soft, above=64)
        yield Block("", 0, 0, theme.accent, above=24)
        yield Block(manifest.summary, 68, 600, theme.text, above=44)
        paler = readable(mixed(theme.text, theme.background, 0.35), theme.background)
        yield Block(manifest.title, 36, 400, paler, above=56)


def _logo(logo: Image.Image | None, height: float, room: float) -> Image.Image | None:
    if logo is None:
        return None
    scale = min(height / logo.height, room / logo.width)
    size = (max(1, round(logo.width * scale)), max(1, round(logo.height * scale)))
    return logo.resize(size, Image.Resampling.LANCZOS)
