"""Frame states: what shows at each grid position, seen through the lens."""

from __future__ import annotations

import pytest

from forge.model.settings import Style
from forge.workers.composing.storyboard.frame_state import (
    FrameState,
    Screen,
    grid_index,
)
from tests.support.boards import FPS, board, click


def test_a_page_without_actions_has_no_cursor() -> None:
    assert set(board().states()) == {FrameState(frame=0)}


def test_style_switches_cursor_ring_and_ripple_off() -> None:
    off = Style(cursor=False, ring=False, ripple=False)
    assert set(board(click(3000, 400, 300), style=off).states()) == {FrameState(frame=0)}


@pytest.mark.parametrize("scale", [1.5, 2])
def test_everything_is_scale_times_as_far(scale: float) -> None:
    screen = Screen(round(1920 * scale), round(1080 * scale), scale, FPS)
    scaled = board(click(3000, 400, 300), screen=screen)
    state = scaled.state(grid_index(3000, FPS))
    assert state.cursor and state.cursor[:2] == (400 * scale, 300 * scale)
    rings = [one.ring for one in scaled.states() if one.ring]
    assert rings[0][:4] == (350 * scale, 280 * scale, 100 * scale, 40 * scale)


ZOOM = Style(zoom=True)


def test_the_cursor_keeps_its_target_through_the_lens() -> None:
    made = board(click(3000, 1700, 900), style=ZOOM)
    state = made.state(grid_index(3000, FPS))
    assert state.cursor and state.view
    assert state.view.x + state.cursor.x * state.view.width / 1920 == pytest.approx(1700)
    assert state.view.y + state.cursor.y * state.view.height / 1080 == pytest.approx(900)
