"""Alerts, confirmations and prompts."""

from __future__ import annotations

from collections.abc import Iterator

from forge.model.take import Box
from forge.model.widgets import Dialog
from forge.workers.composing.painting.colours import mixed
from forge.workers.composing.painting.panel_style import BOLD, CORNER, TEXT, PanelStyle
from forge.workers.composing.painting.sheet import Align, Sheet
from forge.workers.composing.storyboard.frame_state import Panel
from forge.workers.composing.storyboard.panel_layout import (
    BUTTON_EMS,
    DIALOG_LEADING,
    DIALOG_MARGIN_EMS,
    EDGE,
    FIELD_EMS,
    OK,
    DialogLayout,
    Side,
    dialog_layout,
    is_rtl_text,
)
from forge.workers.composing.text.card_labels import words_for
from forge.workers.composing.text.lettering import Lettering
from forge.workers.composing.text.wrapping import wrap

DIALOG_CORNER = 12.0
BUTTON_TEXT = 0.92  # in ems


class DialogPanel:
    """Draws dialogs. `panel` is what shows, `of` the dialog in it."""

    def __init__(self, style: PanelStyle) -> None:
        self._style, self._theme = style, style.theme

    def drawn(self, of: Dialog, panel: Panel, view: Side) -> Sheet:
        """Return a dialog on a sheet of its own. Lines for which there is no room are left out."""
        layout = dialog_layout(of, view)
        em, margin, leading = layout.em, DIALOG_MARGIN_EMS * layout.em, DIALOG_LEADING * layout.em
        x, room = layout.left + margin, layout.width - 2 * margin
        style, field = self._style.lettering(em, TEXT), FIELD_EMS * em * (of.kind == "prompt")
        fixed = BUTTON_EMS[1] * em + 2.6 * margin + field
        most = max(1, int((layout.bottom - EDGE - fixed) / leading))
        lines = list(self._wrapped(of.message, room, style))[:most]
        top = layout.bottom - fixed - len(lines) * leading
        box = (layout.left, top, layout.width, layout.bottom - top)
        sheet = self._style.blank(box, DIALOG_CORNER)
        for number, line in enumerate(lines):
            place = (x, top + margin + number * leading, room, leading)
            sheet.text(line, style, place, self._theme.text, _side(of.message))
        if field:
            below = top + 1.2 * margin + len(lines) * leading
            self._draw_field(sheet, panel.text, (x, below, room, field - 0.4 * em), style)
        self._draw_buttons(sheet, layout, panel.lit)
        return sheet

    def _wrapped(self, message: str, room: float, style: Lettering) -> Iterator[str]:
        for paragraph in message.split("\n"):
            yield from wrap(paragraph, room * self._style.scale, style.width) or [""]

    def _draw_field(self, sheet: Sheet, text: str, box: Box, style: Lettering) -> None:
        theme, (x, y, width, height) = self._theme, box
        sheet.box(box, CORNER, mixed(theme.background, theme.text, 0.1))
        sheet.frame(box, CORNER, theme.accent, 2)
        side = 0.6 * style.size / self._style.scale
        inner = (x + side, y, width - 2 * side, height)
        sheet.text(text, style, inner, theme.text, _side(text))
        end = min(style.width(text) / self._style.scale, inner[2])
        caret = inner[0] + (inner[2] - end - 3 if is_rtl_text(text) else end + 2)
        sheet.box((caret, y + height * 0.22, 1.5, height * 0.56), 0, theme.text)

    def _draw_buttons(self, sheet: Sheet, layout: DialogLayout, lit: int | None) -> None:
        theme, words = self._theme, words_for(self._theme.fonts.language)
        style = self._style.lettering(layout.em * BUTTON_TEXT, BOLD)
        for number, box in enumerate(layout.buttons):
            corner, accepts = box[3] / 2, number == OK
            sheet.box(
                box, corner, theme.accent if accepts else mixed(theme.background, theme.text, 0.12)
            )
            if number == lit:
                sheet.frame(box, corner, theme.text, 2)
            colour = self._style.on_accent if accepts else theme.text
            sheet.text(words.ok if accepts else words.cancel, style, box, colour, "middle")


def _side(text: str) -> Align:
    return "right" if is_rtl_text(text) else "left"
