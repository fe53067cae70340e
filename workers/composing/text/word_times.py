"""When a place in a narration is heard, by the times of its words."""

from __future__ import annotations

import bisect

from forge.model.timeline import ManifestStep
from forge.text.segments import Span


def first_ms(step: ManifestStep, part: Span) -> int | None:
    """Return when the first word in a part of the narration begins; None if none is spoken.

    Of a word that began before the part, the share of its letters counts: one sound may stand for
    several words.
    """
    number = bisect.bisect_right(step.words, part.at, key=lambda word: word.end)
    if number == len(step.words) or step.words[number].at >= part.end:
        return None
    return _within(step, number, part.at)


def last_ms(step: ManifestStep, part: Span) -> int:
    """Return when the last word in a part of the narration, which has one, ends."""
    number = bisect.bisect_left(step.words, part.end, key=lambda word: word.at) - 1
    return _within(step, number, part.end)


def place_ms(step: ManifestStep, place: int) -> int:
    """Return when the text at `place` is heard; without times of words, by its share of letters."""
    if step.words:
        found = first_ms(step, Span(place, len(step.narration)))
        return step.words[-1].until_ms if found is None else found
    return step.audio_start_ms + step.audio_ms * place // max(1, len(step.narration))


def _within(step: ManifestStep, number: int, place: int) -> int:
    """Return when `place` is heard if the word `number` lies around it, else its nearer edge."""
    word = step.words[number]
    share = min(max(0, place - word.at), word.end - word.at)
    return word.from_ms + (word.until_ms - word.from_ms) * share // max(1, word.end - word.at)
