"""The list of a select."""

from __future__ import annotations

from forge.model.widgets import OpenList, Row
from forge.workers.composing.painting.colours import Rgb, mixed
from forge.workers.composing.painting.panel_style import BOLD, CORNER, TEXT, PanelStyle
from forge.workers.composing.painting.sheet import Sheet
from forge.workers.composing.storyboard.frame_state import Panel
from forge.workers.composing.storyboard.panel_layout import (
    EDGE,
    PADDING,
    ListLayout,
    Side,
    list_layout,
)

SIDE_EMS, INDENT_EMS, BAR_EMS = 0.75, 0.9, 0.2  # beside a row's text; of a group; a scroll bar
HEADING = 0.86  # the size of a group's heading, relative to that of its options
BEFORE = 0.82  # the share of the background in the colour of the row that was chosen before


class ListPanel:
    """Draws lists. `panel` is what shows, `of` the list in it."""

    def __init__(self, style: PanelStyle) -> None:
        self._style, self._theme = style, style.theme

    def drawn(self, of: OpenList, panel: Panel, view: Side) -> Sheet:
        """Return a list on a sheet of its own, at its place in the viewport."""
        layout = list_layout(of, panel.box, view)
        x, y, own, height = layout.box
        width = min(max(own, self._width(of, layout.text_px)), view.width - 2 * EDGE)
        left = max(EDGE, min(x + own - width if of.rtl else x, view.width - EDGE - width))
        layout = layout._replace(box=(left, y, width, height))
        sheet, first = self._style.blank(layout.box), int(panel.top)
        for number in range(first, min(len(of.rows), first + layout.rows + 1)):
            self._draw_row(sheet, of, number, layout, panel)
        self._draw_bar(sheet, of, layout, panel.top)
        return sheet

    def _draw_row(
        self, sheet: Sheet, of: OpenList, number: int, layout: ListLayout, panel: Panel
    ) -> None:
        row, (x, y, width, height) = of.rows[number], layout.box
        top = layout.y(number, panel.top) - layout.row_px / 2
        above, below = max(top, y + PADDING), min(top + layout.row_px, y + height - PADDING)
        if below - above < layout.row_px / 2:  # less than half of it shows while the list scrolls
            return
        lit, theme, em = number == panel.lit, self._theme, layout.text_px
        inner = (x + 4, above, width - 8, below - above)
        if lit:
            sheet.box(inner, CORNER - 3, theme.accent)
        elif number == of.before:
            sheet.box(inner, CORNER - 3, mixed(theme.text, theme.background, BEFORE))
        indent = em * INDENT_EMS if _grouped(of) and not row.group else 0.0
        start = x + SIDE_EMS * em + (0 if of.rtl else indent)
        box = (start, above, width - 2 * SIDE_EMS * em - indent, below - above)
        size, weight = (em * HEADING, BOLD) if row.group else (em, TEXT)
        text = self._style.lettering(size, weight)
        sheet.text(row.label, text, box, self._ink(row, lit), "right" if of.rtl else "left")

    def _ink(self, row: Row, lit: bool) -> Rgb:
        if row.group:
            return self._theme.soft
        if row.disabled:
            return self._style.faint
        return self._style.on_accent if lit else self._theme.text

    def _draw_bar(self, sheet: Sheet, of: OpenList, layout: ListLayout, top: float) -> None:
        if len(of.rows) <= layout.rows:
            return
        (x, y, width, height), thick = layout.box, BAR_EMS * layout.text_px
        track = height - 2 * PADDING
        long, start = track * layout.rows / len(of.rows), track * top / len(of.rows)
        left = x + 2 if of.rtl else x + width - thick - 2
        sheet.box((left, y + PADDING + start, thick, long), thick / 2, self._style.faint)

    def _width(self, of: OpenList, em: float) -> float:
        """Return the width that the longest label needs, in CSS pixels."""
        style = self._style.lettering(em, TEXT)
        widest = max((style.width(row.label) for row in of.rows), default=0.0)
        grouped = INDENT_EMS if _grouped(of) else 0.0
        return widest / self._style.scale + (2 * SIDE_EMS + grouped + BAR_EMS) * em


def _grouped(of: OpenList) -> bool:
    return any(row.group for row in of.rows)
