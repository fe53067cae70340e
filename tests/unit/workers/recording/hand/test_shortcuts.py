"""The keys that badges show, and those that only write."""

from __future__ import annotations

import pytest
from selenium.webdriver.common.keys import Keys

from forge.workers.recording.hand.shortcuts import HeldKeys, labels_of


@pytest.mark.parametrize(
    ("text", "labels"),
    [
        ("Hello, World", []),
        (f"word{Keys.ENTER}", ["Enter"]),
        (Keys.RETURN, ["Enter"]),
        (Keys.TAB * 3, ["Tab", "Tab", "Tab"]),
        (f"{Keys.CONTROL}s", ["Ctrl+S"]),
        (f"{Keys.COMMAND}k", ["⌘K"]),
        (f"{Keys.COMMAND}{Keys.SHIFT}p", ["⌘Shift+P"]),
        (f"{Keys.SHIFT}abc", []),
        (f"{Keys.SHIFT}{Keys.TAB}", ["Shift+Tab"]),
        (f"{Keys.SHIFT}{Keys.CONTROL}é", ["Ctrl+Shift+É"]),
        (f"{Keys.CONTROL}a{Keys.NULL}new", ["Ctrl+A"]),
        (f"{Keys.ARROW_DOWN}{Keys.F12}{Keys.DELETE}{Keys.ESCAPE}", ["↓", "F12", "Delete", "Esc"]),
    ],
)
def test_a_badge_is_for_keys_that_do_not_write(text: str, labels: list[str]) -> None:
    assert list(labels_of(text)) == labels


def test_a_modifier_counts_until_it_is_released() -> None:
    keys = HeldKeys()
    down = [{"type": "keyDown", "value": Keys.CONTROL}, {"type": "keyDown", "value": "c"}]
    assert keys.pressed(down) == ["Ctrl+C"]
    assert keys.pressed([{"type": "keyDown", "value": "v"}]) == ["Ctrl+V"]
    up = {"type": "keyUp", "value": Keys.CONTROL}
    assert keys.pressed([up, {"type": "keyDown", "value": "v"}]) == []
