"""Keys and mouse over DevTools, without a browser."""

from __future__ import annotations

from typing import Any

import pytest

from forge.workers.recording.hand.keyboard import ENTERS
from forge.workers.recording.virtual.windows.cdp_input import CdpInput
from tests.support.fake_devtools import ScriptedBrowser


class Page:
    """A page that answers each command at once, and keeps what it was sent."""

    dialog = gone = navigating = False
    target = "one"

    def __init__(self) -> None:
        self.sent: list[tuple[str, dict[str, Any]]] = []

    def send(self, method: str, **params: Any) -> int:
        self.sent.append((method, params))
        return len(self.sent)

    def answer(self, number: int, method: str, timeout_s: float) -> dict[str, Any]:
        return {}

    def forget(self, number: int) -> None: ...


def test_events_have_the_pages_own_time() -> None:
    page = Page()
    given = CdpInput(page)
    given.type_keys("a")
    assert all("timestamp" not in params for _, params in page.sent)
    page.sent.clear()
    given.event_s = lambda: 12.5
    given.type_keys("a")
    given.dispatch_mouse({"type": "mouseMoved", "x": 1, "y": 2})
    assert [params["timestamp"] for _, params in page.sent] == [12.5] * 3


def test_time_of_events_goes_with_the_page(browser: ScriptedBrowser) -> None:
    before_s = browser.clock.event_s
    browser.clock.run_for(1000)
    assert browser.clock.event_s - before_s == pytest.approx(1, abs=0.01)


@pytest.mark.parametrize("key", sorted(ENTERS))
def test_enter_is_one_key(key: str) -> None:
    page = Page()
    CdpInput(page).type_keys(key)
    down, up = (params for _, params in page.sent)
    assert (down["type"], down["text"], up["type"]) == ("keyDown", "\r", "keyUp")
    assert {down["code"], up["code"], down["key"], up["key"]} == {"Enter"}
