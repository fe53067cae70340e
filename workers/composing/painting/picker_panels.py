"""The pickers of dates, times and colours."""

from __future__ import annotations

from colorsys import hsv_to_rgb, rgb_to_hsv

import numpy as np
from numpy.typing import NDArray

from forge.model.take import Box, Point
from forge.model.widgets import Calendar, Palette
from forge.workers.composing.painting.colours import Rgb
from forge.workers.composing.painting.panel_style import BOLD, CORNER, LINE, TEXT, PanelStyle
from forge.workers.composing.painting.sheet import Sheet
from forge.workers.composing.storyboard.frame_state import Panel
from forge.workers.composing.storyboard.panel_layout import (
    CELL_EMS,
    COLUMN_EMS,
    HEAD_EMS,
    LINE_EMS,
    TITLE_EMS,
    CalendarLayout,
    Side,
    calendar_layout,
    palette_layout,
)

CELL_TEXT, HEAD_TEXT = 0.9, 0.76  # in ems
SHADES = 64  # of a palette's square, in each direction


class PickerPanels:
    """Draws pickers. `panel` is what shows, `of` the picker in it."""

    def __init__(self, style: PanelStyle) -> None:
        self._style, self._theme = style, style.theme

    def calendar(self, of: Calendar, panel: Panel, view: Side) -> Sheet:
        """Return the picker of a date or time on a sheet of its own."""
        layout = calendar_layout(of, panel.box, view)
        sheet, reached = self._style.blank(layout.box), bool(panel.lit)
        self._draw_heads(sheet, of, layout)
        size = (CELL_EMS * layout.em, LINE_EMS * layout.em)
        for number, word in enumerate(of.cells):
            box = _around(layout.cell(number, of), size)
            if number == of.before:
                sheet.frame(_smaller(box, 2), CORNER - 2, self._theme.soft, 1.5)
            self._draw_value(sheet, word, box, lit=reached and number in _chosen(of))
        size = (COLUMN_EMS * layout.em, LINE_EMS * layout.em)
        for column, times in enumerate(of.columns):
            for row, word in enumerate(times.labels):
                box = _around(layout.time(column, row, of), size)
                lit = row == times.chosen and (reached or not of.cells)
                self._draw_value(sheet, word, box, lit=lit)
        return sheet

    def palette(self, of: Palette, panel: Panel, view: Side) -> Sheet:
        """Return the picker of a colour on a sheet of its own."""
        layout = palette_layout(panel.box, view)
        sheet, colour = self._style.blank(layout.box), of.after if panel.lit else of.before
        sheet.fill(layout.square, shades(_rgb(of.after)))
        x, y, width, height = layout.swatch
        sheet.box((x, y, height, height), CORNER, _rgb(colour))
        sheet.frame((x, y, height, height), CORNER, self._theme.text, LINE)
        box = (x + height * 1.3, y, width - height * 1.3, height)
        sheet.text(colour, self._style.lettering(layout.em, BOLD), box, self._theme.text, "left")
        return sheet

    def _draw_heads(self, sheet: Sheet, of: Calendar, layout: CalendarLayout) -> None:
        x, y = layout.cells
        em, across = layout.em, of.across * CELL_EMS * layout.em
        top = y - (HEAD_EMS * em if of.heads else 0)
        if of.title:
            box = (x, top - TITLE_EMS * em, across, (TITLE_EMS - 0.4) * em)
            sheet.text(of.title, self._style.lettering(em, BOLD), box, self._theme.text, "middle")
        for number, word in enumerate(of.heads):
            box = (
                layout.cell(number, of)[0] - CELL_EMS * em / 2,
                top,
                CELL_EMS * em,
                HEAD_EMS * em,
            )
            style = self._style.lettering(em * HEAD_TEXT, TEXT)
            sheet.text(word, style, box, self._theme.soft, "middle")

    def _draw_value(self, sheet: Sheet, word: str, box: Box, *, lit: bool) -> None:
        if lit:
            sheet.box(_smaller(box, 2), CORNER - 2, self._theme.accent)
        style = self._style.lettering(box[3] / LINE_EMS * CELL_TEXT, TEXT)
        colour = self._style.on_accent if lit else self._theme.text
        sheet.text(word, style, box, colour, "middle")


def shades(colour: Rgb) -> NDArray[np.float32]:
    """Return all shades of a colour's hue: saturation to the right, brightness upward."""
    hue, _, _ = rgb_to_hsv(*(part / 255 for part in colour))
    pure = np.array(hsv_to_rgb(hue, 1, 1), dtype=np.float32)
    saturation = np.linspace(0, 1, SHADES, dtype=np.float32)[np.newaxis, :, np.newaxis]
    value = np.linspace(1, 0, SHADES, dtype=np.float32)[:, np.newaxis, np.newaxis]
    return np.asarray(value * (1 - saturation + saturation * pure), dtype=np.float32)


def _chosen(of: Calendar) -> range:
    return range(0) if of.chosen is None else range(of.chosen, of.chosen + of.span)


def _around(middle: Point, size: Point) -> Box:
    return (middle[0] - size[0] / 2, middle[1] - size[1] / 2, *size)


def _smaller(box: Box, by: float) -> Box:
    x, y, width, height = box
    return (x + by, y + by, width - 2 * by, height - 2 * by)


def _rgb(colour: str) -> Rgb:
    red, green, blue = bytes.fromhex(colour.removeprefix("#")[:6])
    return red, green, blue
