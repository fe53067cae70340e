"""How long words take to speak, relative to each other."""

from __future__ import annotations

import unicodedata

VOWELS = frozenset("aeiouyæœøıаеёиоуыэюяіїєαεηιουω")


def weight(word: str) -> float:
    """Return the length of `word` when spoken, in syllables."""
    letters = [sign for sign in unicodedata.normalize("NFD", word.lower()) if sign.isalnum()]
    groups = sum(
        sign in VOWELS and (i == 0 or letters[i - 1] not in VOWELS)
        for i, sign in enumerate(letters)
    )
    return max(1.0, groups or len(letters))
