"""Where the parts of a panel are: rows of a list, cells of a calendar, buttons of a dialog.

A panel stands for something that the browser draws itself. All lengths are CSS pixels of the page's
viewport. Storyboard and artists share these places, so that the cursor points at what is drawn.
"""

from __future__ import annotations

import unicodedata
from colorsys import rgb_to_hsv
from typing import NamedTuple

from forge.model.take import Box, Point
from forge.model.widgets import Calendar, Dialog, OpenList, Palette, Picker
from forge.workers.composing.text.wrapping import columns

GAP = 4.0  # between a field and its list
EDGE = 8.0  # between a panel and the edge of the viewport
PADDING = 6.0  # above the first row of a list, and below the last
MOST_ROWS, LEAST_ROWS = 10, 3
SMALLEST_TEXT = 15.0
ROW_EMS = 1.9  # the height of a row
LEAST_EMS = 5.0  # the width of a list
# Calendars and palettes, in ems of their text.
CALENDAR_PX = 17.0
CELL_EMS, LINE_EMS, TITLE_EMS, HEAD_EMS, MARGIN_EMS = (2.7, 2.1, 2.6, 1.7, 0.9)
COLUMN_EMS, COLUMN_ROWS = 3.2, 5
PALETTE_EMS, SWATCH_EMS = (15.0, 9.0), 2.6
# Dialogs, in ems of their text, which is a share of the viewport's height.
DIALOG_TEXT, LEAST_DIALOG_PX = 0.023, 15.0
DIALOG_EMS, BUTTON_EMS, BUTTON_GAP_EMS, DIALOG_MARGIN_EMS = (27.0, (6.6, 2.3), 0.8, 1.5)
DIALOG_LEADING, FIELD_EMS = 1.45, 2.5
POINTS_EMS = 1.2  # from the end of a row to the cursor that points at it
BUTTONS_AT = 0.36  # of the viewport's height; a long message grows upward from its buttons
OK, CANCEL = 0, 1


class Side(NamedTuple):
    """The size of the viewport."""

    width: float
    height: float


class ListLayout(NamedTuple):
    """The list of a select: `rows` of its rows show at once, each `row_px` high."""

    box: Box
    rows: int
    row_px: float
    text_px: float

    def y(self, row: float, top: float) -> float:
        """Return the middle of a row, when `top` is the first that shows."""
        return self.box[1] + PADDING + (row - top + 0.5) * self.row_px


