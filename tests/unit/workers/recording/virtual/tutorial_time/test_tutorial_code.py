"""The clock of a tutorial's own code, over a fake DevTools."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from forge.workers import real_time
from forge.workers.recording.virtual.tutorial_time import metronome
from forge.workers.recording.virtual.tutorial_time.tutorial_code import TutorialCode
from forge.workers.recording.virtual.tutorial_time.waits import Waits
from tests.support.fake_devtools import FPS, ScriptedBrowser


@pytest.fixture
def browser() -> ScriptedBrowser:
    return ScriptedBrowser()


@pytest.fixture
def waits(browser: ScriptedBrowser) -> Waits:
    return Waits(browser.clock, browser.windows, browser.outsides)


@pytest.fixture
def code(
    browser: ScriptedBrowser, waits: Waits, monkeypatch: pytest.MonkeyPatch
) -> Iterator[TutorialCode]:
    monkeypatch.setattr(metronome, "AWAY_S", 0.02)
    monkeypatch.setattr(metronome, "LOOK_APART_S", 0.005)
    made = TutorialCode(browser.clock, waits, browser.outsides)
    yield made
    made.close()


def record(browser: ScriptedBrowser, waits: Waits) -> None:
    browser.clock.begin()
    waits.begin()
    waits.begin_step()


def test_a_sleep_is_page_time(browser: ScriptedBrowser, waits: Waits, code: TutorialCode) -> None:
    record(browser, waits)
    began_s = code.wait_s()
    with code.away():
        code.sleep(2, selenium=False)
    assert browser.clock.now_ms == 2000
    assert code.wait_s() - began_s == pytest.approx(2)


def test_a_negative_sleep_is_refused_as_python_does(code: TutorialCode) -> None:
    with pytest.raises(ValueError, match="sleep length must be non-negative"):
        code.sleep(-1, selenium=False)


def test_page_time_passes_beside_the_code(
    browser: ScriptedBrowser, waits: Waits, code: TutorialCode
) -> None:
    record(browser, waits)
    moved = threading.Event()
    browser.devtools.each_frame = lambda: moved.set() or True  # type: ignore[func-returns-value]
    with code.away():
        assert moved.wait(5)
    assert browser.clock.now_ms > 0


def test_without_a_page_the_machines_time_passes(
    waits: Waits, code: TutorialCode, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A set-up that works before it opens a page: there is nothing to tick."""
    slept = threading.Event()
    told: set[float] = set()

    def sleep(seconds: float) -> None:
        told.add(seconds)
        slept.set()

    monkeypatch.setattr(real_time, "sleep", sleep)
    assert waits.has_no_page
    with code.away():
        assert slept.wait(5)
    assert told == {1 / FPS}
