"""Badges of keys, in a row that ends near the lower right corner."""

from __future__ import annotations

from functools import lru_cache

from forge.workers.composing.painting.burned_captions import LEADING, PADDING, SAFE_X, SAFE_Y, SIZE
from forge.workers.composing.painting.panel_style import BOLD, PanelStyle
from forge.workers.composing.painting.sprites import Canvas, Sprite, faded, lay, sprite_of
from forge.workers.composing.painting.theme import Theme
from forge.workers.composing.storyboard.frame_state import PANEL_STEPS, Badge, FrameState

TEXT_SIZE = 0.033  # of the picture's height
HEIGHT_EMS, SIDE_EMS, CORNER_EMS, GAP_EMS = 1.9, 0.75, 0.4, 0.5
CAPTION_LINES = 2  # for which room is left below the badges


class KeyBadgeArtist:
    """Draws `FrameState.badges`. `raised`: above the captions that are burned into the picture."""

    def __init__(self, theme: Theme, *, raised: bool) -> None:
        self._style = PanelStyle(theme, 1)
        self._raised = raised
        self._cap = lru_cache(maxsize=8)(self._drawn)

    def draw(self, canvas: Canvas, state: FrameState) -> None:
        height, width = canvas.y.shape
        em = height * TEXT_SIZE
        captions = (CAPTION_LINES * LEADING + 2 * PADDING[1]) * SIZE if self._raised else 0.0
        bottom = height * (1 - SAFE_Y - captions) - (GAP_EMS * em if captions else 0)
        right = width * (1 - SAFE_X)
        for badge in reversed(state.badges):
            text = text_of(badge)
            sprite, corner, wide = self._cap(text, em)
            x, y = round((right - wide) / 2) * 2, round((bottom - HEIGHT_EMS * em) / 2) * 2
            if badge.shown < PANEL_STEPS:
                sprite = faded(sprite, badge.shown, PANEL_STEPS)
            lay(canvas, sprite, x + corner[0], y + corner[1])
            right -= wide + GAP_EMS * em

    def _drawn(self, text: str, em: float) -> tuple[Sprite, tuple[int, int], float]:
        """Return a badge, the place of its picture's corner from its own, and its width; pixels."""
        style, theme = self._style.lettering(em, BOLD), self._style.theme
        wide = max(style.width(text) + 2 * SIDE_EMS * em, HEIGHT_EMS * em)
        box = (0.0, 0.0, wide, HEIGHT_EMS * em)
        sheet = self._style.blank(box, CORNER_EMS * em)
        sheet.text(text, style, box, theme.text, "middle")
        return sprite_of(sheet.picture), (sheet.x, sheet.y), wide


def text_of(badge: Badge) -> str:
    """Return the text of a badge: its key, and how often it was pressed if more than once."""
    return badge.label if badge.times == 1 else f"{badge.label} × {badge.times}"
