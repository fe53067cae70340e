"""The spoken lines of a job: the result of the speak phase."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from forge.model.records import Line, Mark, Record
from forge.text.segments import words

SILENT_MIN_MS = 1200  # the shortest estimate of a line's length
SILENT_WORD_MS = 380  # about 160 words a minute


class Word(Record):
    """One word of a line: the text from `at` to `end` is heard from `from_ms` to `until_ms`.

    Places are code points of the text that captions show. Times count from the beginning of the
    line's sound or, in a manifest, of the video. A word ends at a break of UAX 29 or, where one
    sound stands for several words (`{say: …}`, a lexicon), after the last of them.
    """

    at: int
    end: int
    from_ms: int
    until_ms: int


class SpokenLine(Record):
    """One line as it will be heard. `audio_ms` is its length, rounded up; 0 without text.

    `words`: its words in order, without those that are not spoken; empty if nothing is.
    """

    step: str
    text: str
    audio_file: str | None
    audio_ms: int
    marks: tuple[Mark, ...] = ()
    words: tuple[Word, ...] = ()


class Speech(Record):
    """All lines of one job, in step order."""

    lines: tuple[SpokenLine, ...]


@lru_cache(maxsize=10_000)  # counting words takes 0.1 ms, and a plan may have 30,000 lines
def silent_ms(text: str) -> int:
    """Estimate how long `text` takes to speak, in milliseconds; 0 for no text."""
    # Some scripts put no spaces between words; some parts between spaces have no letters.
    count = max(len(text.split()), len(words(text, "")))
    return max(SILENT_MIN_MS, count * SILENT_WORD_MS) if count else 0


def estimated_ms(line: Line) -> int:
    """Estimate how long `line` takes to speak, with the pauses that are marked in it (ms)."""
    return silent_ms(line.text) + round(sum(mark.pause_s for mark in line.marks) * 1000)


def estimate(lines: Iterable[Line]) -> Speech:
    """Return silent lines of estimated lengths, to pace a recording that has no narration yet."""
    return Speech(
        lines=tuple(
            SpokenLine(
                step=line.step,
                text=line.text,
                audio_file=None,
                audio_ms=estimated_ms(line),
                marks=line.marks,
            )
            for line in lines
        )
    )
