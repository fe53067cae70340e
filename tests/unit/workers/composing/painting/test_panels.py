"""Drawings of lists, pickers, dialogs and keys: golden pictures, and what they must hold to."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from forge.model.settings import Style
from forge.model.widgets import Calendar, Column, Dialog, OpenList, Palette, Row
from forge.workers.composing.painting.colours import contrast
from forge.workers.composing.painting.compositor import Painter
from forge.workers.composing.painting.key_badges import KeyBadgeArtist
from forge.workers.composing.painting.panel_style import PanelStyle
from forge.workers.composing.painting.panels import PanelArtist
from forge.workers.composing.painting.theme import Theme, theme_of
from forge.workers.composing.storyboard.frame_state import Badge, FrameState, Panel, View
from tests.support.painting import Still, frame, no_card
from tests.support.project import GOLDEN

WIDTH, HEIGHT = 640, 400
GREY = 225


def rows(*labels: str) -> tuple[Row, ...]:
    """Return rows with these labels: "#" before one makes a group, "-" a disabled option."""
    return tuple(
        Row(label=label.lstrip("#-"), group=label[0] == "#", disabled=label[0] == "-")
        for label in labels
    )


FOOD = OpenList(rows=rows("#Fruit", "Apple", "-Pear", "#Roots", "Carrot"), before=1, chosen=4)
LONG = OpenList(rows=rows(*(f"Country {number}" for number in range(30))), before=9, chosen=12)
HEBREW = OpenList(rows=rows("ירושלים", "חיפה", "תל אביב"), before=0, chosen=1, rtl=True)
DAYS = Calendar(
    title="June 2027",
    heads=("Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"),
    cells=("", "", *map(str, range(1, 31))),
    before=4,
    chosen=13,
    columns=(
        Column(labels=("12", "01", "02", "03", "04"), chosen=2),
        Column(labels=("AM", "PM"), chosen=1),
    ),
)
COLOUR = Palette(before="#3366cc", after="#cc3366")
CONFIRM = Dialog(kind="confirm", message="Delete “Summer Reading Night”?\nThis cannot be undone.")
PROMPT = Dialog(kind="prompt", message="What is the new name of the list?")
FIELD = (40.0, 20.0, 150.0, 30.0)

DRAWN = {
    "list": (FrameState(0, panel=Panel(FOOD, FIELD, lit=4)), "en"),
    "long list": (FrameState(0, panel=Panel(LONG, FIELD, lit=12, top=5.0)), "en"),
    "list of hebrew": (FrameState(0, panel=Panel(HEBREW, FIELD, lit=1)), "he"),
    "calendar": (FrameState(0, panel=Panel(DAYS, FIELD, lit=1)), "en"),
    "palette": (FrameState(0, panel=Panel(COLOUR, FIELD, lit=1)), "en"),
    "confirmation": (FrameState(0, panel=Panel(CONFIRM, FIELD, lit=1)), "de"),
    "prompt": (FrameState(0, panel=Panel(PROMPT, FIELD, text="Summer list")), "en"),
    "keys": (FrameState(0, badges=(Badge("Ctrl+S"), Badge("Tab", 3), Badge("⌘K"))), "en"),
}


@cache
def theme(language: str = "en") -> Theme:
    return theme_of(Style(), Path(), language)


def drawn(state: FrameState, language: str = "en", *, scale: int = 1) -> NDArray[np.uint8]:
    still = Still(frame(GREY, WIDTH * scale, HEIGHT * scale))
    artists = [KeyBadgeArtist(theme(language), raised=False)]
    panels = PanelArtist(theme(language), theme(language), scale)
    return Painter(still, artists, no_card, panels).rgb(state)


@pytest.mark.parametrize("name", DRAWN)
def test_drawings_equal_their_golden_pictures(name: str) -> None:
    """FORGE_TEST_UPDATE_GOLDEN=1 writes the golden pictures anew. Look at them then."""
    path, picture = GOLDEN / f"panel-{name.replace(' ', '-')}.png", drawn(*DRAWN[name])
    if os.environ.get("FORGE_TEST_UPDATE_GOLDEN") == "1":
        Image.fromarray(picture).save(path)
    golden = np.asarray(Image.open(path).convert("RGB")).astype(int)
    away = np.abs(golden - picture)
    assert away.mean() <= 0.5


def changed(picture: NDArray[np.uint8]) -> tuple[int, int, int, int]:
    """Return left, top, right, bottom of the area that is drawn on, without faint shadows."""
    away = np.abs(picture.astype(int) - GREY).max(axis=2) > 120
    down, across = np.flatnonzero(away.any(axis=1)), np.flatnonzero(away.any(axis=0))
    return across[0], down[0], across[-1] + 1, down[-1] + 1


def test_a_panel_is_as_large_at_each_scale() -> None:
    state = FrameState(0, panel=Panel(FOOD, FIELD, lit=4))
    one, two = changed(drawn(state)), changed(drawn(state, scale=2))
    assert np.abs(np.array(one) * 2 - np.array(two)).max() <= 4


def test_a_panel_is_zoomed_with_the_page() -> None:
    panel = Panel(FOOD, FIELD, lit=4)
    left, top, right, bottom = changed(drawn(FrameState(0, panel=panel)))
    zoomed = changed(drawn(FrameState(0, panel=panel, view=View(0, 0, 320, 200))))
    wanted = (2 * left, 2 * top, 2 * right, min(HEIGHT, 2 * bottom))
    assert np.abs(np.array(zoomed) - wanted).max() <= 6


def test_a_fading_panel_lets_the_page_through() -> None:
    faint = drawn(FrameState(0, panel=Panel(FOOD, FIELD, shown=1, lit=4)))
    full = drawn(FrameState(0, panel=Panel(FOOD, FIELD, lit=4)))
    assert full.min() < 60 < faint.min()


def test_a_long_message_stays_in_the_picture() -> None:
    message = "A long message. " * 200
    left, top, right, bottom = changed(
        drawn(FrameState(0, panel=Panel(Dialog(kind="alert", message=message), FIELD)))
    )
    assert top >= 0
    assert bottom < HEIGHT
    assert 0 < left < right < WIDTH


def test_badges_stay_above_burned_captions() -> None:
    state = FrameState(0, badges=(Badge("Enter"),))
    still = Still(frame(GREY, WIDTH, HEIGHT))
    places = [
        changed(Painter(still, [KeyBadgeArtist(theme(), raised=raised)], no_card).rgb(state))
        for raised in (False, True)
    ]
    assert places[1][3] <= places[0][3] - 0.12 * HEIGHT
    assert places[1][3] < 0.82 * HEIGHT


@pytest.mark.parametrize(
    ("accent", "light"), [("#2f6feb", True), ("#ffe066", False), ("#6f8fb0", False)]
)
def test_text_on_the_accent_can_be_read(accent: str, light: bool) -> None:
    style = PanelStyle(theme_of(Style(accent=accent), Path(), "en"), 1)
    assert contrast(style.on_accent, style.theme.accent) >= 4.5
    assert (sum(style.on_accent) > 3 * 128) is light
