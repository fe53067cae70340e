"""Documents and windows that load while page time stands still.

All fakes; time goes by on the machine's clock only when something waits.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from forge.workers import real_time
from forge.workers.recording.browser.requests import PATIENCE_S
from forge.workers.recording.virtual.page_time.loading import IDLE_WINDOW_S, PageLoader

LOOK_S = 1.0  # what each look at the browser takes here


class Window:
    """A window in which `left` looks find something under way; the last one leaves it `complete`.

    `blank`: what it was told of its address. `dialog`: an alert is open.
    """

    reader = 1

    def __init__(self, left: float = 0, *, complete: bool = True) -> None:
        self.left, self.complete = left, complete
        self.dialog = self.navigating = False
        self.opened: list[str] = []
        self.blank: bool | None = None

    @property
    def fetching(self) -> bool:
        return self.left > 0

    def is_complete(self) -> bool:
        return self.complete and self.left <= 0

    def is_loaded(self, *, blank: bool) -> bool:
        self.blank = blank
        return self.is_complete()


class Browser:
    """Everything that a loader needs. Each look takes LOOK_S, and page and window get on."""

    def __init__(self) -> None:
        self.now_s, self.looks, self.grants, self.released = 0.0, 0, 0, 0
        self.page, self.new = Window(), [Window()]
        self.windows = self.quiescence = self
        self.responses: Callable[[], bool] = lambda: False

    def adopt(self) -> list[Window]:
        return self.new

    def wait(self, *threads: int) -> None:
        self.looks += 1
        self.sleep(LOOK_S)

    def rests(self, *threads: int) -> bool:
        return True

    def grant(self, microseconds: int) -> None:
        assert microseconds == 0, "page time stands still"
        self.grants += 1

    def sleep(self, seconds: float) -> None:
        self.now_s += seconds
        for window in (self.page, *self.new):
            window.left -= 1

    def run_due_tasks(self) -> None: ...

    def expect_document(self) -> None: ...

    def release_next(self) -> bool:
        self.released += 1
        for window in self.new:
            window.left -= 1
        return self.responses()


@pytest.fixture
def browser(monkeypatch: pytest.MonkeyPatch) -> Browser:
    made = Browser()
    monkeypatch.setattr(real_time, "perf_counter", lambda: made.now_s)
    monkeypatch.setattr(real_time, "sleep", made.sleep)
    return made


@pytest.fixture
def loader(browser: Browser) -> PageLoader:
    anything: Any = browser
    return PageLoader(anything, anything, anything, anything)


def test_a_document_loads_all_that_it_requests(browser: Browser, loader: PageLoader) -> None:
    browser.page.left = 3
    loader.load_document()
    assert (browser.looks, browser.page.fetching) == (3, False)


def test_a_document_that_never_ends_is_left_after_a_while(
    browser: Browser, loader: PageLoader
) -> None:
    browser.page.left = float("inf")
    loader.load_document()
    assert browser.now_s == pytest.approx(PATIENCE_S, abs=LOOK_S)


def test_behind_an_alert_nothing_loads(browser: Browser, loader: PageLoader) -> None:
    browser.page.dialog, browser.page.complete = True, False
    loader.load_document()
    loader.load_first()
    assert browser.looks == 0


def test_the_first_page_is_complete_before_the_recording(
    browser: Browser, loader: PageLoader
) -> None:
    browser.page.left = 4
    loader.load_first()
    assert browser.page.is_complete()
    loader.load_first()
    assert browser.looks == 4, "it loads once"


@pytest.mark.parametrize(("url", "blank"), [("about:blank", True), ("http://shop/", False)])
def test_new_windows_load(browser: Browser, loader: PageLoader, url: str, blank: bool) -> None:
    browser.page.opened, browser.new = [url], [Window(3), Window(5)]
    loader.load_windows()
    assert [window.is_complete() for window in browser.new] == [True, True]
    assert [window.blank for window in browser.new] == [blank, blank]
    assert browser.page.opened == [], "they are loaded once"


def test_without_new_windows_nothing_is_asked(browser: Browser, loader: PageLoader) -> None:
    browser.new[0].left = 3
    loader.load_windows()
    assert browser.grants == 0


def test_a_window_that_stays_empty_is_left(browser: Browser, loader: PageLoader) -> None:
    """The address of a download opens a window and loads nothing into it."""
    browser.page.opened, browser.new = ["http://shop/list.csv"], [Window(complete=False)]
    loader.load_windows()
    assert IDLE_WINDOW_S / 2 < browser.now_s < 2 * IDLE_WINDOW_S
