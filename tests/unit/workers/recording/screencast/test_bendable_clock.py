"""The take's time, bent by skips, beats and untimed blocks."""

from __future__ import annotations

import pytest

from forge.workers import real_time
from forge.workers.recording.screencast.bendable_clock import TakeClock


class Moments:
    """A machine's clock that a test moves."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now_s = 1000.0
        monkeypatch.setattr(real_time, "time", lambda: self.now_s)

    def pass_ms(self, ms: float) -> None:
        self.now_s += ms / 1000


@pytest.fixture
def moments(monkeypatch: pytest.MonkeyPatch) -> Moments:
    return Moments(monkeypatch)


def test_what_is_skipped_comes_between_two_moments(moments: Moments) -> None:
    clock = TakeClock()
    moments.pass_ms(100)
    clock.skip(350)
    moments.pass_ms(50)
    assert clock.now_ms() == 500
    assert [clock.take_ms(real) for real in (99, 101)] == [99, 451]


@pytest.mark.parametrize("real_ms", [0, 10, 60, 250])
def test_a_beat_lasts_exactly_its_time(moments: Moments, real_ms: float) -> None:
    clock = TakeClock()
    moments.pass_ms(100)
    for _ in range(5):
        with clock.beat(60):
            moments.pass_ms(real_ms)
    assert clock.now_ms() == 400
    inside = [clock.take_ms(ms) for ms in range(100, 100 + round(real_ms * 5) + 1)]
    assert inside == sorted(inside), "time never runs backwards"


def test_a_beat_holds_the_skips_in_it(moments: Moments) -> None:
    clock = TakeClock()
    with clock.beat(350):
        clock.skip(280)
        moments.pass_ms(200)  # more than was left
    assert clock.now_ms() == 350
    assert 280 <= clock.take_ms(100) <= 350


@pytest.mark.parametrize(("real_ms", "take_ms"), [(0, 0), (140, 0), (160, 160)])
def test_only_a_short_look_takes_no_time(moments: Moments, real_ms: float, take_ms: int) -> None:
    clock = TakeClock()
    with clock.untimed(150):
        moments.pass_ms(real_ms)
    assert clock.now_ms() == take_ms
