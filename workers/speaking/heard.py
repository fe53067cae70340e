"""When each word of a spoken text is heard."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple

from forge.errors import SpeechError

if TYPE_CHECKING:
    from forge.workers.speaking import wav


class Heard(NamedTuple):
    """The text from `at` to `end` (code points) is heard from `from_s` to `until_s` (seconds).

    Places are of the text that a voice was given, times of the sound that it wrote.
    """

    at: int
    end: int
    from_s: float
    until_s: float

    def moved(self, by: int, by_s: float) -> Heard:
        """Return the same word `by` code points and `by_s` seconds later."""
        return Heard(self.at + by, self.end + by, self.from_s + by_s, self.until_s + by_s)


def audible(heard: Iterable[Heard], samples: wav.Samples, rate: int) -> list[Heard]:
    """Return the words with the silence cut off at both ends of each."""
    from forge.workers.speaking import wav  # not above: it loads numpy and PyAV

    loud = wav.audible_at(samples)
    found = []
    for word in heard:
        first, last = loud.searchsorted([word.from_s * rate, word.until_s * rate])
        if first < last:
            ends = loud[first] / rate, (loud[last - 1] + 1) / rate
            word = word._replace(from_s=float(ends[0]), until_s=float(ends[1]))
        found.append(word)
    return found


def as_note(heard: Iterable[Heard]) -> bytes:
    """Return words as they are kept beside the sound, in milliseconds."""
    rows = [[w.at, w.end, round(w.from_s * 1000), round(w.until_s * 1000)] for w in heard]
    return json.dumps(rows, separators=(",", ":")).encode()


def of_note(note: bytes) -> list[Heard]:
    """Return the words that `as_note` wrote.

    Raises:
        SpeechError: it is no such note.
    """
    try:
        rows = json.loads(note)
        for at, end, begin, until in rows:
            if {type(at), type(end), type(begin), type(until)} != {int}:  # JSON may have NaN
                raise ValueError(f"{at}, {end}, {begin}, {until} are not four whole numbers")
        return [Heard(at, end, begin / 1000, until / 1000) for at, end, begin, until in rows]
    except (ValueError, TypeError) as problem:
        raise SpeechError(f"no word times: {problem}") from problem
