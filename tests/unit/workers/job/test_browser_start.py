"""The browser of a job: started beside other work, one at a time, and always ended."""

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
        self._log = log
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
    assert browser.launch(MACHINE) is browser.launch(MACHINE)
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
