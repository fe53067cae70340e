"""Unicode's own test files: what they say of characters, words, sentences and lines holds here."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import accumulate
from pathlib import Path
from typing import NamedTuple

from forge.text.segments import graphemes, line_pieces, sentence_candidates, spans, words
from tests.support.project import ROOT

DATA = ROOT / "tests" / "data" / "unicode"


class Sample(NamedTuple):
    """One line of a test file: a text in its parts."""

    number: int
    parts: list[str]

    @property
    def text(self) -> str:
        return "".join(self.parts)


def samples(name: str) -> Iterator[Sample]:
    path: Path = DATA / f"{name}.txt"
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if not line.startswith("#"):
            parts = [part.replace("×", " ").split() for part in line.split("÷")]
            yield Sample(number, ["".join(chr(int(s, 16)) for s in p) for p in parts if p])


#: Unicode 15 has a break where Unicode 17, which ICU applies, has none, or the reverse.
CHANGED = {
    "\u2701\u200d\u2701",  # scissors are no emoji any more
    "equals .35 cents",  # ".35" is a number
    "ambigu« ( \u0308 ) »(ë)",  # quotes beside spaces open and close
    "ambigu« { \u0308 } »(ë)",
    "א-א",
}


def is_excepted(text: str) -> bool:
    """Return True for a text that ICU or this project breaks differently on purpose."""
    accented_space = " \u0308" in text or " \u200d" in text  # one character by UAX 29
    numbered = "a." in text.lower()  # "a.2": the file breaks after the stop, ICU does not
    return text in CHANGED or accented_space or numbered


def test_characters() -> None:
    found = list(samples("GraphemeBreakTest"))
    assert len(found) == 602
    for sample in found:
        assert graphemes(sample.text) == sample.parts or sample.text in CHANGED, sample


def test_words() -> None:
    for sample in samples("WordBreakTest"):
        expected = [
            span
            for span, part in zip(spans(sample.parts), sample.parts, strict=True)
            if any(sign.isalnum() for sign in part)
        ]
        assert words(sample.text, "en") == expected, sample


def test_sentences_before_abbreviations_are_looked_up() -> None:
    for sample in samples("SentenceBreakTest"):
        assert sentence_candidates(sample.text, "en") == sample.parts, sample


def test_lines() -> None:
    found = [sample for sample in samples("LineBreakTest") if not is_excepted(sample.text)]
    assert len(found) > 180
    for sample in found:
        assert line_pieces(sample.text, "en", phrases=False) == sample.parts, sample


def test_lines_of_phrases_break_at_no_other_places() -> None:
    for sample in samples("LineBreakTest"):
        if not is_excepted(sample.text):
            allowed = set(accumulate(map(len, sample.parts)))
            assert set(accumulate(map(len, line_pieces(sample.text, "en")))) <= allowed, sample
