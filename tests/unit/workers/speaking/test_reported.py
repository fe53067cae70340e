"""What engines report is brought to the words of the text."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from forge.errors import SpeechError
from forge.workers.speaking.heard import Heard
from forge.workers.speaking.reported import by_word, checked

TEXT = 'Pay "3.50 €" of Tom\'s.'
RATE = 1000
BUZZ = np.full(10 * RATE, 900, dtype=np.int16)


def test_what_begins_within_a_word_belongs_to_it() -> None:
    """espeak-ng reports the parts of a number, the sign after it, and not the end of a word."""
    reports = [
        Heard(0, 3, 0.0, 0.4),
        Heard(5, 9, 0.5, 0.7),
        Heard(6, 9, 0.7, 0.9),
        Heard(10, 11, 0.9, 1.2),
        Heard(13, 15, 1.2, 1.3),
        Heard(16, 19, 1.3, 1.7),
    ]
    assert by_word(TEXT, "en", reports, BUZZ, RATE) == [
        Heard(0, 3, 0.0, 0.4),
        Heard(5, 9, 0.5, 0.9),
        Heard(13, 15, 1.2, 1.3),
        Heard(16, 21, 1.3, 1.7),
    ]


def begins(text: str, *reports: Heard) -> list[float]:
    return [word.from_s for word in by_word(text, "en", reports, BUZZ[:4000], RATE)]


def test_words_of_one_report_divide_the_time_until_the_next_by_their_lengths() -> None:
    assert begins("to toto now", Heard(0, 2, 0.0, 0.2), Heard(8, 11, 3.0, 4.0)) == [0, 1, 3]
    assert begins("so to toto", Heard(0, 2, 0.5, 0.6), Heard(3, 10, 1.0, 2.0)) == [0.5, 1, 2]


def test_a_report_may_begin_in_the_silence_that_was_cut_off() -> None:
    assert begins("to toto now", Heard(0, 2, -0.1, 0.2), Heard(8, 11, 3.0, 4.0)) == [0, 1, 3]


def test_words_that_no_report_is_about_are_estimated() -> None:
    assert begins("to toto now", Heard(8, 11, 3.0, 4.0)) == [0, 1, 3]
    assert begins("toto to to") == [0, 2, 3]
    assert begins("…", Heard(0, 1, 0.0, 1.0)) == []


def test_a_pause_between_two_words_of_one_report_belongs_to_neither() -> None:
    samples = BUZZ[:3000].copy()
    samples[1000:2000] = 0
    first, second, _ = by_word(
        "to, to so", "en", [Heard(0, 2, 0.0, 0.1), Heard(7, 9, 2.5, 3.0)], samples, RATE
    )
    assert [first.until_s, second.from_s] == pytest.approx([1.0, 2.0], abs=0.011)


def test_words_begin_in_the_order_of_the_text() -> None:
    assert begins("CHF five", Heard(0, 3, 1.0, 2.0), Heard(4, 8, 0.0, 1.0)) == [1, 1]


def test_reports_may_be_plain_tuples() -> None:
    reports: Any = [(0, 3, 0.0, 0.4)]  # of an engine that does not import forge
    assert checked(reports) == [Heard(0, 3, 0.0, 0.4)]


@pytest.mark.parametrize(
    "reports",
    [
        True,
        ["word"],
        [(0, 1, 2)],
        [(0, 1, "0", "1")],
        [(0, 1, None, 1.0)],
        [(3, 1, 0.0, 1.0)],
        [(0, 1, 1.0, 0.5)],
        [(-1, 1, 0.0, 0.5)],
        [(0, 1, float("nan"), 1.0)],
        [(0, 1, 0.0, float("inf"))],
    ],
)
def test_other_reports_are_refused(reports: Any) -> None:
    with pytest.raises(SpeechError, match="times of words"):
        checked(reports)
