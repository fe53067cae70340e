"""Word times: what engines report is brought to the words of the text, without silence."""

from __future__ import annotations

import numpy as np
import pytest

from forge.errors import SpeechError
from forge.workers.speaking.heard import Heard, as_note, audible, by_word, of_note

TEXT = 'Pay "3.50 €" of Tom\'s.'


def test_what_begins_within_a_word_belongs_to_it() -> None:
    """espeak-ng reports the parts of a number, the sign after it, and not the end of a word."""
    reported = [
        Heard(0, 3, 0.0, 0.4),
        Heard(5, 9, 0.5, 0.7),
        Heard(6, 9, 0.7, 0.9),
        Heard(10, 11, 0.9, 1.2),
        Heard(13, 15, 1.2, 1.3),
        Heard(16, 19, 1.3, 1.7),
    ]
    assert by_word(TEXT, "en", reported) == [
        Heard(0, 3, 0.0, 0.4),
        Heard(5, 9, 0.5, 0.9),
        Heard(13, 15, 1.2, 1.3),
        Heard(16, 21, 1.3, 1.7),
    ]


def test_words_of_one_report_divide_its_time_by_their_syllables() -> None:
    assert by_word("to toto", "en", [Heard(0, 7, 1.0, 4.0)]) == [
        Heard(0, 2, 1.0, 2.0),
        Heard(3, 7, 2.0, 4.0),
    ]


def test_words_before_the_first_report_have_no_times() -> None:
    assert by_word("so it is", "en", [Heard(3, 5, 1.0, 2.0)]) == [
        Heard(3, 5, 1.0, 1.5),
        Heard(6, 8, 1.5, 2.0),
    ]
    assert by_word("…", "en", [Heard(0, 1, 0.0, 1.0)]) == []
    assert by_word("word", "en", []) == []


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


@pytest.mark.parametrize("note", [b"", b"{}1", b"[[1,2]]", b"[null]"])
def test_a_note_of_something_else_is_refused(note: bytes) -> None:
    with pytest.raises(SpeechError, match="no word times"):
        of_note(note)
