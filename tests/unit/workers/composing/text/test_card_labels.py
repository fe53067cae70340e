"""The fixed words on cards."""

from __future__ import annotations

import pytest

from forge.workers.composing.text.card_labels import ENGLISH, WORDS, words_for


@pytest.mark.parametrize(
    ("language", "found"), [("es", "es"), ("pt-BR", "pt"), ("ZH-Hans", "zh"), ("no", "nb")]
)
def test_region_and_case_do_not_matter(language: str, found: str) -> None:
    assert words_for(language) == WORDS[found]


def test_unknown_language_gets_english() -> None:
    assert words_for("tlh") == ENGLISH


def test_no_two_languages_share_their_words() -> None:
    assert len(set(WORDS.values())) == len(WORDS)
