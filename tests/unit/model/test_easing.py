"""The movement of the hand: easing and lengths of glides."""

from __future__ import annotations

import pytest

from forge.model.easing import GLIDE_MS, LONGEST_GLIDE_MS, ease, glide_ms


@pytest.mark.parametrize(
    ("part", "covered"), [(-1, 0), (0, 0), (0.25, 0.0625), (0.5, 0.5), (0.75, 0.9375), (2, 1)]
)
def test_ease_is_slow_at_both_ends(part: float, covered: float) -> None:
    assert ease(part) == pytest.approx(covered)


@pytest.mark.parametrize(
    ("distance", "ms"), [(0, GLIDE_MS), (600, GLIDE_MS), (700, 380), (9000, LONGEST_GLIDE_MS)]
)
def test_glide_takes_longer_over_a_long_way(distance: float, ms: int) -> None:
    assert glide_ms(distance) == ms
