"""How a tick works, and when ticks keep step with the machine's clock: over a fake DevTools."""

from __future__ import annotations

import time

import pytest

from forge.errors import ClockError
from forge.workers.recording.virtual.page_time import grants, stalls
from forge.workers.recording.virtual.page_time.grants import ADVANCE, PAUSE
from tests.support.fake_devtools import FPS, TARGET, ScriptedBrowser

SOCKET = (TARGET, "socket")


def granted_ms(browser: ScriptedBrowser) -> float:
    """Return the page time granted so far."""
    return round(sum(budget for _, budget in browser.devtools.grants if budget > 1))


def test_a_tick_grants_time_and_draws_a_frame(browser: ScriptedBrowser) -> None:
    browser.clock.tick()
    assert browser.clock.now_ms == 33
    assert browser.devtools.sent.count("HeadlessExperimental.beginFrame") == 1
    assert {policy for policy, _ in browser.devtools.grants} == {PAUSE}


def test_a_recording_begins_at_a_whole_tick() -> None:
    browser = ScriptedBrowser()
    browser.clock.tick()
    browser.devtools.now_us += 10_000  # more than was granted, as happens at times
    browser.clock.begin()
    assert browser.clock.now_ms == 0
    for _ in range(3):
        browser.clock.tick()
        assert browser.devtools.drawn_us == browser.devtools.now_us


def test_ticks_add_up_to_what_was_asked_for(browser: ScriptedBrowser) -> None:
    browser.clock.run_for(1000)
    assert browser.clock.now_ms == 1000
    assert abs(granted_ms(browser) - 1000) <= 2


def test_uneventful_ticks_go_by_in_one(browser: ScriptedBrowser) -> None:
    browser.clock.run_for(4000)
    frames = browser.devtools.sent.count("HeadlessExperimental.beginFrame")
    assert frames < 4 * FPS / 2


def test_every_tick_of_what_moves_is_drawn(browser: ScriptedBrowser) -> None:
    browser.devtools.moves = 1
    browser.clock.run_for(1000)
    assert browser.devtools.sent.count("HeadlessExperimental.beginFrame") == FPS


def test_page_time_takes_no_machine_time(browser: ScriptedBrowser) -> None:
    before_s = browser.machine.at_s
    browser.clock.run_for(10_000)
    assert browser.machine.at_s == before_s


def test_ticks_keep_step_while_an_answer_is_outstanding(browser: ScriptedBrowser) -> None:
    browser.outsides.opened(SOCKET, "web socket", "ws://app")
    browser.outsides.sent(SOCKET)
    before_s = browser.machine.at_s
    browser.clock.run_for(2000)
    assert browser.machine.at_s - before_s == pytest.approx(2.0, abs=0.05)
    assert {policy for policy, budget in browser.devtools.grants if budget > 1} == {ADVANCE}
    (reason,) = browser.outsides.account(2.0)
    assert reason.startswith("web socket ws://app, in step with real time for 2.0 s")


def test_page_time_catches_up_after_slow_frames(browser: ScriptedBrowser) -> None:
    def slow_frame() -> bool:
        browser.machine.at_s += 0.1  # three frames' time for one
        return False

    browser.devtools.each_frame = slow_frame
    with browser.clock.use_real_time("a test"):
        before_s, before_ms = browser.machine.at_s, browser.clock.now_ms
        for _ in range(20):
            browser.clock.tick()
    lived_s = (browser.clock.now_ms - before_ms) / 1000
    assert lived_s == pytest.approx(browser.machine.at_s - before_s, abs=0.15)


def test_page_time_never_runs_ahead_in_step(browser: ScriptedBrowser) -> None:
    with browser.clock.use_real_time("a test"):
        before_s, before_ms = browser.machine.at_s, browser.clock.now_ms
        for _ in range(50):
            browser.clock.tick()
            lived_s = (browser.clock.now_ms - before_ms) / 1000
            assert lived_s <= browser.machine.at_s - before_s + 0.002


def test_after_an_answer_time_is_virtual_again(browser: ScriptedBrowser) -> None:
    browser.outsides.opened(SOCKET, "web socket", "ws://app")
    browser.outsides.sent(SOCKET)
    browser.clock.run_for(500)
    browser.outsides.received(SOCKET, "here")
    browser.machine.at_s += 1
    before_s = browser.machine.at_s
    browser.clock.run_for(5000)
    assert browser.machine.at_s == before_s


def test_a_dialog_stops_only_the_page(browser: ScriptedBrowser) -> None:
    browser.devtools.tell("Page.javascriptDialogOpening")
    browser.devtools.grants.clear()
    browser.clock.run_for(500)
    assert browser.clock.now_ms == 500
    assert granted_ms(browser) == 0


def test_a_held_frame_shows_after_the_dialog(
    browser: ScriptedBrowser, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser.clock.run_for(400)  # so that the first frames of the document are over
    monkeypatch.setattr(browser.page.framebuffer, "is_known", True)
    browser.frames.recording = True
    browser.devtools.holds_frames = True
    browser.clock.tick()
    browser.devtools.tell("Page.javascriptDialogOpening")
    browser.clock.run_for(2000)
    browser.devtools.let_frame_go()
    browser.devtools.tell("Page.javascriptDialogClosed")
    assert browser.pictures.taken == [2433], "not when the dialog opened"


def test_a_browser_that_was_ended_for_a_frame_has_stalled(
    browser: ScriptedBrowser, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its connection is closed, as that of a window that has closed itself."""
    monkeypatch.setattr(stalls, "STALL_S", 0.3)
    browser.devtools.holds_frames = True
    with pytest.raises(ClockError, match=r"no frame was drawn for 0\.3 s"):
        browser.clock.run_for(200)
    assert browser.page.gone and browser.given_up == 1


def test_an_idle_browser_has_stalled(
    browser: ScriptedBrowser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stalls, "STALL_S", 0.3)
    monkeypatch.setattr(grants, "ANSWER_S", 0.001)
    browser.clock.tick()
    browser.devtools.stalled = True
    with pytest.raises(ClockError, match=r"stalled in .*was not answered for 0\.3 s") as told:
        browser.clock.tick()
    assert told.value.transient and browser.given_up == 1


def test_a_browser_awaiting_a_server_has_not_stalled(
    browser: ScriptedBrowser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stalls, "STALL_S", 0.0)
    browser.page.navigating = True
    assert browser.stalls.idle_s(100.0, "its time stood still", time.perf_counter()) == 0
    browser.stalls.page_load_s = -1.0
    with pytest.raises(ClockError, match="no answer came from a server"):
        browser.stalls.idle_s(0.0, "its time stood still", time.perf_counter())


def test_windows_share_their_time_and_their_timers(browser: ScriptedBrowser) -> None:
    opener = browser.page
    browser.windows.show("window-2")
    assert browser.page is not opener and len(browser.windows) == 2
    browser.devtools.due_ms = 700.0
    assert browser.windows.upcoming() == (0, 0, 700.0)
    browser.clock.detach()
    assert browser.page is opener and len(browser.windows) == 1


def test_answers_come_in_turn_once_the_recording_begins() -> None:
    browser = ScriptedBrowser()
    browser.page.responses.hold_back(False)
    with browser.clock.use_real_time("a set-up's wait"):
        browser.clock.run_for(100)
    browser.clock.begin()
    browser.clock.tick()
    browser.page.responses.requested("script", "Script")
    browser.page.responses.paused({"networkId": "script", "requestId": "answer"})
    assert browser.page.responses.next_type == "Script", "until it is let in"
