"""Estimates of spoken lines that pace a recording without narration."""

from __future__ import annotations

import pytest

from forge.model.records import Line, Mark
from forge.model.speech import estimate, estimated_ms, silent_ms


@pytest.mark.parametrize(("words", "ms"), [(0, 0), (1, 1200), (3, 1200), (4, 1520), (100, 38_000)])
def test_length_grows_with_the_words(words: int, ms: int) -> None:
    assert silent_ms("word " * words) == ms


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("予定を作ります。", 4),  # 予定 を 作り ます
        ("点击“保存”按钮，然后等待。", 6),  # 点 击 保存 按钮 然后 等待
        ("สร้างกิจกรรมใหม่แล้วกดบันทึก", 6),  # สร้าง กิจกรรม ใหม่ แล้ว กด บันทึก
        ("… — 🎉 …", 4),
    ],
)
def test_words_without_spaces_and_without_letters_count(text: str, words: int) -> None:
    assert silent_ms(text) == words * 380


def test_pauses_count() -> None:
    pauses = tuple(Mark(kind="pause", at=4, end=4, pause_s=s) for s in (1.5, 0.25))
    here = Mark(kind="here", at=4, end=4)
    line = Line(step="a", text="One two three four.", marks=(here, *pauses))
    assert estimated_ms(line) == 1520 + 1500 + 250
    assert estimate([line]).lines[0].audio_ms == 3270


def test_estimate_has_each_line_without_a_file() -> None:
    speech = estimate([Line(step="a", text="One two three four."), Line(step="b", text="")])
    assert [(line.step, line.audio_ms, line.audio_file) for line in speech.lines] == [
        ("a", 1520, None),
        ("b", 0, None),
    ]
