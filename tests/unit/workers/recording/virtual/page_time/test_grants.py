"""Grants of page time, over a fake DevTools."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager

from forge.workers.recording.virtual.page_time.grants import ADVANCE, PAUSE
from tests.support.fake_devtools import TARGET, ScriptedBrowser

LATE_S = 5.0  # a test that takes so long has failed


def request(browser: ScriptedBrowser, kind: str = "Fetch") -> None:
    browser.devtools.fetching = True
    browser.devtools.tell(
        "Network.requestWillBeSent",
        requestId="1",
        type=kind,
        frameId=TARGET,
        loaderId="first",
        documentURL="http://app/",
        request={"url": "http://app/slow", "method": "GET"},
    )


def answer(browser: ScriptedBrowser) -> None:
    browser.devtools.fetching = False
    browser.devtools.tell("Network.loadingFinished", requestId="1")
    browser.devtools.tell("Emulation.virtualTimeBudgetExpired")


@contextmanager
def ticking(browser: ScriptedBrowser) -> Iterator[Future[None]]:
    """A tick under way on another thread; it has ended after the block."""
    with ThreadPoolExecutor(1) as pool:
        done = pool.submit(browser.clock.tick)
        try:
            yield done
        finally:
            answer(browser)
            done.result(LATE_S)


def test_the_page_stands_still_for_a_response(browser: ScriptedBrowser) -> None:
    request(browser)
    with ticking(browser) as tick:
        assert browser.cpu_gate.wait(LATE_S)
        assert not tick.done()
        assert browser.devtools.grants[0][0] == PAUSE
    assert browser.clock.now_ms == 33


def test_the_cpu_gate_is_open_only_for_responses(browser: ScriptedBrowser) -> None:
    browser.clock.tick()
    assert not browser.cpu_gate.is_open
    request(browser)
    with ticking(browser):
        assert browser.cpu_gate.wait(LATE_S), "the processors are free meanwhile"
    assert not browser.cpu_gate.is_open


def test_time_goes_on_beside_an_event_source(browser: ScriptedBrowser) -> None:
    request(browser, "EventSource")
    browser.clock.tick()
    assert {policy for policy, _ in browser.devtools.grants} == {ADVANCE}


def test_time_goes_on_though_something_unknown_stops_it(browser: ScriptedBrowser) -> None:
    browser.devtools.fetching = True  # as a page's `history.back()` does, without a request
    browser.clock.run_for(33)
    assert [policy for policy, _ in browser.devtools.grants][:2] == [PAUSE, ADVANCE]
    assert (browser.clock.now_ms, browser.given_up) == (33, 0)


def test_a_dialog_holds_up_a_grant(browser: ScriptedBrowser) -> None:
    opened = threading.Event()

    def opens_dialog() -> bool:
        opened.set()
        return False

    browser.devtools.each_frame = opens_dialog
    request(browser)
    browser.devtools.tell("Page.javascriptDialogOpening")
    browser.clock.run_for(100)
    assert not opened.is_set(), "nothing is drawn behind a dialog"
    assert browser.clock.now_ms == 100
