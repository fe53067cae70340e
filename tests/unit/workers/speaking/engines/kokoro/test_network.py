"""The network's input: parts of a length that it takes."""

from __future__ import annotations

import hypothesis.strategies as st
from hypothesis import given

from forge.workers.speaking.engines.kokoro.network import LONGEST, _parts


def test_a_short_text_is_one_part() -> None:
    assert list(_parts("a, b. c")) == ["a, b. c"]


def test_a_long_text_is_cut_after_its_last_sign() -> None:
    head, tail = "a" * 300 + ". " + "b" * 150 + ",", "c" * 200
    assert list(_parts(f"{head} {tail}")) == [head, tail]


def test_without_a_sign_a_text_is_cut_between_words() -> None:
    assert list(_parts("a" * 300 + " " + "b" * 300)) == ["a" * 300 + " ", "b" * 300]


@given(st.text("ab .,", max_size=3 * LONGEST))
def test_no_phoneme_is_lost_and_no_part_is_too_long(phonemes: str) -> None:
    parts = list(_parts(phonemes))
    assert all(part.strip() and len(part) <= LONGEST for part in parts)
    assert "".join(parts).replace(" ", "") == phonemes.replace(" ", "")
