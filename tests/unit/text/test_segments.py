"""Where texts are cut: characters, words, sentences and lines, in code points."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forge.text.segments import (
    Span,
    clipped,
    graphemes,
    line_pieces,
    sentence_candidates,
    words,
)

FAMILY = "\U0001f469\u200d\U0001f469\u200d\U0001f467"
THUMB, FLAG = "\U0001f44d\U0001f3fd", "\U0001f1eb\U0001f1f7"
LANGUAGES = st.sampled_from(["en", "ja", "ko", "th", "ar", "pt-BR", "zh-hant", "x", ""])


@pytest.mark.parametrize(
    "characters",
    [
        ["a", FAMILY, "b"],
        [THUMB, FLAG, FLAG],
        ["e\u0301", "\u0e01\u0e33", "\u0e97\u0e35\u0e48"],  # é, and two Thai syllables
        [
            "\u0915\u094d\u0937",
            "\u0928\u093f",
        ],  # Hindi: a conjunct, and a vowel that is drawn before
        ["\r\n", "x"],
        ["\ud800", "x"],  # a lone surrogate: a tutorial may type one
        [],
    ],
)
def test_characters_stay_whole(characters: list[str]) -> None:
    assert graphemes("".join(characters)) == characters


def test_words_are_counted_in_code_points() -> None:
    text = f"{FAMILY} Don't stop, {FLAG} 3.5 km!"
    assert [text[at:end] for at, end in words(text, "en")] == ["Don't", "stop", "3.5", "km"]
    assert words(text, "en")[0] == Span(6, 11)


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("th", "คลิกปุ่มใหม่", ["คลิก", "ปุ่ม", "ใหม่"]),
        ("lo", "ຄລິກປຸ່ມສ້າງ", ["ຄລິກ", "ປຸ່ມ", "ສ້າງ"]),
        ("km", "ចុចលើប៊ូតុង", ["ចុច", "លើ", "ប៊ូតុង"]),
        ("my", "ခလုတ်ကိုနှိပ်ပါ", ["ခလုတ်", "ကို", "နှိပ်", "ပါ"]),
        ("zh", "新建活动", ["新建", "活动"]),
        ("ja", "日付を選択", ["日付", "を", "選択"]),
    ],
)
def test_words_without_spaces_come_from_dictionaries(
    language: str, text: str, expected: list[str]
) -> None:
    assert [text[at:end] for at, end in words(text, language)] == expected


def test_sentences_may_end_at_stops() -> None:
    assert sentence_candidates("Mr. Lund is in. Ask.", "en") == ["Mr. ", "Lund is in. ", "Ask."]
    assert sentence_candidates("これです。はい！", "ja") == ["これです。", "はい！"]
    assert sentence_candidates("Πού; Εδώ.", "el") == ["Πού; ", "Εδώ."]


@pytest.mark.parametrize(
    ("language", "text", "pieces"),
    [
        ("en", "Well-known: 5 km", ["Well-", "known: ", "5 ", "km"]),
        ("fr", "Où\u00a0? Là\u202f!", ["Où\u00a0? ", "Là\u202f!"]),
        ("th", "คลิกปุ่มใหม่", ["คลิก", "ปุ่ม", "ใหม่"]),
        ("ja", "カレンダーの中から、", ["カレンダーの", "中から、"]),
        ("en", "カレンダーの中から、", ["カレンダーの", "中から、"]),
        ("en", "이벤트를 만들려면", ["이벤트를 ", "만들려면"]),
        ("zh", "打开“新建”。", ["打", "开", "“新", "建”。"]),
    ],
)
def test_lines_break_as_the_script_asks(language: str, text: str, pieces: list[str]) -> None:
    assert line_pieces(text, language) == pieces


@given(st.text(st.characters()), LANGUAGES)
def test_the_parts_of_any_text_are_the_text(text: str, language: str) -> None:
    for parts in (
        graphemes(text),
        sentence_candidates(text, language),
        line_pieces(text, language),
    ):
        assert "".join(parts) == text
        assert all(parts)
    found = words(text, language)
    assert found == sorted(found)
    assert all(0 <= at < end <= len(text) for at, end in found)


@given(st.text(), st.integers(1, 20))
def test_what_is_clipped_ends_between_characters(text: str, longest: int) -> None:
    kept = clipped(text, longest)
    assert text.startswith(kept) and len(kept) <= longest
    whole = graphemes(text)
    while whole and sum(map(len, whole)) > longest:
        whole.pop()
    assert kept == ("".join(whole) or text[:longest])


def test_emoji_are_not_clipped_in_two() -> None:
    assert clipped(f"ab{FAMILY}", 4) == "ab"
    assert clipped(FAMILY, 3) == FAMILY[:3]  # one character that is longer: something must go
