"""How fast voices speak."""

import pytest

from forge.workers.speaking.rate import is_truncated


@pytest.mark.parametrize(("duration_s", "truncated"), [(0.99, True), (1.0, False)])
def test_fifteen_words_take_a_second_at_least(duration_s: float, truncated: bool) -> None:
    assert is_truncated("word " * 15, duration_s) is truncated


def test_signs_take_no_time() -> None:
    assert not is_truncated("a - b - c - d", 4 / 15)
