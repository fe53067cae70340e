"""How a tick works, and when ticks keep step with the machine's clock: by a scripted DevTools."""

from __future__ import annotations

import time

import pytest

from forge.errors import ClockError
from forge.workers.recording.virtual import clock, stalls
from forge.workers.recording.virtual.clock import ADVANCE, PAUSE
from tests.support.scripted import FPS, TARGET, Bench

SOCKET = (TARGET, "socket")


@pytest.fixture
def bench() -> Bench:
    made = Bench()
    made.clock.begin()
    made.devtools.grants.clear()
    return made


def granted_ms(bench: Bench) -> float:
    """Page time granted so far; a grant of no time at all counts for none."""
    return round(sum(budget for _, budget in bench.devtools.grants if budget > 1))


def test_a_tick_is_a_frames_length_of_page_time_and_a_frame(bench: Bench) -> None:
    bench.clock.tick()
    assert bench.clock.now_ms == 33
    assert bench.devtools.sent.count("HeadlessExperimental.beginFrame") == 1
    assert {policy for policy, _ in bench.devtools.grants} == {PAUSE}


def test_a_recording_begins_at_a_whole_tick_though_the_page_has_lived_for_longer() -> None:
    bench = Bench()
    bench.clock.tick()
    bench.devtools.now_us += 10_000  # more than was granted, as Chromium does at times
    bench.clock.begin()
    assert bench.clock.now_ms == 0
    for _ in range(3):
        bench.clock.tick()
        assert bench.devtools.drawn_us == bench.devtools.now_us


def test_ticks_add_up_to_what_was_asked_for(bench: Bench) -> None:
    bench.clock.run_for(1000)
    assert bench.clock.now_ms == 1000
    assert abs(granted_ms(bench) - 1000) <= 2


def test_where_nothing_happens_several_ticks_go_by_in_one(bench: Bench) -> None:
    bench.clock.run_for(4000)
    frames = bench.devtools.sent.count("HeadlessExperimental.beginFrame")
    assert frames < 4 * FPS / 2


def test_every_tick_of_what_moves_is_drawn(bench: Bench) -> None:
    bench.devtools.moves = 1
    bench.clock.run_for(1000)
    assert bench.devtools.sent.count("HeadlessExperimental.beginFrame") == FPS


def test_in_a_closed_world_no_time_of_the_machines_goes_by(bench: Bench) -> None:
    before_s = bench.machine.at_s
    bench.clock.run_for(10_000)
    assert bench.machine.at_s == before_s


def test_while_an_answer_is_outstanding_ticks_keep_step_with_the_machine(bench: Bench) -> None:
    bench.outsides.opened(SOCKET, "web socket", "ws://app")
    bench.outsides.sent(SOCKET)
    before_s = bench.machine.at_s
    bench.clock.run_for(2000)
    assert bench.machine.at_s - before_s == pytest.approx(2.0, abs=0.05)
    assert {policy for policy, budget in bench.devtools.grants if budget > 1} == {ADVANCE}
    (reason,) = bench.outsides.account(2.0)
    assert reason.startswith("web socket ws://app, in step with real time for 2.0 s")


def test_page_time_catches_up_with_a_machine_that_was_slow(bench: Bench) -> None:
    def slow_frame() -> bool:
        bench.machine.at_s += 0.1  # three frames' time for one
        return False

    bench.devtools.each_frame = slow_frame
    with bench.clock.use_real_time("a test"):
        before_s, before_ms = bench.machine.at_s, bench.clock.now_ms
        for _ in range(20):
            bench.clock.tick()
    lived_s = (bench.clock.now_ms - before_ms) / 1000
    assert lived_s == pytest.approx(bench.machine.at_s - before_s, abs=0.15)


def test_page_time_never_runs_ahead_of_the_machine_in_step(bench: Bench) -> None:
    with bench.clock.use_real_time("a test"):
        before_s, before_ms = bench.machine.at_s, bench.clock.now_ms
        for _ in range(50):
            bench.clock.tick()
            lived_s = (bench.clock.now_ms - before_ms) / 1000
            assert lived_s <= bench.machine.at_s - before_s + 0.002


def test_after_an_answer_time_is_virtual_again(bench: Bench) -> None:
    bench.outsides.opened(SOCKET, "web socket", "ws://app")
    bench.outsides.sent(SOCKET)
    bench.clock.run_for(500)
    bench.outsides.received(SOCKET, "here")
    bench.machine.at_s += 1
    before_s = bench.machine.at_s
    bench.clock.run_for(5000)
    assert bench.machine.at_s == before_s


def test_a_dialog_holds_the_page_up_and_not_the_video(bench: Bench) -> None:
    bench.devtools.tell("Page.javascriptDialogOpening")
    bench.devtools.grants.clear()
    bench.clock.run_for(500)
    assert bench.clock.now_ms == 500
    assert granted_ms(bench) == 0


def test_what_a_dialog_held_up_shows_when_it_is_gone(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench.clock.run_for(400)  # the first frames of a document are waited for
    monkeypatch.setattr(bench.page.surface, "is_known", True)
    bench.clock.drawing.casting = True
    bench.devtools.holds_frames = True
    bench.clock.tick()
    bench.devtools.tell("Page.javascriptDialogOpening")
    bench.clock.run_for(2000)
    bench.devtools.let_frame_go()
    bench.devtools.tell("Page.javascriptDialogClosed")
    assert bench.pictures.taken == [2433], "not when the dialog opened"


def test_a_browser_in_which_nothing_goes_on_has_stalled(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stalls, "STALL_S", 0.3)
    monkeypatch.setattr(clock, "ANSWER_S", 0.001)
    bench.clock.tick()
    bench.devtools.stalled = True
    with pytest.raises(ClockError, match=r"stalled in .*was not answered for 0\.3 s") as told:
        bench.clock.tick()
    assert told.value.transient and bench.given_up == 1


def test_a_browser_that_waits_for_a_server_has_not_stalled(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stalls, "STALL_S", 0.0)
    bench.page.navigating = True
    assert bench.stalls.idle_s(100.0, "its time stood still", time.perf_counter()) == 0
    bench.stalls.page_load_s = -1.0
    with pytest.raises(ClockError, match="no answer came from a server"):
        bench.stalls.idle_s(0.0, "its time stood still", time.perf_counter())


def test_windows_share_their_time_and_their_timers(bench: Bench) -> None:
    opener = bench.page
    bench.windows.show("window-2")
    assert bench.page is not opener and len(bench.windows) == 2
    bench.devtools.due_ms = 700.0
    assert bench.windows.to_come() == (0, 0, 700.0)
    bench.clock.leave_window()
    assert bench.page is opener and len(bench.windows) == 1


def test_answers_come_in_turn_once_the_recording_begins() -> None:
    bench = Bench()
    bench.page.order.at_once(True)
    with bench.clock.use_real_time("a set-up's wait"):
        bench.clock.run_for(100)
    bench.clock.begin()
    bench.clock.tick()
    bench.page.order.asked("script", "Script")
    bench.page.order.answered({"networkId": "script", "requestId": "answer"})
    assert bench.page.order.waits == "Script", "until it is let in"
