"""Where lists, pickers and dialogs are, and where the cursor points in them."""

from __future__ import annotations

import pytest

from forge.model.take import Box
from forge.model.widgets import Calendar, Column, Dialog, OpenList, Palette, Row
from forge.workers.composing.storyboard.panel_layout import (
    EDGE,
    Side,
    calendar_layout,
    dialog_layout,
    is_rtl_text,
    list_layout,
    palette_layout,
    pick_point,
    scrolled,
)

VIEW = Side(1280, 720)
FIELD: Box = (100, 100, 200, 40)


def a_list(length: int, before: int | None = 0, chosen: int | None = 1) -> OpenList:
    rows = tuple(Row(label=f"option {number}") for number in range(length))
    return OpenList(rows=rows, before=before, chosen=chosen)


def test_a_list_opens_below_its_field() -> None:
    layout = list_layout(a_list(4), FIELD, VIEW)
    x, y, width, _ = layout.box
    assert (x, width, layout.rows) == (100, 200, 4)
    assert 140 <= y <= 150


def test_a_list_near_the_lower_edge_opens_upward() -> None:
    layout = list_layout(a_list(8), (100, 660, 200, 40), VIEW)
    assert layout.box[1] + layout.box[3] <= 660
    assert layout.rows == 8


@pytest.mark.parametrize("top", [0, 200, 340, 500, 680])
def test_a_list_lies_within_the_viewport(top: int) -> None:
    layout = list_layout(a_list(50), (100, top, 200, 40), VIEW)
    assert layout.box[1] >= EDGE
    assert layout.box[1] + layout.box[3] <= VIEW.height - EDGE
    assert 3 <= layout.rows <= 10


@pytest.mark.parametrize(("before", "chosen"), [(0, 49), (49, 0), (25, 26), (None, 7), (3, None)])
def test_a_list_scrolls_to_its_choice(before: int | None, chosen: int | None) -> None:
    of = a_list(50, before, chosen)
    layout = list_layout(of, FIELD, VIEW)
    opens, ends = scrolled(of, layout)
    for top, row in ((opens, before or 0), (ends, opens if chosen is None else chosen)):
        assert 0 <= top <= 50 - layout.rows
        assert top <= row < top + layout.rows


def test_a_list_that_shows_its_choice_does_not_scroll() -> None:
    of = a_list(50, 25, 26)
    assert len(set(scrolled(of, list_layout(of, FIELD, VIEW)))) == 1


def test_the_cursor_points_at_the_row() -> None:
    of = a_list(50, 0, 30)
    layout = list_layout(of, FIELD, VIEW)
    x, y = pick_point(of, FIELD, VIEW) or (0, 0)
    row = (y - layout.box[1] - 6) / layout.row_px + scrolled(of, layout)[1]
    assert int(row) == 30
    assert 200 < x < 300, "near the row's end, beside its text"
    assert (pick_point(of.model_copy(update={"rtl": True}), FIELD, VIEW) or (0, 0))[0] < 200


def test_the_days_of_a_calendar_run_with_the_text() -> None:
    of = Calendar(cells=("1", "2", "3", "4", "5", "6", "7", "8"), chosen=7)
    layout = calendar_layout(of, FIELD, VIEW)
    first, second, eighth = (layout.cell(number, of) for number in (0, 1, 7))
    assert first[0] < second[0]
    assert first[0] == eighth[0]
    mirrored = of.model_copy(update={"rtl": True})
    layout = calendar_layout(mirrored, FIELD, VIEW)
    assert layout.cell(0, mirrored)[0] > layout.cell(1, mirrored)[0]


@pytest.mark.parametrize("field", [(1200, 20, 70, 30), (0, 690, 100, 30), (600, 300, 80, 30)])
def test_a_picker_lies_within_the_viewport_and_holds_its_choice(field: Box) -> None:
    times = (Column(labels=("09", "10", "11", "12", "13"), chosen=2),)
    for of in (
        Calendar(title="June", heads=("M",) * 7, cells=("1",) * 30, chosen=29, columns=times),
        Calendar(columns=times),
        Palette(before="#000000", after="#336699"),
    ):
        layout = (
            palette_layout(field, VIEW)
            if isinstance(of, Palette)
            else calendar_layout(of, field, VIEW)
        )
        x, y, width, height = layout.box
        assert EDGE <= x <= x + width <= VIEW.width - EDGE
        assert EDGE <= y <= y + height <= VIEW.height - EDGE
        point = pick_point(of, field, VIEW)
        assert point is not None
        assert x < point[0] < x + width
        assert y < point[1] < y + height


def test_a_colour_lies_in_its_square_by_saturation_and_brightness() -> None:
    square = palette_layout(FIELD, VIEW).square
    corners = {"#ffffff": (0, 0), "#ff0000": (1, 0), "#000000": (0, 1), "#804040": (0.5, 0.5)}
    for colour, (right, down) in corners.items():
        x, y = pick_point(Palette(before="#000000", after=colour), FIELD, VIEW) or (0, 0)
        assert (x - square[0]) / square[2] == pytest.approx(right, abs=0.01)
        assert (y - square[1]) / square[3] == pytest.approx(down, abs=0.01)


def test_an_alert_has_one_button() -> None:
    assert len(dialog_layout(Dialog(kind="alert", message="Done"), VIEW).buttons) == 1


@pytest.mark.parametrize(("message", "ok_is_right"), [("Sure?", True), ("בטוח?", False)])
def test_the_buttons_are_at_the_end_of_the_line(message: str, ok_is_right: bool) -> None:
    layout = dialog_layout(Dialog(kind="confirm", message=message), VIEW)
    ok, cancel = layout.buttons
    assert (ok[0] > cancel[0]) is ok_is_right
    for x, _, width, _ in layout.buttons:
        assert layout.left < x < x + width < layout.left + layout.width


@pytest.mark.parametrize(
    ("text", "rtl"), [("Sure?", False), ("123 …", False), ("“שלום”", True), ("مرحبا OK", True)]
)
def test_the_first_letter_gives_the_direction(text: str, rtl: bool) -> None:
    assert is_rtl_text(text) is rtl
