"""Where a text may be cut: characters as readers see them, words, sentences, lines.

The library ICU applies the rules of Unicode (UAX 29 and UAX 14), and dictionaries for scripts that
put no spaces between words. Everything here counts in code points, as Python does.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from itertools import accumulate, pairwise
from typing import NamedTuple

from icu4py.breakers import (
    BaseBreaker,
    CharacterBreaker,
    LineBreaker,
    SentenceBreaker,
    WordBreaker,
)

LONE_SURROGATE = re.compile(r"[\ud800-\udfff]")  # ICU takes none
KANA = re.compile(r"[\u3041-\u30ff]")
HANGUL = re.compile(r"[\u1100-\u11ff\uac00-\ud7a3]")


class Span(NamedTuple):
    """A part of a text, from the code point `at` up to `end`."""

    at: int
    end: int


def graphemes(text: str) -> list[str]:
    """Return the characters of `text` as readers see them: with accents, emoji in one piece."""
    return _parts(CharacterBreaker, text, "")


def clipped(text: str, longest: int) -> str:
    """Return the beginning of `text` in whole characters, at most `longest` code points."""
    if len(text) <= longest:
        return text
    return "".join(graphemes(text[: longest + 1])[:-1]) or text[:longest]


def words(text: str, language: str) -> list[Span]:
    """Return where the words of `text` are: parts with a letter or digit, without punctuation."""
    return [span for span in spans(_parts(WordBreaker, text, language)) if _is_word(text, span)]


def sentence_candidates(text: str, language: str) -> list[str]:
    """Return the sentences of `text` by ICU alone, each with the space after it.

    `forge.text.sentences` has better ones.
    """
    return _parts(SentenceBreaker, text, language)


def line_pieces(text: str, language: str, *, phrases: bool = True) -> list[str]:
    """Return the pieces of `text` between which a line may break, spaces at their ends.

    No break divides a character. With `phrases`, Japanese breaks between phrases and Korean at
    spaces, whatever `language` is; else at nearly every character.
    """
    script = "ja" if KANA.search(text) else "ko" if HANGUL.search(text) else ""
    # A Thai vowel after a letter of another script may begin a line by UAX 14, not by UAX 29.
    rules = [_parts(LineBreaker, text, f"{script or language}@lb=strict"), graphemes(text)]
    if script and phrases:  # by its own, a phrase may begin with a small kana
        rules.append(_parts(LineBreaker, text, f"{script}@lw=phrase"))
    ends = [set(accumulate(map(len, parts))) for parts in rules]
    return [text[at:end] for at, end in pairwise([0, *sorted(set.intersection(*ends))])]


def spans(parts: Iterable[str]) -> list[Span]:
    """Return where each of the parts of a text lies in it."""
    return [Span(at, end) for at, end in pairwise(accumulate(map(len, parts), initial=0))]


def _is_word(text: str, span: Span) -> bool:
    return any(sign.isalnum() for sign in text[span.at : span.end])


def _parts(breaker: Callable[[str, str], BaseBreaker], text: str, locale: str) -> list[str]:
    """Return the parts of `text`. ICU's iterator gives strings; its offsets would be UTF-16's."""
    parts = breaker(LONE_SURROGATE.sub("\ufffd", text), locale)
    return [text[span.at : span.end] for span in spans(parts)]
