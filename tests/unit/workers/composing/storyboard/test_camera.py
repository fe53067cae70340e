"""The camera: when it arrives, how it moves, and when it stays."""

from __future__ import annotations

from itertools import pairwise

import pytest

from forge.model.settings import Style
from forge.workers.composing.storyboard.frame_state import (
    View,
    grid_index,
)
from forge.workers.composing.storyboard.storyboard import Storyboard
from tests.support.boards import FPS, board, click

ZOOM = Style(zoom=True)


WHOLE = View(0, 0, 1920, 1080)


def views(made: Storyboard) -> list[View]:
    return [state.view or WHOLE for state in made.states()]


def test_the_camera_arrives_before_the_ring_within_the_page() -> None:
    for x, y in ((30, 30), (960, 540), (1900, 1060), (960, 5)):
        made = board(click(3000, x, y), style=ZOOM)
        for view in views(made):
            assert 0 <= view.x <= view.x + view.width <= 1920.01
            assert 0 <= view.y <= view.y + view.height <= 1080.01
        close = [views(made)[grid_index(ms, FPS)] for ms in (2550, 3000, 3400)]
        assert {view.width for view in close} == {1422}, "factor 1.35"
        assert views(made)[0] == views(made)[-1] == WHOLE


def test_the_camera_eases_and_never_jumps() -> None:
    made = views(board(click(3000, 1700, 900), style=ZOOM))
    widths = [view.width for view in made]
    jumps = [abs(one - two) for one, two in pairwise(widths)]
    assert 0 < max(jumps) < 80
    first = next(at for at, jump in enumerate(jumps) if jump)
    assert jumps[first] < max(jumps) / 5


@pytest.mark.parametrize(("second", "pans"), [((420, 330), False), ((1700, 900), True)])
def test_near_targets_are_panned_to_unless_visible(second: tuple[int, int], pans: bool) -> None:
    made = views(board(click(3000, 400, 300), click(4500, *second), style=ZOOM))
    between = made[grid_index(2600, FPS) : grid_index(4500, FPS)]
    assert {view.width for view in between} == {1422}, "it does not go back in between"
    assert (len(set(between)) > 1) == pans


def test_the_camera_zooms_out_between_distant_targets() -> None:
    made = views(board(click(2000, 400, 300), click(8000, 1700, 900), style=ZOOM))
    assert made[grid_index(5000, FPS)] == WHOLE


def test_a_target_as_large_as_the_page_is_not_enlarged() -> None:
    large = click(3000, 960, 540, box=(10, 10, 1900, 1060))
    assert set(views(board(large, style=ZOOM))) == {WHOLE}
