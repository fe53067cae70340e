"""How time goes by while the tutorial's code waits: over a fake DevTools."""

from __future__ import annotations

import pytest
from selenium.common.exceptions import NoSuchElementException
from selenium.webdriver.remote.command import Command

from forge.workers.recording.virtual.tutorial_time.waits import ALONE_MS, Waits
from tests.support.fake_devtools import TARGET, ScriptedBrowser

SOCKET = (TARGET, "socket")


@pytest.fixture
def browser() -> ScriptedBrowser:
    return ScriptedBrowser()


@pytest.fixture
def waits(browser: ScriptedBrowser) -> Waits:
    """The waits of a recording whose page is at rest."""
    made = Waits(browser.clock, browser.windows, browser.outsides)
    browser.clock.begin()
    made.begin()
    made.begin_step()
    made.note_action()
    return made


def lasted_s(
    browser: ScriptedBrowser, waits: Waits, seconds: float, *, selenium: bool = True
) -> float:
    """Return the machine time that a sleep takes."""
    began_s, began_ms = browser.machine.at_s, browser.clock.now_ms
    waits.sleep(seconds, selenium=selenium)
    assert browser.clock.now_ms - began_ms == pytest.approx(seconds * 1000, abs=34)
    return browser.machine.at_s - began_s


def test_a_sleep_without_outsides_takes_no_machine_time(
    browser: ScriptedBrowser, waits: Waits
) -> None:
    assert lasted_s(browser, waits, 5) == 0


def test_a_set_up_waits_on_the_machines_clock(browser: ScriptedBrowser) -> None:
    waits = Waits(browser.clock, browser.windows, browser.outsides)
    browser.page.document.blank = False
    assert lasted_s(browser, waits, 2) == pytest.approx(2, abs=0.05)


def test_a_sleep_on_an_idle_page_keeps_step(browser: ScriptedBrowser, waits: Waits) -> None:
    browser.outsides.opened(SOCKET, "worker", asks=False)
    assert lasted_s(browser, waits, 1) == pytest.approx(1, abs=0.05)


def test_a_page_with_timers_gets_a_while_alone(browser: ScriptedBrowser, waits: Waits) -> None:
    browser.outsides.opened(SOCKET, "worker", asks=False)
    browser.devtools.due_ms = 400.0
    assert lasted_s(browser, waits, ALONE_MS / 1000) == 0
    assert lasted_s(browser, waits, 1) == 0, "the last look was within the time"
    assert lasted_s(browser, waits, 1) == pytest.approx(1, abs=0.05)
    waits.note_action()
    assert lasted_s(browser, waits, 1) == 0


def test_a_loop_that_polls_elsewhere_keeps_step(browser: ScriptedBrowser, waits: Waits) -> None:
    assert lasted_s(browser, waits, 1, selenium=False) == 0
    assert lasted_s(browser, waits, 1, selenium=False) == pytest.approx(1, abs=0.05)
    waits.note_command()
    assert lasted_s(browser, waits, 1, selenium=False) == 0


def test_an_implicit_wait_ends_after_its_page_time(browser: ScriptedBrowser, waits: Waits) -> None:
    asked = 0

    def nothing() -> None:
        nonlocal asked
        asked += 1
        raise NoSuchElementException

    assert waits.note_timeouts({"implicit": 2000, "script": 9}) == {"script": 9}
    with pytest.raises(NoSuchElementException):
        waits.with_implicit_wait(nothing, Command.FIND_ELEMENT)
    assert browser.clock.now_ms == pytest.approx(2000, abs=34)
    assert asked > 50


def test_what_is_no_search_is_not_tried_again(browser: ScriptedBrowser, waits: Waits) -> None:
    def nothing() -> None:
        raise NoSuchElementException

    waits.note_timeouts({"implicit": 2000})
    with pytest.raises(NoSuchElementException):
        waits.with_implicit_wait(nothing, Command.CLICK_ELEMENT)
    assert browser.clock.now_ms == 0
