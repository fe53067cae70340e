"""Suggestions for a misspelt word."""

from forge.text.suggest import nearest


def test_the_nearest_known_word_is_suggested() -> None:
    assert nearest("clok", ["clock", "fps"]) == "did you mean 'clock'?"


def test_all_words_are_listed_without_a_near_one() -> None:
    assert nearest("zzz", ["fps", "clock"]) == "known: clock, fps"
