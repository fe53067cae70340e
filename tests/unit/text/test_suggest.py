"""Suggestions for a misspelt word."""

from forge.text.suggest import nearest


def test_the_nearest_known_word_is_suggested() -> None:
    assert nearest("clok", ["clock", "fps"]) == "did you mean 'clock'?"


def test_all_known_words_are_listed_when_none_is_near() -> None:
    assert nearest("zzz", ["fps", "clock"]) == "known: clock, fps"
