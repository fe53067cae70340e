"""Cursor, rings and ripples at each moment."""

from __future__ import annotations

from itertools import pairwise

import pytest

from forge.model.take import Interaction
from forge.workers.composing.storyboard.frame_state import (
    PRESS_DEPTH,
    RING_GOES,
    RING_HAS_COME,
    Cursor,
    Screen,
    grid_index,
)
from forge.workers.composing.storyboard.storyboard import Storyboard
from tests.support.boards import FPS, board, click


def cursors(made: Storyboard) -> list[Cursor]:
    return [state.cursor for state in made.states() if state.cursor]


def test_the_cursor_arrives_before_the_click() -> None:
    made = board(click(3000, 400, 300))
    before, there, late = (made.state(grid_index(ms, FPS)).cursor for ms in (2199, 2551, 9000))
    assert before == Cursor(960, 648, "arrow")
    assert there == late == Cursor(400, 300, "hand")
    way = [cursor.x for cursor in cursors(made)]
    assert way == sorted(way, reverse=True), "it never turns back"
    steps = [one - two for one, two in pairwise(way)]
    assert max(steps) > 3 * steps[grid_index(2200, FPS)], "it starts gently"


def test_the_cursor_takes_the_shape_of_its_target() -> None:
    made = board(click(3000, 400, 300), click(6000, 900, 300, shape="text"))
    shapes = [made.state(grid_index(ms, FPS)).cursor.shape for ms in (3500, 5300, 6500)]  # type: ignore[union-attr]
    assert shapes == ["hand", "arrow", "text"]


@pytest.mark.parametrize("at_ms", [3000, 3010, 3016, 3017, 3025])
@pytest.mark.parametrize("fps", [24, 25, 30, 60])
def test_ring_then_click_then_ripple_to_the_frame(at_ms: int, fps: int) -> None:
    made = board(click(at_ms, 400, 300), screen=Screen(1920, 1080, 1, fps))
    states, at = made.states(), grid_index(at_ms, fps)
    rings = [i for i, state in enumerate(states) if state.ring]
    ripples = [i for i, state in enumerate(states) if state.ripples]
    assert rings == list(range(grid_index(at_ms - 450, fps), at)), "over before the click"
    assert ripples[0] == at
    assert ripples == list(range(at, ripples[-1] + 1))
    assert states[at].cursor == Cursor(400, 300, "hand", states[at].cursor.press)  # type: ignore[union-attr]
    assert max(state.cursor.press for state in states if state.cursor) >= PRESS_DEPTH - 1


def test_a_ring_surrounds_its_box_with_growing_progress() -> None:
    rings = [state.ring for state in board(click(3000, 400, 300)).states() if state.ring]
    assert {ring[:4] for ring in rings} == {(350, 280, 100, 40)}
    progress = [ring.progress for ring in rings]
    assert progress == sorted(progress)
    assert (progress[0], progress[-1] < 1) == (0, True)


def test_a_ring_that_stands_still_is_one_state() -> None:
    rings = [state.ring for state in board(click(3000, 400, 300)).states() if state.ring]
    still = [ring for ring in rings if RING_HAS_COME <= ring.progress < RING_GOES]
    assert (len(rings), len(still), len(set(still))) == (13, 4, 1)


def test_a_double_click_ripples_twice_and_typing_never() -> None:
    twice = board(click(3000, 400, 300, kind="double")).states()
    assert max(len(state.ripples) for state in twice) == 2
    assert not any(state.ripples for state in board(click(3000, 9, 9, kind="type")).states())


def test_a_second_click_in_place_has_no_ring() -> None:
    again = click(5000, 400, 300, from_ms=None, there_ms=None)
    rings = [
        at for at, state in enumerate(board(click(3000, 400, 300), again).states()) if state.ring
    ]
    assert max(rings) < grid_index(3000, FPS)


def test_the_button_stays_pressed_during_a_drag() -> None:
    made = board(
        click(2000, 100, 100, kind="press"),
        Interaction(kind="drag", at_ms=2000, until_ms=3000, point=(500, 100), box=(0, 0, 9, 9)),
        Interaction(kind="release", at_ms=3000, point=(500, 100)),
    )
    held = [made.state(grid_index(ms, FPS)).cursor for ms in (2050, 2500, 2950)]
    assert [cursor.press for cursor in held if cursor] == [PRESS_DEPTH] * 3
    assert [cursor.shape for cursor in held if cursor] == ["hand"] * 3
    assert held[1] and held[1].x == 300, "half way at half time"
