"""Commands of the tutorial on virtual time: each is followed by a tick that shows what came."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from selenium.webdriver.remote.command import Command

from forge.errors import RecordingError
from forge.workers.recording.virtual.commands import CommandRunner
from forge.workers.recording.virtual.executor import CommandExecutor
from forge.workers.recording.virtual.tutorial_time.waits import Waits
from tests.support.fake_devtools import ScriptedBrowser

TICK_MS = 33


class FakeTranslator:
    """Translates each command into `translation`."""

    def __init__(self) -> None:
        self.translation: Callable[[], Any] | None = None

    def note(self, command: str, params: dict[str, Any]) -> None:
        pass

    def translate(self, command: str, params: dict[str, Any]) -> Callable[[], Any] | None:
        return self.translation


class FakeDriver:
    """A WebDriver that answers each command with `value`, or raises `problem`."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, dict[str, Any]]] = []
        self.problem: Exception | None = None

    def execute(self, command: str, params: dict[str, Any]) -> Any:
        self.sent.append((command, params))
        if self.problem:
            raise self.problem
        return {"value": "driver"}


@pytest.fixture
def translator() -> FakeTranslator:
    return FakeTranslator()


@pytest.fixture
def driver() -> FakeDriver:
    return FakeDriver()


@pytest.fixture
def executor(browser: ScriptedBrowser, translator: Any) -> Iterator[CommandExecutor]:
    clock, frames = browser.clock, browser.frames
    runner = CommandRunner(clock, frames, browser.control)
    waits = Waits(clock, browser.windows, browser.outsides)
    made = CommandExecutor(clock, frames, runner, translator, waits, browser.stalls)
    yield made
    made.close()


@pytest.mark.parametrize(
    ("command", "lasts_ms"),
    [
        (Command.GET_TITLE, TICK_MS),
        (Command.CLICK_ELEMENT, TICK_MS),
        (Command.CLOSE, 0),
        (Command.QUIT, 0),
    ],
)
def test_a_command_ends_with_a_tick(
    browser: ScriptedBrowser,
    executor: CommandExecutor,
    driver: FakeDriver,
    command: str,
    lasts_ms: int,
) -> None:
    assert executor.run(command, {}, driver.execute) == {"value": "driver"}
    assert browser.clock.now_ms == lasts_ms


def test_a_stalled_browser_gets_no_tick(
    browser: ScriptedBrowser, executor: CommandExecutor, driver: FakeDriver
) -> None:
    driver.problem = RecordingError("the browser is gone")
    with pytest.raises(RecordingError, match="the browser is gone"):
        executor.run(Command.CLICK_ELEMENT, {}, driver.execute)
    assert browser.clock.now_ms == 0


def test_pauses_of_actions_take_page_time(
    browser: ScriptedBrowser, executor: CommandExecutor, driver: FakeDriver
) -> None:
    pause = {"type": "pause", "duration": 500}
    source = {"type": "key", "id": "key", "actions": [pause, pause]}
    executor.run(Command.W3C_ACTIONS, {"actions": [source]}, driver.execute)
    assert browser.clock.now_ms == 1000 + TICK_MS
    ((_, params),) = driver.sent
    assert [one["duration"] for one in params["actions"][0]["actions"]] == [0, 0]


def test_a_translated_command_spares_the_driver(
    executor: CommandExecutor, translator: FakeTranslator, driver: FakeDriver
) -> None:
    translator.translation = lambda: {"value": "DevTools"}
    assert executor.run(Command.GET_TITLE, {}, driver.execute) == {"value": "DevTools"}
    assert driver.sent == []


def test_a_failed_translation_is_left_to_the_driver(
    executor: CommandExecutor, translator: FakeTranslator, driver: FakeDriver
) -> None:
    def fails() -> None:
        raise LookupError("in a frame")

    translator.translation = fails
    assert executor.run(Command.GET_TITLE, {}, driver.execute) == {"value": "driver"}


def test_timeouts_are_kept_from_the_driver(
    browser: ScriptedBrowser, executor: CommandExecutor, driver: FakeDriver
) -> None:
    executor.run(Command.SET_TIMEOUTS, {"implicit": 2000, "pageLoad": 9000}, driver.execute)
    assert driver.sent == [(Command.SET_TIMEOUTS, {"pageLoad": 9000})]
    assert browser.stalls.page_load_s == 9
