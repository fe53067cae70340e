"""Which frame WebDriver stands in, by the tutorial's commands."""

from __future__ import annotations

import pytest
from selenium.webdriver.remote.command import Command

from forge.workers.recording.frame_path import FramePath


@pytest.fixture
def path() -> FramePath:
    """The path to frame 1 of frame 0."""
    made = FramePath()
    made.follow(Command.SWITCH_TO_FRAME, {"id": 0})
    made.follow(Command.SWITCH_TO_FRAME, {"id": 1})
    return made


def test_switches_lead_into_frames(path: FramePath) -> None:
    assert path.frames == [0, 1]


def test_the_parent_frame_is_one_back(path: FramePath) -> None:
    for left in ([0], [], []):
        path.follow(Command.SWITCH_TO_PARENT_FRAME, {})
        assert path.frames == left


@pytest.mark.parametrize(
    ("command", "params"),
    [(Command.SWITCH_TO_FRAME, {"id": None}), (Command.GET, {}), (Command.SWITCH_TO_WINDOW, {})],
)
def test_some_commands_lead_to_the_top(path: FramePath, command: str, params: object) -> None:
    path.follow(command, params)  # type: ignore[arg-type]
    assert path.frames == []


def test_other_commands_leave_the_frame_as_it_is(path: FramePath) -> None:
    path.follow(Command.CLICK_ELEMENT, {"id": "one"})
    assert path.frames == [0, 1]
