"""How long words take to speak, relative to each other."""

from __future__ import annotations

import re
import unicodedata

VOWELS = re.compile("[aeiouyæœøıаеёиоуыэюяіїєαεηιουω]+")
#: The length of a letter, in Latin letters, by the beginning of its name in Unicode. In these
#: scripts it stands for a syllable or more, or its vowel is not written. Korean syllables are taken
#: apart into their two or three letters before.
LONG = {
    "CJK": 4.0, "HANGUL": 1.4, "HIRAGANA": 2.5, "KATAKANA": 2.5,
    "ARABIC": 1.6, "HEBREW": 1.6,
    "DEVANAGARI": 2.0, "BENGALI": 2.0, "TAMIL": 2.0, "TELUGU": 2.0, "GUJARATI": 2.0,
    "ETHIOPIC": 2.0, "THAI": 1.5, "LAO": 1.5, "KHMER": 1.5, "MYANMAR": 1.5,
}  # fmt: skip
DIGIT = 4.0  # "seven", "twenty"
SYLLABLE = 0.6  # of a letter: measured on espeak-ng in English, German and Spanish
SHORTEST = 1.5


def weight(word: str) -> float:
    """Return the length of `word` when spoken, in letters of Latin."""
    plain = "".join(sign for sign in unicodedata.normalize("NFKD", word.lower()) if sign.isalnum())
    syllables = len(VOWELS.findall(plain))
    return max(SHORTEST, sum(map(_length, plain)) + SYLLABLE * syllables)


def _length(sign: str) -> float:
    if sign.isascii():
        return DIGIT if sign.isdigit() else 1.0
    script = unicodedata.name(sign, "").split(" ")[0].split("-")[0]
    return LONG.get(script, DIGIT if sign.isdigit() else 1.0)
