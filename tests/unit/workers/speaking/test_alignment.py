"""Words are matched to the parts of a sound by their lengths and by punctuation."""

from __future__ import annotations

import time
from itertools import pairwise

import pytest

from forge.workers.speaking.alignment import STOP, Break, Costs, Sound, align

PARTS = Costs(missed=(1.0, 3.0), odd=3.0)


def sound(*parts: tuple[float, str]) -> Sound:
    """Return stretches of these lengths (seconds), each with "," for a stop after it, or " "."""
    ends = [0.0]
    for length_s, _ in parts:
        ends.append(ends[-1] + length_s)
    breaks = [
        Break(end_s, end_s, mark == ",", 3.0 if mark == "," else 0.3)
        for end_s, (_, mark) in zip(ends[1:-1], parts, strict=False)
    ]
    return Sound(0.0, ends[-1], breaks)


def begins(text: str, heard: Sound) -> dict[str, float]:
    return {text[w.at : w.end]: round(w.from_s, 3) for w in align(text, "en", heard, PARTS)}


def test_as_many_parts_as_words_are_the_words() -> None:
    heard = sound((0.4, " "), (0.3, " "), (0.2, ","), (0.4, ""))
    assert begins("Choose it now, please.", heard) == {
        "Choose": 0,
        "it": 0.4,
        "now": 0.7,
        "please": 0.9,
    }


def test_a_number_may_have_several_parts() -> None:
    heard = sound((0.2, " "), (0.3, " "), (0.4, " "), (0.4, " "), (0.3, " "), (0.3, ""))
    assert begins("Pay 2026 at once", heard) == {"Pay": 0, "2026": 0.2, "at": 1.3, "once": 1.6}


def test_two_words_may_be_one_part() -> None:
    heard = sound((0.3, " "), (0.3, " "), (0.5, ""))
    found = begins("of the top corner", heard)
    assert (found["of"], found["top"], found["corner"]) == (0, 0.3, 0.6)
    assert 0.1 < found["the"] < 0.2


def test_a_stop_is_at_punctuation_even_if_lengths_say_otherwise() -> None:
    heard = Sound(0.0, 2.0, [Break(0.3, 0.6, is_stop=True, cost=3.0)])
    assert begins("Extraordinarily, it is so", heard)["it"] == 0.6


def test_silence_belongs_to_no_word() -> None:
    heard = Sound(0.1, 2.0, [Break(0.5, 0.9, is_stop=True, cost=3.0)])
    first, *_, last = align("Here, there", "en", heard, PARTS)
    assert (first.from_s, first.until_s, last.from_s, last.until_s) == (0.1, 0.5, 0.9, 2.0)


def test_a_text_without_words_has_no_times() -> None:
    assert align("…", "en", sound((1.0, "")), PARTS) == []


@pytest.mark.parametrize(
    ("between", "stops"),
    [(", ", 1), (". ", 1), ('." ', 1), (" – ", 1), ("、", 1), (":", 0), (" ", 0), ("-", 0)],
)
def test_a_voice_stops_at_punctuation_with_space_after_it(between: str, stops: bool) -> None:
    assert bool(STOP.search(between)) is bool(stops)


def test_a_long_text_is_matched_in_order_and_soon() -> None:
    text = "and so on " * 120
    heard = sound(*[(length_s, " ") for length_s in (0.2, 0.1, 0.15) * 120])
    began_s = time.process_time()  # other programs on the machine do not count
    found = align(text, "en", heard, PARTS)
    assert time.process_time() - began_s < 10
    assert len(found) == 360
    assert all(a.until_s <= b.from_s + 1e-9 for a, b in pairwise(found))
    assert found[300].from_s == pytest.approx(100 * 0.45)
