"""Looks: what shows at each position of the grid, and in what order."""

from __future__ import annotations

from itertools import pairwise

import pytest

from forge.model.settings import Style
from forge.model.take import Interaction
from forge.model.timeline import Manifest
from forge.workers.composing.storyboard.frame_state import (
    PRESS_DEPTH,
    Cursor,
    FrameState,
    Screen,
    View,
    grid_index,
)
from forge.workers.composing.storyboard.storyboard import Storyboard
from tests.support.takes import manifest, said

FPS = 30
SCREEN = Screen(1920, 1080, 1, FPS)


def click(at_ms: int, x: float, y: float, **more: object) -> Interaction:
    """A click at (x, y), for which the hand set out 800 ms before."""
    made = Interaction(
        kind="click",
        at_ms=at_ms,
        box=(x - 50, y - 20, 100, 40),
        point=(x, y),
        from_ms=at_ms - 800,
        there_ms=at_ms - 450,
        until_ms=at_ms + 20,
        shape="hand",
    )
    return made.model_copy(update=more)


def board(
    *hands: Interaction, style: Style | None = None, screen: Screen = SCREEN, total_ms: int = 10_000
) -> Storyboard:
    step = said("Look.", 300, 9000).model_copy(update={"interactions": hands})
    return Storyboard(made_of(step, total_ms), screen, style or Style())


def made_of(step: object, total_ms: int) -> Manifest:
    return manifest(total_ms, [(0, 0)], [step])  # type: ignore[list-item]


def cursors(made: Storyboard) -> list[Cursor]:
    return [state.cursor for state in made.states() if state.cursor]


def test_nothing_is_drawn_where_the_hand_does_nothing() -> None:
    assert set(board().states()) == {FrameState(frame=0)}


def test_what_the_style_leaves_out_is_not_drawn() -> None:
    off = Style(cursor=False, ring=False, ripple=False)
    assert set(board(click(3000, 400, 300), style=off).states()) == {FrameState(frame=0)}


def test_the_cursor_rests_glides_and_is_there_long_before_the_click() -> None:
    made = board(click(3000, 400, 300))
    before, there, late = (made.state(grid_index(ms, FPS)).cursor for ms in (2199, 2551, 9000))
    assert before == Cursor(960, 648, "arrow")
    assert there == late == Cursor(400, 300, "hand")
    way = [cursor.x for cursor in cursors(made)]
    assert way == sorted(way, reverse=True), "it never turns back"
    steps = [one - two for one, two in pairwise(way)]
    assert max(steps) > 3 * steps[grid_index(2200, FPS)], "it starts gently"


def test_the_cursor_takes_the_shape_of_what_it_reaches_and_loses_it_when_it_leaves() -> None:
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


def test_a_ring_goes_around_its_box_and_its_progress_ends_before_one() -> None:
    rings = [state.ring for state in board(click(3000, 400, 300)).states() if state.ring]
    assert {ring[:4] for ring in rings} == {(350, 280, 100, 40)}
    progress = [ring.progress for ring in rings]
    assert progress == sorted(progress)
    assert (progress[0], progress[-1] < 1) == (0, True)


def test_a_double_click_ripples_twice_and_typing_never() -> None:
    twice = board(click(3000, 400, 300, kind="double")).states()
    assert max(len(state.ripples) for state in twice) == 2
    assert not any(state.ripples for state in board(click(3000, 9, 9, kind="type")).states())


def test_a_click_where_the_hand_is_already_has_no_ring() -> None:
    again = click(5000, 400, 300, from_ms=None, there_ms=None)
    rings = [
        at for at, state in enumerate(board(click(3000, 400, 300), again).states()) if state.ring
    ]
    assert max(rings) < grid_index(3000, FPS)


def test_what_is_dragged_is_held_all_the_way() -> None:
    made = board(
        click(2000, 100, 100, kind="press"),
        Interaction(kind="drag", at_ms=2000, until_ms=3000, point=(500, 100), box=(0, 0, 9, 9)),
        Interaction(kind="release", at_ms=3000, point=(500, 100)),
    )
    held = [made.state(grid_index(ms, FPS)).cursor for ms in (2050, 2500, 2950)]
    assert [cursor.press for cursor in held if cursor] == [PRESS_DEPTH] * 3
    assert [cursor.shape for cursor in held if cursor] == ["hand"] * 3
    assert held[1] and held[1].x == 300, "half way at half time"


def test_everything_is_twice_as_far_at_scale_two() -> None:
    twice = board(click(3000, 400, 300), screen=Screen(3840, 2160, 2, FPS))
    state = twice.state(grid_index(3000, FPS))
    assert state.cursor and state.cursor[:2] == (800, 600)
    rings = [one.ring for one in twice.states() if one.ring]
    assert rings[0][:4] == (700, 560, 200, 80)


ZOOM = Style(zoom=True)
WHOLE = View(0, 0, 1920, 1080)


def views(made: Storyboard) -> list[View]:
    return [state.view or WHOLE for state in made.states()]


def test_the_camera_is_there_before_the_ring_and_the_page_is_never_left() -> None:
    for x, y in ((30, 30), (960, 540), (1900, 1060), (960, 5)):
        made = board(click(3000, x, y), style=ZOOM)
        for view in views(made):
            assert 0 <= view.x <= view.x + view.width <= 1920.01
            assert 0 <= view.y <= view.y + view.height <= 1080.01
        close = [views(made)[grid_index(ms, FPS)] for ms in (2550, 3000, 3400)]
        assert {view.width for view in close} == {1422}, "factor 1.35"
        assert views(made)[0] == views(made)[-1] == WHOLE


def test_the_cursor_points_at_the_same_thing_through_the_lens() -> None:
    made = board(click(3000, 1700, 900), style=ZOOM)
    state = made.state(grid_index(3000, FPS))
    assert state.cursor and state.view
    assert state.view.x + state.cursor.x * state.view.width / 1920 == pytest.approx(1700)
    assert state.view.y + state.cursor.y * state.view.height / 1080 == pytest.approx(900)


def test_the_camera_eases_and_never_jumps() -> None:
    made = views(board(click(3000, 1700, 900), style=ZOOM))
    widths = [view.width for view in made]
    jumps = [abs(one - two) for one, two in pairwise(widths)]
    assert 0 < max(jumps) < 80
    first = next(at for at, jump in enumerate(jumps) if jump)
    assert jumps[first] < max(jumps) / 5


@pytest.mark.parametrize(("second", "pans"), [((420, 330), False), ((1700, 900), True)])
def test_what_is_near_in_time_is_panned_to_and_what_shows_already_is_not_moved_to(
    second: tuple[int, int], pans: bool
) -> None:
    made = views(board(click(3000, 400, 300), click(4500, *second), style=ZOOM))
    between = made[grid_index(2600, FPS) : grid_index(4500, FPS)]
    assert {view.width for view in between} == {1422}, "it does not go back in between"
    assert (len(set(between)) > 1) == pans


def test_what_is_far_in_time_is_gone_back_from() -> None:
    made = views(board(click(2000, 400, 300), click(8000, 1700, 900), style=ZOOM))
    assert made[grid_index(5000, FPS)] == WHOLE


def test_a_target_as_large_as_the_page_is_not_zoomed_to() -> None:
    large = click(3000, 960, 540, box=(10, 10, 1900, 1060))
    assert set(views(board(large, style=ZOOM))) == {WHOLE}
