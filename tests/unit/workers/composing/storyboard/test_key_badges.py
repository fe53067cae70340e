"""When the badges of keys show."""

from __future__ import annotations

import pytest

from forge.model.settings import Style
from forge.model.take import Interaction
from forge.model.widgets import KeyPress
from forge.workers.composing.storyboard.frame_state import PANEL_STEPS, Badge, grid_index
from forge.workers.composing.storyboard.storyboard import Storyboard
from tests.support.boards import FPS, board


def pressed(*keys: tuple[int, str], style: Style | None = None) -> Storyboard:
    """Return the storyboard of a video in which each key is pressed at its time (ms)."""
    presses = tuple(KeyPress(at_ms=at_ms, label=label) for at_ms, label in keys)
    return board(Interaction(kind="key", at_ms=keys[0][0], keys=presses), style=style)


def badges(made: Storyboard, ms: float) -> list[tuple[str, int]]:
    return [(badge.label, badge.times) for badge in made.state(grid_index(ms, FPS)).badges]


def test_a_badge_shows_for_a_readable_time() -> None:
    made = pressed((2000, "Enter"))
    assert badges(made, 1966) == []
    assert made.state(grid_index(2000, FPS)).badges == (Badge("Enter"),)
    assert badges(made, 3450) == [("Enter", 1)]
    assert made.state(grid_index(3450, FPS)).badges[0].shown < PANEL_STEPS
    assert badges(made, 3533) == []


def test_a_repeated_key_is_counted() -> None:
    made = pressed((2000, "Tab"), (2200, "Tab"), (2400, "Tab"))
    assert [badges(made, ms) for ms in (2100, 2300, 3800)] == [
        [("Tab", 1)],
        [("Tab", 2)],
        [("Tab", 3)],
    ]


@pytest.mark.parametrize("keys", [((2000, "Tab"), (2100, "Enter"), (2200, "Tab"))])
def test_another_key_begins_a_new_count(keys: tuple[tuple[int, str], ...]) -> None:
    assert badges(pressed(*keys), 2300) == [("Tab", 1), ("Enter", 1), ("Tab", 1)]


def test_the_oldest_badge_gives_way() -> None:
    made = pressed(*((2000 + 100 * number, f"F{number}") for number in range(1, 6)))
    assert badges(made, 2600) == [("F3", 1), ("F4", 1), ("F5", 1)]


def test_without_keys_nothing_shows() -> None:
    made = pressed((2000, "Enter"), style=Style(keys=False))
    assert not any(state.badges for state in made.states())
