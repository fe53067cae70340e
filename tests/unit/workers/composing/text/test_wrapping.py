"""Wrapping: lines break at good places, in every script."""

from __future__ import annotations

import random

import pytest

from forge.text.segments import graphemes, spans
from forge.workers.composing.text.wrapping import columns, shortened, wrap

#: Characters that begin no line, and that end none (kinsoku, JIS X 4051).
NOT_FIRST = frozenset(
    "、。，．・：；？！ー〜…’”）〕］｝〉》」』】ぁぃぅぇぉっゃゅょァィゥェォッャュョ々"
)
NOT_LAST = frozenset("‘“（〔［｛〈《「『【")

LINES = {
    "Latin": (
        "This is everything your team is planning. To add an event, click New event.",
        ["This is everything your team is planning.", "To add an event, click New event."],
    ),
    "Cyrillic": (
        "Нажмите «Создать мероприятие», чтобы сохранить черновик и открыть его для гостей.",
        ["Нажмите «Создать мероприятие»,", "чтобы сохранить черновик", "и открыть его для гостей."],
    ),
    "Japanese": (
        "イベントの名前を入力して、「作成」ボタンを押してください。保存には少し時間がかかります。",
        [
            "イベントの名前を入力して、",
            "「作成」ボタンを押してください。",
            "保存には少し時間がかかります。",
        ],
    ),
    "Korean": (
        "이벤트 이름을 입력하고 만들기 버튼을 누르세요. 저장하는 데 시간이 조금 걸립니다.",
        ["이벤트 이름을 입력하고", "만들기 버튼을 누르세요.", "저장하는 데 시간이 조금 걸립니다."],
    ),
    "Arabic": (
        "انقر فوق New event لإنشاء حدث جديد. يستغرق الحفظ لحظة ثم تفتح المسودة.",
        ["انقر فوق New event لإنشاء حدث جديد.", "يستغرق الحفظ لحظة ثم تفتح المسودة."],
    ),
    "a fixed space": ("12 000 000 x", ["12 000", "000 x"]),
}


@pytest.mark.parametrize("script", LINES)
def test_lines_break_where_one_would_pause(script: str) -> None:
    text, lines = LINES[script]
    assert wrap(text, 8 if script == "a fixed space" else 42) == lines


SIGNS = "abc de. ,-«»()「」。、っー会議イベントの名前กำ้ันéé\u0301 12%\u00a0"


@pytest.mark.parametrize("seed", range(40))
def test_wrapping_keeps_every_character_within_the_limit(seed: int) -> None:
    by = random.Random(seed)
    text = " ".join("".join(by.choices(SIGNS, k=by.randint(0, 200))).split())
    lines = wrap(text, 20)
    assert all(0 < columns(line) <= 20 for line in lines)
    assert "".join("".join(lines).split()) == "".join(text.split())
    at, whole = 0, {span.at for span in spans(graphemes(text))}
    for line in lines:
        at = text.index(line, at)
        assert at in whole, "an accent without its letter"
        at += len(line)


@pytest.mark.parametrize("seed", range(20))
def test_japanese_lines_respect_kinsoku(seed: int) -> None:
    by = random.Random(seed)
    text = "".join(
        by.choice(("会議", "を", "「イベント」", "、", "する。", "っ")) for _ in range(30)
    )
    lines = wrap(text, 24)
    # A row of dots has no better place for a break once it fills a line.
    assert not any(line[0] in NOT_FIRST for line in lines[1:] if line[:2].strip("、。っ"))
    assert not any(line[-1] in NOT_LAST for line in lines[:-1])


def test_as_few_lines_as_fit() -> None:
    assert len(wrap("aaaa " * 8, 40)) == 1
    assert len(wrap("aaaa " * 9, 40)) == 2


def test_what_is_shortened_ends_at_a_word() -> None:
    assert shortened("one two three", 13) == "one two three"
    assert shortened("one two, three", 10) == "one two…"
    assert shortened("a" * 20, 10) == "a" * 9 + "…"
