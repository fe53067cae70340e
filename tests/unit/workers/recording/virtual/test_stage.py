"""Looks between steps at a page that may change by itself."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from forge.model.settings import Video
from forge.workers.recording.recorder import Journal
from forge.workers.recording.virtual.holds import Holds
from forge.workers.recording.virtual.stage import VirtualStage
from tests.support.fake_devtools import TARGET, ScriptedBrowser
from tests.support.takes import step

SOCKET = (TARGET, "socket")


@pytest.fixture
def stage(browser: ScriptedBrowser) -> VirtualStage:
    """A stage whose page is at rest."""
    clock, frames, outsides = browser.clock, browser.frames, browser.outsides
    writer: Any = browser.pictures
    hand: Any = None
    holds = Holds(clock, frames, browser.windows, outsides, writer)
    made = VirtualStage(clock, frames, holds, writer, browser.world, hand)
    made.resting = True
    return made


@pytest.fixture
def journal() -> Journal:
    """One step has been recorded."""
    chrome: Any = SimpleNamespace(capabilities={})
    made = Journal(chrome, Video(), "virtual")
    made.steps.append(step("run", 0, (0, 0), 0))
    return made


def change(browser: ScriptedBrowser) -> None:
    """Let the next frame show something new."""

    def each_frame() -> bool:
        browser.pictures.last_ms = browser.clock.now_ms
        browser.devtools.each_frame = lambda: False
        return True

    browser.devtools.each_frame = each_frame


def test_a_page_without_outsides_is_not_looked_at(
    browser: ScriptedBrowser, stage: VirtualStage, journal: Journal
) -> None:
    change(browser)
    stage.look(journal)
    assert browser.clock.now_ms == 0


def test_a_change_by_itself_is_recorded_with_a_warning(
    browser: ScriptedBrowser, stage: VirtualStage, journal: Journal
) -> None:
    browser.outsides.opened(SOCKET, "web socket", "ws://app/kernel", asks=False)
    browser.machine.at_s += 10  # long after it was opened
    change(browser)
    stage.look(journal)
    assert journal.steps[-1].end_ms > 0
    (warning,) = journal.notes([])
    assert "changed by itself after step 'run'" in warning


def test_an_expected_change_gives_no_warning(
    browser: ScriptedBrowser, stage: VirtualStage, journal: Journal
) -> None:
    browser.outsides.opened(SOCKET, "web socket", "ws://app/kernel", asks=False)
    browser.outsides.sent(SOCKET)
    change(browser)
    stage.look(journal)
    assert journal.steps[-1].end_ms > 0
    assert journal.notes([]) == []


def test_an_unchanged_page_costs_one_tick(
    browser: ScriptedBrowser, stage: VirtualStage, journal: Journal
) -> None:
    browser.outsides.opened(SOCKET, "web socket", "ws://app/kernel", asks=False)
    browser.machine.at_s += 10
    stage.look(journal)
    assert browser.clock.now_ms == 33
    assert journal.steps[-1].end_ms == 0
