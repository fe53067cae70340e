"""The same window drawn twice is alike; late and foreign pictures are not."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from forge.workers.recording.virtual.pixels.framebuffer import NOTHING
from forge.workers.recording.virtual.pixels.likeness import (
    Pixels,
    alike,
    changed_rows,
    difference,
    same,
)

HEIGHT, WIDTH = 360, 640


def page(text: str = "", caret: bool = False, menu: bool = False, glow: float = 0) -> Pixels:
    """Return a white page with a card and a field, changed in one thing."""
    picture = np.full((HEIGHT, WIDTH, 4), 255, np.uint8)
    cv2.rectangle(picture, (40, 40), (600, 300), (244, 244, 244, 255), -1)
    cv2.rectangle(picture, (60, 60), (580, 90), (int(204 + glow),) * 3 + (255,), 2)
    cv2.putText(picture, text, (70, 82), cv2.FONT_HERSHEY_SIMPLEX, 0.5, (0, 0, 0, 255), 1)
    if caret:
        picture[66:86, 300] = 0, 0, 0, 255
    if menu:
        cv2.rectangle(picture, (400, 100), (560, 280), (120, 80, 40, 255), -1)
    return picture


def stray(picture: Pixels, pixels: int = 200, levels: int = 1) -> Pixels:
    """Return a picture with a few pixels changed by some levels, as drawing it anew does."""
    again, chance = picture.copy(), np.random.default_rng(pixels)
    rows, columns = chance.integers(0, HEIGHT, pixels), chance.integers(0, WIDTH, pixels)
    again[rows, columns, 1] ^= levels
    return again


def icon(picture: Pixels) -> Pixels:
    """Return a picture with an icon's edge changed as in a real app: 155 levels in a box."""
    again = picture.copy()
    again[50:52, 50:56, 2] -= 10
    again[50, 50:52, 2] -= 15
    return again


@pytest.mark.parametrize("again", [stray, icon])
@pytest.mark.parametrize("before", [NOTHING, page("abc"), page("ab")])
def test_what_is_drawn_twice_is_alike(again, before) -> None:  # type: ignore[no-untyped-def]
    shown = page("abc")
    assert alike(again(shown), shown, before)
    assert alike(shown, again(shown), before)


LATE = [
    ("a letter", page("Sourdough fo"), page("Sourdough for")),
    ("a dot", page("i"), page("i.")),
    ("the caret", page("a", caret=True), page("a")),
    ("a menu", page("a"), page("a", menu=True)),
    ("a tenth of a fade", page(glow=20), page(glow=25)),
]


@pytest.mark.parametrize(("late", "shown"), [case[1:] for case in LATE], ids=[c[0] for c in LATE])
@pytest.mark.parametrize("again", [np.copy, stray, icon])
def test_the_picture_before_is_not_alike(again, late, shown) -> None:  # type: ignore[no-untyped-def]
    for before in (NOTHING, late, shown):
        assert not alike(again(late), shown, before)


def test_a_picture_two_frames_late_is_not_alike() -> None:
    late, between, shown = page("Sourdoug"), page("Sourdough", menu=True), page("Sourdough")
    assert not alike(late, shown, between)
    assert not alike(page(glow=20), page(glow=25), page(glow=22))


def test_faint_differences_in_many_places_take_a_witness() -> None:
    shown = page("Sourdough")
    again = stray(shown, pixels=6000, levels=1)
    assert not difference(again, shown).is_slight
    assert not alike(again, shown, NOTHING)
    assert not alike(again, shown, again), "it may be late"
    assert not alike(again, shown, page("Sourdough", glow=5))
    assert alike(again, shown, page("Sourdough", menu=True))


def test_other_windows_and_freed_memory_are_not_alike() -> None:
    shown = page("Sourdough")
    other = np.random.default_rng(1).integers(0, 255, shown.shape, np.uint8)
    for read in (other, np.zeros_like(shown), np.full_like(shown, 255), page(menu=True)):
        assert not alike(read, shown, page("Sourdoug"))
        assert difference(read, shown).is_large


def test_what_little_differs_is_not_large() -> None:
    for late, shown in (case[1:] for case in LATE if case[0] != "a menu"):
        assert not difference(late, shown).is_large


def test_a_difference_is_measured_where_it_is() -> None:
    one = page()
    other = one.copy()
    other[HEIGHT - 1, WIDTH - 1, 0] -= 100
    other[HEIGHT - 2, WIDTH - 1, :2] ^= 3
    other[0, 0, 1] -= 7
    assert difference(one, other) == (3, 1, HEIGHT * WIDTH, 103, 110)
    assert difference(one, one.copy()) == (0, 0, HEIGHT * WIDTH, 0, 0)


def test_pictures_of_two_sizes_are_not_the_same() -> None:
    assert not same(page(), page()[:200])
    assert not same(page(), np.empty((0, 0, 4), np.uint8))


def test_changed_rows_are_found() -> None:
    before = page()
    assert changed_rows(before, before.copy(), 16) == []
    after = before.copy()
    after[15, 3, 0] ^= 1
    after[352, 639, 2] ^= 1
    assert changed_rows(after, before, 16) == [0, 22]
    assert changed_rows(after, before, 50) == [0, 7], "the last row is lower"
    assert changed_rows(after[:100], before, 16) == list(range(7)), "sizes differ: all rows"
