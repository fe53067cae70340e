"""The hand's pace: strokes, glides and how they ease."""

from __future__ import annotations

import pytest

from forge.model.easing import ease, glide_ms
from forge.workers.recording.hand.timing import read_ms, strokes


@pytest.mark.parametrize(
    ("text", "typed"),
    [
        ("abc", ["a", "b", "c"]),
        ("", []),
        ("e\u0301a", ["e\u0301", "a"]),
        ("\U0001f469\u200d\U0001f4bb!", ["\U0001f469\u200d\U0001f4bb", "!"]),
        (
            "\U0001f44d\U0001f3fd\U0001f1eb\U0001f1f7",
            ["\U0001f44d\U0001f3fd", "\U0001f1eb\U0001f1f7"],
        ),
        ("\u0915\u094d\u0937\u0928\u093f", ["\u0915\u094d\u0937", "\u0928\u093f"]),  # Hindi
        ("\ue009a", ["\ue009", "a"]),  # a key of Selenium's
    ],
)
def test_a_stroke_is_what_people_call_a_character(text: str, typed: list[str]) -> None:
    assert strokes(text, 16) == typed


def test_a_long_text_takes_four_seconds_at_most() -> None:
    for length in (64, 65, 500):
        typed = strokes("x" * length, 16)
        assert len(typed) / 16 <= 4
        assert "".join(typed) == "x" * length


def test_the_hand_is_slower_only_for_long_ways() -> None:
    assert glide_ms(10) == glide_ms(600) == 350
    assert 350 < glide_ms(1000) < glide_ms(1400) <= 650
    assert [ease(part) for part in (-1, 0, 0.5, 1, 2)] == [0, 0, 0.5, 1, 1]


@pytest.mark.parametrize(
    ("message", "ms"), [("Sure?", 1200), ("a" * 60, 3000), ("本" * 30, 3000), ("a" * 500, 5000)]
)
def test_a_dialog_stays_until_it_is_read(message: str, ms: int) -> None:
    assert read_ms(message) == ms
