"""Japanese as phonemes: numbers, punctuation, English words."""

from __future__ import annotations

import pytest

from forge.workers.speaking.engines.kokoro.japanese import phonemes

pytestmark = pytest.mark.extras


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("3つ", "mʲiʔʦɨ"),  # mittsu
        ("4月15日", "ɕiɡaʦɨ ʥɨːɡo ɲiʨi"),  # shigatsu jūgo-nichi
        ("１０個", "ʥɨʔko"),  # juk-ko, written with wide digits
        ("¥1,200", "seɴ ɲi çakɯ eɴ"),  # the yen are said last
        ("10:30", "ʥɨːʥi saɲʥɨʔpɯɴ"),  # jū-ji sanjup-pun
        ("100%", "çakɯ paːsento"),
    ],
)
def test_numbers_are_said_with_their_counters(text: str, said: str) -> None:
    assert phonemes(text) == said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("New event", "ɲɨː ibento"),  # in the dictionary
        ("Dashboard", "daʔɕɨboːdo"),  # not in it: ダッシュボード
        ("GitHub", "ɡʲiʔtohabɯ"),  # two words
        ("SSO", "esɨesɨoː"),  # an abbreviation is spelt
        ("OAuth", "oːoːsɨ"),
    ],
)
def test_english_words_are_said_as_japanese_say_them(text: str, said: str) -> None:
    assert phonemes(text) == said


def test_signs_stay_where_the_voice_pauses() -> None:
    assert phonemes("はい、「保存」です。いいですか？") == "hai, “hoʣoɴ” desɨ. ii desɨ ka?"


def test_a_particle_is_said_as_spoken_and_not_as_written() -> None:
    assert phonemes("これは箱です") == "koɾe βa hako desɨ"


@pytest.mark.parametrize("text", ["", "🙂", "…", "★", "1", "?", "don't"])
def test_odd_texts_raise_nothing(text: str) -> None:
    phonemes(text)
