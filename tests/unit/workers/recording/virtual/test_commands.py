"""Commands run between ticks; one that waits for the page gets page time."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from forge.errors import ClockError
from forge.workers.recording.virtual import commands
from forge.workers.recording.virtual.commands import CommandRunner
from tests.support.fake_devtools import ScriptedBrowser


@pytest.fixture
def runner(browser: ScriptedBrowser) -> Iterator[CommandRunner]:
    made = CommandRunner(browser.clock, browser.frames, browser.control)
    yield made
    made.close()


def test_a_command_that_needs_no_time_gets_none(
    browser: ScriptedBrowser, runner: CommandRunner
) -> None:
    assert runner.run(lambda: "title", "getTitle", harmless=True) == "title"
    assert browser.clock.now_ms == 0


def test_a_command_awaiting_a_frame_gets_ticks(
    browser: ScriptedBrowser, runner: CommandRunner
) -> None:
    third = threading.Event()
    frames = iter(range(1, 100))

    def each_frame() -> bool:
        if next(frames) == 3:
            third.set()
        return False

    browser.devtools.each_frame = each_frame
    browser.quiescence.works = third.is_set  # from then on the command's own thread runs
    assert runner.run(lambda: third.wait(5), "actions", moves_mouse=True)
    assert browser.clock.now_ms == 100


def test_a_script_gets_time_up_to_its_limit(
    browser: ScriptedBrowser, runner: CommandRunner
) -> None:
    done = threading.Event()
    browser.quiescence.works = done.is_set
    timer = threading.Timer(0.2, done.set)  # chromedriver's own limit, in real time
    timer.start()
    assert runner.run(lambda: done.wait(5), "executeAsyncScript", patience_ms=200)
    assert browser.clock.now_ms == 200


def test_a_command_that_never_ends_has_stalled(
    browser: ScriptedBrowser, runner: CommandRunner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(commands, "COMMAND_MS", 100)
    monkeypatch.setattr(commands, "PATIENT_S", 0.0)
    released = threading.Event()
    try:
        with pytest.raises(ClockError, match="stalled in click: it did not end"):
            runner.run(lambda: released.wait(5), "clickElement")
    finally:
        released.set()
    assert browser.given_up == 1


def test_an_error_of_the_command_is_raised(runner: CommandRunner) -> None:
    def fails() -> None:
        raise LookupError("no such element")

    with pytest.raises(LookupError, match="no such element"):
        runner.run(fails, "findElement", harmless=True)
