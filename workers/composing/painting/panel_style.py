"""The style of panels: colours, corners and shadow, and text in the theme's fonts."""

from __future__ import annotations

from functools import lru_cache

from forge.model.take import Box
from forge.workers.composing.painting.colours import Rgb, contrast, mixed, readable
from forge.workers.composing.painting.sheet import Sheet
from forge.workers.composing.painting.theme import Theme
from forge.workers.composing.text.lettering import Lettering

# All in CSS pixels.
CORNER, LINE = 8.0, 1.0
SHADOW, SHADOW_ALPHA, SHADOW_FALL = 22.0, 0.3, 5.0
TEXT, BOLD = 450, 600  # weights
FAINT = 0.55  # the share of the background in the colour of what cannot be chosen


class PanelStyle:
    """How panels are drawn in one video, `scale` pixels to a CSS pixel."""

    def __init__(self, theme: Theme, scale: float) -> None:
        self.theme, self.scale = theme, scale
        self.faint = mixed(theme.text, theme.background, FAINT)
        #: The colour of text on the accent: the one of two that is easier to read.
        ink = max((theme.text, theme.background), key=lambda ink: contrast(ink, theme.accent))
        self.on_accent: Rgb = readable(ink, theme.accent)
        self.lettering = lru_cache(maxsize=16)(self._lettering)

    def blank(self, box: Box, corner: float = CORNER) -> Sheet:
        """Return an empty panel with its shadow."""
        x, y, width, height = box
        around = (x - SHADOW, y - SHADOW, width + 2 * SHADOW, height + 2 * SHADOW + SHADOW_FALL)
        sheet, theme = Sheet(around, self.scale), self.theme
        sheet.shadow((x, y + SHADOW_FALL, width, height), corner, SHADOW, SHADOW_ALPHA)
        sheet.box(box, corner, mixed(theme.background, theme.text, 0.25))
        inner = (x + LINE, y + LINE, width - 2 * LINE, height - 2 * LINE)
        sheet.box(inner, corner - LINE, theme.background)
        return sheet

    def _lettering(self, size: float, weight: int = TEXT) -> Lettering:
        """Return lettering of `size` CSS pixels an em; it measures in pixels."""
        return Lettering(self.theme.fonts, size * self.scale, weight)
