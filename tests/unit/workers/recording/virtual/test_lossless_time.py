"""Where the page's clock begins: at times that Chromium reckons with, and loses nothing."""

from __future__ import annotations

import random

import pytest

from forge.workers.recording.virtual.lossless_time import LONGEST_S, next_lossless_us

DAY_US = 24 * 3600 * 1_000_000
UP_S = [1, 3600, 33_000, 50_000, 86_400, 1_000_000, 8_388_000, 17_208_683, 400_000_000]


def lost(at_us: int) -> bool:
    """Whether Chromium loses some of it: it reckons in doubles, and cuts off."""
    return int(at_us / 1e6 * 1e6) != at_us


@pytest.mark.parametrize("up_s", UP_S)
def test_no_time_of_a_day_after_it_is_lost(up_s: int) -> None:
    begin_us = next_lossless_us(up_s * 1_000_000)
    assert begin_us >= up_s * 1_000_000
    times = random.Random(up_s)
    assert not any(lost(begin_us + times.randrange(DAY_US)) for _ in range(20_000))


@pytest.mark.parametrize("up_s", UP_S)
def test_it_is_set_forward_no_farther_than_it_must(up_s: int) -> None:
    """Every day of it costs a tenth of a second, before each recording."""
    forward_s = next_lossless_us(up_s * 1_000_000) / 1e6 - up_s
    assert forward_s <= max(2 * LONGEST_S, 0.06 * up_s)


def test_after_a_power_of_two_seconds_they_are() -> None:
    """What this is for: the machine on which it was found had been up for 199 days."""
    times = random.Random(1)
    found = sum(lost(17_208_683_000_000 + times.randrange(DAY_US)) for _ in range(1000))
    assert found > 100