def list_layout(of: OpenList, field: Box, view: Side) -> ListLayout:
    """Return where the list of a select at `field` shows: below it, or above where more room is.

    It is at least as wide as the field and LEAST_EMS; an artist makes it wider for longer texts.
    """
    text_px = max(SMALLEST_TEXT, of.font_px)
    row_px = text_px * ROW_EMS
    x, y, width, height = field
    below, above = view.height - EDGE - (y + height + GAP), y - GAP - EDGE
    wanted = min(MOST_ROWS, len(of.rows))
    downward = below >= wanted * row_px + 2 * PADDING or below >= above
    room = int((max(below, above) - 2 * PADDING) // row_px)
    rows = max(min(LEAST_ROWS, wanted), min(wanted, room))
    tall = rows * row_px + 2 * PADDING
    top = y + height + GAP if downward else y - GAP - tall
    wide = max(width, LEAST_EMS * text_px)
    left = _within(x + width - wide if of.rtl else x, wide, view.width)
    return ListLayout((left, _within(top, tall, view.height), wide, tall), rows, row_px, text_px)


def scrolled(of: OpenList, layout: ListLayout) -> tuple[float, float]:
    """Return the first row that shows when the list opens, and when the choice is reached."""
    last = float(len(of.rows) - layout.rows)
    opens = min(max(0.0, float((of.before or 0) - layout.rows // 2)), last)
    if of.chosen is None:
        return opens, opens
    least, most = of.chosen - layout.rows + 2.0, of.chosen - 1.0
    return opens, min(max(0.0, min(max(opens, least), most)), last)


class CalendarLayout(NamedTuple):
    """The picker of a date or time. `cells`: where they begin; `columns`: where the times begin."""

    box: Box
    cells: Point
    columns: Point
    em: float

    def cell(self, number: int, of: Calendar) -> Point:
        """Return the middle of a cell; where text runs from right to left, so do the cells."""
        row, place = divmod(number, of.across)
        place = of.across - 1 - place if of.rtl else place
        x, y = self.cells
        return (x + (place + 0.5) * CELL_EMS * self.em, y + (row + 0.5) * LINE_EMS * self.em)

    def time(self, column: int, row: int, of: Calendar) -> Point:
        """Return the middle of a row in a column of times."""
        x, y = self.columns
        down = row + (COLUMN_ROWS - len(of.columns[column].labels)) / 2 + 0.5
        return (x + (column + 0.5) * COLUMN_EMS * self.em, y + down * LINE_EMS * self.em)


def calendar_layout(of: Calendar, field: Box, view: Side) -> CalendarLayout:
    """Return where the picker of a field shows."""
    em = CALENDAR_PX
    lines = -(-len(of.cells) // of.across)
    days = of.across * CELL_EMS * em if of.cells else 0.0
    head = (TITLE_EMS if of.title else 0) * em + (HEAD_EMS if of.heads else 0) * em
    tall = max(head + lines * LINE_EMS * em, COLUMN_ROWS * LINE_EMS * em if of.columns else 0)
    margin = MARGIN_EMS * em
    between = margin if of.cells and of.columns else 0.0
    width = days + between + len(of.columns) * COLUMN_EMS * em + 2 * margin
    box = _beside(field, (width, tall + 2 * margin), view, rtl=of.rtl)
    left, top = box[0] + margin, box[1] + margin
    middle = top + (tall - COLUMN_ROWS * LINE_EMS * em) / 2
    return CalendarLayout(box, (left, top + head), (left + days + between, middle), em)


class PaletteLayout(NamedTuple):
    """The picker of a colour: `square` has its hue in all shades, `swatch` shows the colour."""

    box: Box
    square: Box
    swatch: Box
    em: float


def palette_layout(field: Box, view: Side) -> PaletteLayout:
    """Return where the picker of a colour field shows."""
    em = CALENDAR_PX
    margin, (across, down) = MARGIN_EMS * em, (side * em for side in PALETTE_EMS)
    size = (across + 2 * margin, down + SWATCH_EMS * em + 2.6 * margin)
    box = _beside(field, size, view, rtl=False)
    square = (box[0] + margin, box[1] + margin, across, down)
    swatch = (square[0], square[1] + down + 0.6 * margin, across, SWATCH_EMS * em)
    return PaletteLayout(box, square, swatch, em)


def shade(colour: str, square: Box) -> Point:
    """Return the place of `#rrggbb` in the square of its hue."""
    red, green, blue = (part / 255 for part in bytes.fromhex(colour.removeprefix("#")[:6]))
    _, saturation, value = rgb_to_hsv(red, green, blue)
    return (square[0] + saturation * square[2], square[1] + (1 - value) * square[3])


class DialogLayout(NamedTuple):
    """A dialog. `buttons`: OK, and Cancel where there is one. It grows upward from `bottom`."""

    left: float
    width: float
    bottom: float
    buttons: tuple[Box, ...]
    em: float


def dialog_layout(of: Dialog, view: Side) -> DialogLayout:
    """Return where a dialog shows, whatever the height of its message."""
    em = max(LEAST_DIALOG_PX, view.height * DIALOG_TEXT)
    width = min(DIALOG_EMS * em, view.width - 2 * EDGE)
    left, margin = (view.width - width) / 2, DIALOG_MARGIN_EMS * em
    wide, tall = (side * em for side in BUTTON_EMS)
    top = view.height * BUTTONS_AT - tall / 2
    mirrored = is_rtl_text(of.message)
    buttons = []
    for number in range(1 if of.kind == "alert" else 2):
        from_end = margin + wide + number * (wide + BUTTON_GAP_EMS * em)
        x = left + from_end - wide if mirrored else left + width - from_end
        buttons.append((x, top, wide, tall))
    return DialogLayout(left, width, top + tall + margin, tuple(buttons), em)


def dialog_box(of: Dialog, view: Side) -> Box:
    """Return about where a dialog shows; how many lines its message has depends on its font."""
    layout = dialog_layout(of, view)
    across = (layout.width / layout.em - 2 * DIALOG_MARGIN_EMS) * 2  # half an em a column
    lines = sum(1 + int(columns(line) / across) for line in of.message.split("\n"))
    tall = 2.6 * DIALOG_MARGIN_EMS + BUTTON_EMS[1] + lines * DIALOG_LEADING
    tall += FIELD_EMS if of.kind == "prompt" else 0
    return (layout.left, layout.bottom - tall * layout.em, layout.width, tall * layout.em)


def is_rtl_text(text: str) -> bool:
    """Return True if the first letter of `text` is of a script that runs from right to left."""
    kinds = (unicodedata.bidirectional(sign) for sign in text)
    return next((kind for kind in kinds if kind in ("L", "R", "AL")), "L") != "L"


def occupied(widget: Picker, field: Box, view: Side) -> Box:
    """Return the box around a field and its list or picker."""
    match widget:
        case OpenList():
            panel = list_layout(widget, field, view).box
        case Calendar():
            panel = calendar_layout(widget, field, view).box
        case Palette():
            panel = palette_layout(field, view).box
    left, top = min(field[0], panel[0]), min(field[1], panel[1])
    right = max(field[0] + field[2], panel[0] + panel[2])
    bottom = max(field[1] + field[3], panel[1] + panel[3])
    return (left, top, right - left, bottom - top)


def pick_point(widget: Picker, field: Box, view: Side) -> Point | None:
    """Return where the cursor points when it makes its choice, beside the text of the choice."""
    match widget:
        case OpenList(chosen=int(chosen)):
            layout = list_layout(widget, field, view)
            x, _, width, _ = layout.box
            beside = POINTS_EMS * layout.text_px
            across = x + beside if widget.rtl else x + width - beside
            return (across, layout.y(chosen, scrolled(widget, layout)[1]))
        case Calendar(chosen=int(chosen)):
            calendar = calendar_layout(widget, field, view)
            return _aside(calendar.cell(chosen + widget.span // 2, widget), calendar.em)
        case Calendar(columns=(first, *_)):
            calendar = calendar_layout(widget, field, view)
            return _aside(calendar.time(0, first.chosen, widget), calendar.em)
        case Palette():
            return shade(widget.after, palette_layout(field, view).square)
    return None


def button_point(button: Box) -> Point:
    """Return where the cursor points when it presses a button, beside its word."""
    x, y, width, height = button
    return (x + width * 0.8, y + height * 0.6)


def _aside(middle: Point, em: float) -> Point:
    return (middle[0] + 0.6 * em, middle[1] + 0.3 * em)


def _beside(field: Box, size: Point, view: Side, *, rtl: bool) -> Box:
    """Return the box of a panel that belongs to `field`: below it, or above where more room is."""
    x, y, width, height = field
    wide, tall = size
    below, above = view.height - EDGE - (y + height + GAP), y - GAP - EDGE
    top = y + height + GAP if below >= tall or below >= above else y - GAP - tall
    left = x + width - wide if rtl else x
    return (_within(left, wide, view.width), _within(top, tall, view.height), wide, tall)


def _within(start: float, length: float, whole: float) -> float:
    return max(EDGE, min(start, whole - EDGE - length))
