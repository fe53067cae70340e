"""Wrapping: lines break at good places, in every script."""

from __future__ import annotations

import random
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

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


HELD = [
    ("fr", "Voulez-vous vraiment supprimer ces données ? Alors confirmez encore une fois ici."),
    ("fr", "Le budget de cette année est maintenant 10 000 € par équipe et par mois de travail."),
    (
        "fr",
        "Le budget de cette année est là : 10\u202f000\u00a0€ par équipe et par mois, soit 5 %.",
    ),
    ("fr", "Trouvez le bouton qui porte le nom long « Exporter » dans la barre du haut."),
    ("en", "Ask the friendly and patient old Dr. Weber to sign the form in Room 5 on 12 May 2026."),
    ("en", "Here you see all the things that we have – and much more will come."),
    ("en", "The parcel that you have ordered at last weighs 10 kg, and takes 5 – 10 days more."),
    (
        "en",
        "Pay the small amount of exactly $ 5 to Mr. and Mrs. Lund who live in St. Mary St. No. 5.",
    ),
    (
        "de",
        "Wählen Sie nun bitte für den Termin z. B. Raum 5 am 3. Mai, dann geht es gleich weiter.",
    ),
    ("es", "¿ Está usted de verdad bien seguro de esto ? Entonces pulse dos veces el botón ¡ Sí !"),
]
WRONG_START = re.compile(r"[?!:;,.»%€–…)\]}]|\d+ (?:€|kg|%)$")
WRONG_END = re.compile(
    r"(?:^|\s)(?:[«¿¡(]|\$|\w+ \d+ 000|Dr\.|Mrs?\.|No\.|St\. No\.|z\.|Room|Raum|am 3\.|10)$"
)


@pytest.mark.parametrize("limit", [20, 26, 32, 36, 42])
@pytest.mark.parametrize(("language", "text"), HELD)
def test_punctuation_abbreviations_and_numbers_are_not_left_alone(
    language: str, text: str, limit: int
) -> None:
    lines = wrap(text, limit, columns, language)
    assert " ".join(lines) == text
    assert not [line for line in lines[1:] if WRONG_START.match(line)]
    assert not [line for line in lines[:-1] if WRONG_END.search(line)]


@given(
    st.lists(
        st.sampled_from(["mot", "Exporter", "long", "?", "!", ":", "»", "€", "–", "%"]), min_size=1
    )
)
def test_no_line_begins_with_lone_punctuation(tokens: list[str]) -> None:
    text = " ".join(tokens)
    lines = wrap(text, 42, columns, "fr")
    assert " ".join(lines) == text
    first, *others = lines
    # A row of signs has no better place for a break once it fills a line.
    assert not [
        line for line in others if not line[0].isalnum() and any(map(str.isalnum, first))
    ] or (max(len(row) for row in re.split(r"\w+", text)) > 30)


def test_as_few_lines_as_fit() -> None:
    assert len(wrap("aaaa " * 8, 40)) == 1
    assert len(wrap("aaaa " * 9, 40)) == 2


def test_what_is_shortened_ends_at_a_word() -> None:
    assert shortened("one two three", 13) == "one two three"
    assert shortened("one two, three", 10) == "one two…"
    assert shortened("a" * 20, 10) == "a" * 9 + "…"
    assert shortened("one two (three four)", 10) == "one two…"


def test_text_without_spaces_is_shortened_at_a_pause() -> None:
    thai = "คลิกปุ่มสร้างกิจกรรมใหม่เพื่อเริ่มต้น แล้วกรอกชื่อกิจกรรม"
    assert shortened(thai, 50, "th") == "คลิกปุ่มสร้างกิจกรรมใหม่เพื่อเริ่มต้น…"
    assert shortened("名前を入力して、作成ボタンを押してください", 15, "ja") == "名前を入力して…"
    assert shortened("\U0001f44d\U0001f3fd" * 5, 4) == "\U0001f44d\U0001f3fd…"
