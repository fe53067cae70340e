"""What the voice is given for a line, and which of the shown words its words are."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from typing import NamedTuple

from forge.model.records import Line
from forge.model.settings import Settings
from forge.model.speech import silent_ms
from forge.text.lexicon import Lexicon
from forge.text.mapped import Mapped
from forge.text.segments import Span, words
from forge.text.speakable import says_something, speakable

CLOSING = ".,;:!?…)"


class Utterance(NamedTuple):
    """A text to speak in `language`, by whose rules its words are cut.

    `pauses`: places of the text (code points) where the voice is silent, and for how long, in
    seconds.
    """

    text: str
    language: str = "en"
    pauses: tuple[tuple[int, float], ...] = ()


class Script(NamedTuple):
    """What is spoken of a line; `spoken` says where in the text `shown` its characters are from."""

    said: Utterance
    spoken: Mapped
    shown: str

    def shown_parts(self, spoken: Iterable[Span]) -> list[Span]:
        """Return the part of the shown text that each part of the spoken text stands for.

        They are whole words.
        """
        shown = words(self.shown, self.said.language)
        found = []
        for at, end in spoken:
            part = self.spoken.place(at, end)
            met = [part, *(w for w in shown if w.at < part.end and part.at < w.end)]
            found.append(Span(min(span.at for span in met), max(span.end for span in met)))
        return found


def scripts(lines: Iterable[Line], settings: Settings, lang: str | None) -> list[Script]:
    """Return what is spoken of each line of a job; `lang` is None in the source language."""
    language = lang or settings.source_language
    if settings.voice.engine == "silent":
        return [as_shown(line, language) for line in lines]
    lexicon = Lexicon.of(settings.voice.say, language)
    return [script(line, language, lexicon) for line in lines]


def script(line: Line, language: str, lexicon: Lexicon) -> Script:
    """Return what is spoken of `line`."""
    said = {Span(m.at, m.end): m.spoken for m in line.marks if m.kind == "say"}
    return _script(line, language, speakable(line.text, said, lexicon))


def as_shown(line: Line, language: str) -> Script:
    """Return the text of `line` as it is, with its pauses: for a voice that is not heard."""
    return _script(line, language, Mapped.of(line.text))


def _script(line: Line, language: str, spoken: Mapped) -> Script:
    """Return the script of `line`: silence, as long as one reads it, if it says nothing."""
    pauses = [
        (_after(spoken, mark.at), mark.pause_s) for mark in line.marks if mark.kind == "pause"
    ]
    if not says_something(spoken.text):
        spoken, pauses = (
            Mapped.of(""),
            [(0, silent_ms(line.text) / 1000), *((0, s) for _, s in pauses)],
        )
    return Script(Utterance(spoken.text, language, tuple(pauses)), spoken, line.text)


def _after(spoken: Mapped, shown_at: int) -> int:
    """Return where the text goes on that is shown from `shown_at` on.

    A full stop stays with the words before it: it makes their melody.
    """
    at = bisect_left(spoken.places, shown_at, key=lambda place: place.at)
    while at < len(spoken.text) and spoken.text[at] in CLOSING:
        at += 1
    return at
