"""Directions of text: languages, embedding levels, visual order."""

from __future__ import annotations

import pytest

from forge.text import installed_type
from forge.workers.composing.text import bidi
from forge.workers.composing.text.bidi import in_visual_order, levels


def test_without_fribidi_all_runs_left_to_right(monkeypatch: pytest.MonkeyPatch) -> None:
    bidi._library.cache_clear()
    monkeypatch.setattr(installed_type, "FRIBIDI", "libnowhere.so.0")
    monkeypatch.setattr(bidi, "can_shape", lambda: bidi._library() is not None)
    assert levels("אבג abc", rtl=True) == [0] * 7
    bidi._library.cache_clear()


@pytest.mark.parametrize(
    ("runs", "order"),
    [
        ([], []),
        ([(0, 0), (0, 1)], [0, 1]),
        ([(0, 0), (1, 1), (1, 2), (0, 3)], [0, 2, 1, 3]),
        ([(1, 0), (2, 1), (2, 2), (1, 3)], [3, 1, 2, 0]),
    ],
)
def test_runs_are_reversed_by_level(runs: list[tuple[int, int]], order: list[int]) -> None:
    assert [number for _, number in in_visual_order(runs)] == order
