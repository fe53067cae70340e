"""When a page rests, and how time goes by until then: over a fake DevTools."""

from __future__ import annotations

from typing import Any

import pytest

from forge.workers.recording.virtual.holds import Holds
from tests.support.fake_devtools import TARGET, ScriptedBrowser

SOCKET = (TARGET, "socket")


@pytest.fixture
def holds(browser: ScriptedBrowser) -> Holds:
    writer: Any = browser.pictures
    return Holds(browser.clock, browser.frames, browser.windows, browser.outsides, writer)


def test_an_idle_page_rests_soon(browser: ScriptedBrowser, holds: Holds) -> None:
    assert holds.rest(5000) == (True, 0)
    assert browser.clock.now_ms < 250


def test_only_a_timer_within_the_hold_is_awaited(browser: ScriptedBrowser, holds: Holds) -> None:
    browser.devtools.due_ms = 9000.0
    assert holds.rest(5000) == (True, 0)
    browser.devtools.due_ms = 1000.0
    assert holds.rest(3000)[0]
    assert 1900 < browser.clock.now_ms <= 3000


def test_what_moves_is_lived_through_on_page_time(browser: ScriptedBrowser, holds: Holds) -> None:
    browser.devtools.moves = 1
    began_s = browser.machine.at_s
    assert holds.rest(3000) == (False, 3000)
    assert browser.machine.at_s == began_s


def test_an_answer_that_is_outstanding_is_waited_for(
    browser: ScriptedBrowser, holds: Holds
) -> None:
    browser.outsides.opened(SOCKET, "web socket", asks=False)
    holds.begin_step()
    browser.outsides.sent(SOCKET)
    began_s = browser.machine.at_s
    assert not holds.rest(2000)[0]
    assert browser.machine.at_s - began_s == pytest.approx(2, abs=0.05)


@pytest.mark.parametrize(("before", "after", "in_step"), [(0, 1, True), (1, 1, False)])
def test_only_new_movement_is_a_sign_of_waiting(
    browser: ScriptedBrowser, holds: Holds, before: int, after: int, in_step: bool
) -> None:
    browser.outsides.opened(SOCKET, "web socket", asks=False)
    browser.devtools.moves = before
    holds.begin_step()
    browser.devtools.moves = after
    browser.outsides.sent(SOCKET)
    browser.outsides.received(SOCKET, "busy")
    began_s = browser.machine.at_s
    holds.rest(4000)
    assert (browser.machine.at_s - began_s > 3.5) is in_step


@pytest.mark.parametrize(("again", "rests"), [(False, True), (True, False)])
def test_a_toast_goes_away_and_then_the_page_rests(
    browser: ScriptedBrowser, holds: Holds, again: bool, rests: bool
) -> None:
    """A longer hold of it is a still picture; not so if another timer is set, as for a clock."""
    devtools, pictures = browser.devtools, browser.pictures
    devtools.due_ms = 1000.0

    def fires() -> bool:
        if browser.clock.now_ms - pictures.last_ms < 1000 or devtools.due_ms < 0:
            return False
        pictures.last_ms = browser.clock.now_ms
        devtools.due_ms = 1000.0 if again else -1.0
        return True

    devtools.each_frame = fires
    assert holds.rest(3500)[0] is rests
    assert pictures.last_ms >= 1000
