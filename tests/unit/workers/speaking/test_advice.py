"""Advice about lines that are too fast or too long, measured on their sound."""

from __future__ import annotations

import pytest

from forge.model.utterance import Utterance
from forge.text.segments import words
from forge.workers.speaking.advice import advice
from forge.workers.speaking.heard import Heard

ENGLISH = "Open the settings of your account and choose another language there"


def spoken(text: str, seconds: float, pause_s: float = 0.0) -> list[Heard]:
    """Return the words of `text`, spread evenly over `seconds`, with a pause before the last."""
    spans = words(text, "en")
    each_s = seconds / len(spans)
    heard = [Heard(*span, i * each_s, (i + 1) * each_s) for i, span in enumerate(spans)]
    return [*heard[:-1], heard[-1].moved(0, pause_s)]


def advised(text: str, seconds: float, pause_s: float = 0.0) -> str | None:
    return advice("a", Utterance(text), spoken(text, seconds, pause_s), seconds + pause_s)


@pytest.mark.parametrize(
    ("text", "seconds", "says"),
    [
        (ENGLISH, 3.6, None),  # three words a second
        (ENGLISH, 2.4, "4.6 words a second"),
        ("Nhấp vào nút Lưu rồi chọn ngày và giờ của sự kiện mới", 3.2, None),  # 4.4, in Vietnamese
        ("点击保存按钮然后选择日期再点击保存按钮", 4.0, None),  # 4.8 characters
        ("点击保存按钮然后选择日期再点击保存按钮", 2.5, "7.6 characters a second"),
        ("Go, go, go, go", 0.5, None),  # too short to tell
        ("x" * 400, 9.0, None),  # no voice reads all of it
    ],
)
def test_fast_speech_is_told_with_its_speed(text: str, seconds: float, says: str | None) -> None:
    note = advised(text, seconds)
    assert (note and note.split(",")[0]) == (says and f"step 'a': {says}")


def test_a_pause_makes_speech_no_slower() -> None:
    assert "4.6 words" in (advised(ENGLISH, 2.4, pause_s=5.0) or "")


def test_long_narration_is_told_without_its_marked_pauses() -> None:
    text = " ".join([ENGLISH] * 8)
    heard = spoken(text, 29.0)
    assert advice("a", Utterance(text), heard, 29.0) is None
    assert "31 s of narration; over 30 s" in (advice("a", Utterance(text), heard, 31.0) or "")
    assert advice("a", Utterance(text, "en", ((5, 4.0),)), heard, 33.0) is None


def test_silence_needs_no_advice() -> None:
    assert advice("a", Utterance(""), [], 60.0) is None
