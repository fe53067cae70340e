"""The spoken lines of a job: what the speak phase leaves for the others."""

from __future__ import annotations

import math
from collections.abc import Iterable

from forge.model.records import Line, Record

SILENT_MIN_S = 1.2
SILENT_WORD_S = 0.38


class SpokenLine(Record):
    """One line as it will be heard. `audio_ms` is its length, rounded up; 0 for a silent step."""

    step: str
    text: str
    audio_file: str | None
    audio_ms: int


class Speech(Record):
    """All lines of one job, in step order."""

    lines: tuple[SpokenLine, ...]


def silent_ms(text: str) -> int:
    """How long a line takes that nobody speaks: max(1.2 s, words × 0.38 s); 0 for no text."""
    words = len(text.split())
    return math.ceil(max(SILENT_MIN_S, words * SILENT_WORD_S) * 1000) if words else 0


def estimate(lines: Iterable[Line]) -> Speech:
    """A stand-in for speech that is not there, to pace a recording by."""
    return Speech(
        lines=tuple(
            SpokenLine(
                step=line.step, text=line.text, audio_file=None, audio_ms=silent_ms(line.text)
            )
            for line in lines
        )
    )
