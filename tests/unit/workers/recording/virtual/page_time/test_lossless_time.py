"""Times that Chromium converts without loss: where the page's clock begins."""

from __future__ import annotations

import random

import pytest

from forge.workers.recording.virtual.page_time.lossless_time import LONGEST_S, next_lossless_us

DAY_US = 24 * 3600 * 1_000_000
UP_S = [1, 3600, 33_000, 50_000, 86_400, 1_000_000, 8_388_000, 17_208_683, 400_000_000]


def lost(at_us: int) -> bool:
    """Return True if Chromium's conversion loses a microsecond: doubles, truncated."""
    return int(at_us / 1e6 * 1e6) != at_us


@pytest.mark.parametrize("up_s", UP_S)
def test_no_time_of_the_next_day_is_lost(up_s: int) -> None:
    begin_us = next_lossless_us(up_s * 1_000_000)
    assert begin_us >= up_s * 1_000_000
    times = random.Random(up_s)
    assert not any(lost(begin_us + times.randrange(DAY_US)) for _ in range(20_000))


@pytest.mark.parametrize("up_s", UP_S)
def test_it_is_no_later_than_needed(up_s: int) -> None:
    """Each day that the clock is set forward costs 0.1 s before each recording."""
    forward_s = next_lossless_us(up_s * 1_000_000) / 1e6 - up_s
    assert forward_s <= max(2 * LONGEST_S, 0.06 * up_s)


def test_times_after_a_power_of_two_are_lossy() -> None:
    """The loss was found on a machine that had been up for 199 days."""
    times = random.Random(1)
    found = sum(lost(17_208_683_000_000 + times.randrange(DAY_US)) for _ in range(1000))
    assert found > 100
