"""How long words are when spoken."""

import pytest

from forge.workers.speaking.syllables import weight


@pytest.mark.parametrize(
    ("longer", "shorter"),
    [
        ("settings", "save"),
        ("banana", "bright"),  # three syllables in as many letters
        ("2026", "year"),
        ("保存", "ok"),
        ("저장", "ok"),
        ("Überall", "Über"),
        ("नमस्ते", "the"),
    ],
)
def test_some_words_are_longer(longer: str, shorter: str) -> None:
    assert weight(longer) > weight(shorter)


def test_accents_make_no_difference() -> None:
    assert weight("café") == weight("cafe") == weight("CAFE")


def test_a_word_has_some_length() -> None:
    assert weight("") == weight("…") > 0


def test_a_character_of_korean_is_as_long_as_one_of_japanese() -> None:
    assert weight("가") == pytest.approx(weight("か"), rel=0.2)
