"""The browsers of a lane: started beside other work, one at a time, and always ended."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import pytest

from forge.errors import MachineError
from forge.model.machine import Machine
from forge.workers.job.browser_start import BrowserStart
from tests.support.jobs import MACHINE


class Launched:
    """A browser that notes its end in `log`."""

    def __init__(self, machine: Machine, log: list[str]) -> None:
        self._log, self.is_well = log, True
        log.append(f"start {machine.clock}")

    def close(self) -> None:
        self._log.append("close")


@pytest.fixture
def log() -> list[str]:
    return []


@pytest.fixture
def browser(log: list[str]) -> Iterator[BrowserStart]:
    def start(machine: Machine) -> Any:
        return Launched(machine, log)

    made = BrowserStart(start)
    yield made
    made.end()


def test_a_browser_starts_in_another_thread(browser: BrowserStart, log: list[str]) -> None:
    hold = threading.Event()
    browser.beside(hold.wait)
    browser.begin(MACHINE)
    assert log == [], "begin does not wait"
    hold.set()
    browser.begin(MACHINE)
    browser.launch(MACHINE)
    assert log == ["start auto"]


def test_a_closed_browser_is_replaced(browser: BrowserStart, log: list[str]) -> None:
    browser.begin(MACHINE)
    browser.close()
    browser.launch(MACHINE.on("elastic"))
    assert log == ["start auto", "close", "start elastic"]


def test_the_end_closes_a_browser_that_was_never_used(
    browser: BrowserStart, log: list[str]
) -> None:
    browser.begin(MACHINE)
    browser.end()
    assert log == ["start auto", "close"]


def test_a_browser_that_does_not_start_is_no_error_at_the_end() -> None:
    def fail(machine: Machine) -> Any:
        raise MachineError("no chromium")

    browser = BrowserStart(fail)
    with pytest.raises(MachineError, match="no chromium"):
        browser.launch(MACHINE)
    browser.end()


# For the next recording ------------------------------------------------------------------------


def test_each_recording_has_a_browser_of_its_own(browser: BrowserStart, log: list[str]) -> None:
    browser.launch(MACHINE)
    browser.begin(MACHINE)
    browser.launch(MACHINE)
    assert log == ["start auto", "close", "start auto"], "one ends before the next one starts"


def test_a_browser_that_was_not_used_waits_for_the_next_job(
    browser: BrowserStart, log: list[str]
) -> None:
    browser.launch(MACHINE)
    browser.begin(MACHINE)
    browser.release()
    browser.begin(MACHINE)
    browser.launch(MACHINE)
    browser.release()
    assert log == ["start auto", "close", "start auto", "close"]


def test_a_browser_for_another_clock_is_replaced(browser: BrowserStart, log: list[str]) -> None:
    browser.begin(MACHINE)
    browser.begin(MACHINE.on("elastic"))
    browser.settle()
    assert log == ["start auto", "close", "start elastic"]


def test_a_browser_that_has_gone_away_while_it_waited_is_replaced(
    browser: BrowserStart, log: list[str]
) -> None:
    browser.begin(MACHINE)
    browser.settle()
    lost = browser._launch
    assert lost
    lost.result().is_well = False  # type: ignore[misc]
    assert browser.launch(MACHINE) is not lost.result()
    assert log == ["start auto", "close", "start auto"]
