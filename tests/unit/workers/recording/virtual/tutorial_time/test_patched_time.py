"""The time that Selenium's waits use: the machine's, or that of the thread's clock."""

from __future__ import annotations

import time

import pytest

from forge.workers import real_time
from forge.workers.recording.virtual.tutorial_time.patched_time import SeleniumTime, on


class Clock:
    """A clock at 7 s that notes its sleeps."""

    def __init__(self) -> None:
        self.slept: list[tuple[float, bool]] = []

    def sleep(self, seconds: float, *, selenium: bool) -> None:
        self.slept.append((seconds, selenium))

    def wait_s(self) -> float:
        return 7.0


def test_waits_use_the_clock_of_their_thread() -> None:
    clock, seen = Clock(), SeleniumTime()
    with on(clock):
        seen.sleep(0.5)
        assert seen.monotonic() == seen.time() == 7.0
        with on(None):
            assert seen.monotonic() > 7.0
    assert clock.slept == [(0.5, True)]


def test_without_a_clock_it_is_the_machines_time(monkeypatch: pytest.MonkeyPatch) -> None:
    slept: list[float] = []
    monkeypatch.setattr(real_time, "sleep", slept.append)
    seen = SeleniumTime()
    seen.sleep(0.5)
    assert slept == [0.5]
    assert seen.monotonic() == pytest.approx(time.monotonic(), abs=1)
    assert seen.perf_counter is time.perf_counter, "all else is the module's"
