"""Places in frames: over a fake WebDriver, which answers for the frame that it stands in."""

from __future__ import annotations

from typing import Any

import pytest
from selenium.webdriver.remote.command import Command

from forge.workers.recording.hand.geometry import (
    FRAME_SCRIPT,
    PLACE_SCRIPT,
    PRESS_SCRIPT,
    Covered,
    Way,
    locate,
    press_point,
    way_of,
)

PLACE = {
    "up": {"foreign": False, "levels": 0, "way": [10, 20, 2.0]},
    "box": [5, 6, 30, 40],
    "point": [20, 26],
    "shape": "hand",
    "hidden": True,
    "editable": False,
    "attended": False,
    "widget": "",
    "secret": False,
}


class Frames:
    """WebDriver in the frame at `path`; scripts are answered by `answers`, in order."""

    def __init__(self, path: tuple[str, ...], *answers: Any) -> None:
        self.path, self.answers = list(path), list(answers)
        self.asked: list[tuple[str, tuple[str, ...]]] = []

    def __call__(self, command: str, params: dict[str, Any]) -> Any:
        if command == Command.SWITCH_TO_FRAME:
            self.path = [*self.path, params["id"]] if params["id"] is not None else []
            return None
        assert command == Command.W3C_EXECUTE_SCRIPT
        self.asked.append((params["script"], tuple(self.path)))
        return self.answers.pop(0)


def test_a_place_is_in_the_pages_coordinates() -> None:
    ask = Frames((), PLACE)
    target = locate(ask, "one", ())
    assert (target.box, target.point) == ((20, 32, 60, 80), (50, 72)), "twice as large in its frame"
    assert (target.local, target.way) == ((20, 26), Way(10, 20, 2.0))
    assert (target.shape, target.hidden, target.editable) == ("hand", True, False)
    assert ask.asked == [(PLACE_SCRIPT, ())]


def test_the_way_leads_through_frames_of_other_origins() -> None:
    """A script in `c` sees `b` around it and no further, one in `a` sees only that."""
    inner = {"foreign": True, "levels": 1, "way": [1, 1, 1.0]}
    middle = {"foreign": True, "levels": 1, "way": [11, 21, 1.5]}
    outer = {"foreign": False, "levels": 1, "way": [111, 221, 1.5]}
    ask = Frames(("a", "b", "c"), inner, middle, outer)
    assert way_of(ask, ["a", "b", "c"]) == Way(111, 221, 1.5)
    assert [path for _, path in ask.asked] == [("a", "b", "c"), ("a",), ()]
    assert [script == FRAME_SCRIPT for script, _ in ask.asked] == [False, True, True]
    assert ask.path == ["a", "b", "c"], "WebDriver stands where it stood"


def test_the_frame_is_the_same_after_a_failure() -> None:
    ask = Frames(("a",), {"foreign": True, "levels": 0, "way": [0, 0, 1.0]})
    with pytest.raises(IndexError):  # the fake has no second answer
        way_of(ask, ["a"])
    assert ask.path == ["a"]


@pytest.mark.parametrize(("answer", "point"), [([3, 4], (3, 4)), (False, None)])
def test_an_element_is_pressed_where_it_is_free(answer: Any, point: Any) -> None:
    ask = Frames((), answer)
    assert press_point(ask, "one") == point
    assert ask.asked == [(PRESS_SCRIPT, ())]


def test_a_covered_element_is_not_pressed() -> None:
    with pytest.raises(Covered):
        press_point(Frames((), "covered"), "one")
