"""The cursor: its hot spot, its size, and images in its place."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from forge.model.settings import Style
from forge.workers.composing.painting.cursor import CursorArtist
from forge.workers.composing.storyboard.frame_state import Cursor, FrameState
from tests.support.painting import changes


@pytest.mark.parametrize("at", [(60.0, 50.0), (61.0, 51.0), (60.5, 50.5), (63.5, 52.0)])
def test_the_arrow_points_with_its_tip(at: tuple[float, float]) -> None:
    left, top, *_ = changes(FrameState(0, cursor=Cursor(*at)), CursorArtist(Style(), 1, Path()))
    assert abs(left - at[0]) <= 2
    assert abs(top - at[1]) <= 2


def test_the_text_bar_points_with_its_middle() -> None:
    artist = CursorArtist(Style(), 1, Path())
    left, top, right, bottom = changes(FrameState(0, cursor=Cursor(100, 60, "text")), artist)
    assert abs((left + right) / 2 - 100) <= 1
    assert abs((top + bottom) / 2 - 60) <= 1


def test_the_hand_points_with_its_finger() -> None:
    artist = CursorArtist(Style(), 1, Path())
    assert abs(changes(FrameState(0, cursor=Cursor(100, 60, "hand")), artist)[1] - 60) <= 2


def test_cursor_scale_two_doubles_the_size() -> None:
    state = FrameState(0, cursor=Cursor(60, 20))
    one = changes(state, CursorArtist(Style(), 1, Path()))
    two = changes(state, CursorArtist(Style(cursor_scale=2), 1, Path()))
    assert two[3] - two[1] == pytest.approx(2 * (one[3] - one[1]), abs=2)


@pytest.mark.parametrize("at", [(60, 50), (61, 51), (61, 50)])
def test_a_cursor_image_lies_with_its_hot_spot(tmp_path: Path, at: tuple[int, int]) -> None:
    Image.new("RGBA", (9, 7), (255, 0, 255, 255)).save(tmp_path / "mine.png")
    style = Style(cursor_image=Path("mine.png"), cursor_hotspot=(4, 3))
    box = changes(FrameState(0, cursor=Cursor(*at)), CursorArtist(style, 1, tmp_path))
    wanted = (at[0] - 4, at[1] - 3, at[0] + 5, at[1] + 4)
    assert np.abs(np.subtract(box, wanted)).max() <= 1, "colour planes have half the pixels"
    box = changes(FrameState(0, cursor=Cursor(*at)), CursorArtist(style, 1.5, tmp_path))
    wanted = (at[0] - 7, at[1] - 5, at[0] + 7, at[1] + 5)  # 6.75, 5.25 and 13.5 × 10.5 pixels
    assert np.abs(np.subtract(box, wanted)).max() <= 1
