"""Word times, without silence, and how they are kept."""

from __future__ import annotations

import numpy as np
import pytest

from forge.errors import SpeechError
from forge.workers.speaking.heard import Heard, as_note, audible, of_note


def test_a_word_begins_and_ends_with_its_sound() -> None:
    samples = np.zeros(1000, dtype=np.int16)
    samples[120:180] = samples[300:500] = 500
    heard = [Heard(0, 1, 0.1, 0.25), Heard(2, 3, 0.25, 0.9), Heard(4, 5, 0.9, 1.0)]
    assert audible(heard, samples, 1000) == [
        Heard(0, 1, 0.12, 0.18),
        Heard(2, 3, 0.3, 0.5),
        Heard(4, 5, 0.9, 1.0),  # nothing is heard there: it stays
    ]


def test_a_note_keeps_words_in_milliseconds() -> None:
    words = [Heard(0, 3, 0.0, 0.4), Heard(5, 9, 0.5, 0.9004)]
    assert of_note(as_note(words)) == [words[0], Heard(5, 9, 0.5, 0.9)]


@pytest.mark.parametrize(
    "note", [b"", b"{}1", b"[[1,2]]", b"[null]", b"[[0,1,NaN,2]]", b'["abcd"]']
)
def test_a_note_of_something_else_is_refused(note: bytes) -> None:
    with pytest.raises(SpeechError, match="no word times"):
        of_note(note)


def test_a_word_is_moved() -> None:
    assert Heard(1, 3, 0.5, 1.0).moved(4, 0.25) == Heard(5, 7, 0.75, 1.25)
