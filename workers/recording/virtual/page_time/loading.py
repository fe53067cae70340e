"""Letting a new document or window load completely before the page's time goes on."""

from __future__ import annotations

from forge.workers import real_time
from forge.workers.recording.browser.requests import PATIENCE_S
from forge.workers.recording.virtual.page_time.begin_frame import FrameScheduler
from forge.workers.recording.virtual.page_time.browser_control import BrowserControl
from forge.workers.recording.virtual.page_time.grants import TimeGrants
from forge.workers.recording.virtual.page_time.quiescence import LOOK_APART_S
from forge.workers.recording.virtual.page_time.response_release import ResponseRelease
from forge.workers.recording.virtual.page_time.stalls import ANSWER_S

BLANK = ("", "about:blank")  # URLs of windows that begin empty and stay so
IDLE_WINDOW_S = 1.5  # a new window in which nothing goes on for this long stays empty


class PageLoader:
    """Lets new documents load while page time stands still.

    A grant does not wait for the requests of a document that came during it.
    """

    def __init__(
        self,
        browser: BrowserControl,
        grants: TimeGrants,
        responses: ResponseRelease,
        frames: FrameScheduler,
    ) -> None:
        self._browser, self._grants = browser, grants
        self._responses, self._frames = responses, frames

    def load_first(self) -> None:
        """Finish loading the page that the set-up ended on.

        It may be the browser's own first page. No frame can be drawn of a page that is not loaded.
        """
        page, until_s = self._browser.windows.page, real_time.perf_counter() + PATIENCE_S
        while real_time.perf_counter() < until_s and not (page.dialog or page.is_complete()):
            self.load_document()

    def load_document(self) -> None:
        """Let the new document load all that it requests, before its first frame."""
        self._frames.expect_document()
        page, until_s = self._browser.windows.page, real_time.perf_counter() + PATIENCE_S
        while real_time.perf_counter() < until_s and not page.dialog:
            self._grants.run_due_tasks()
            self._browser.quiescence.wait(page.reader)
            if not (page.fetching or page.navigating):
                return

    def release_response(self) -> None:
        """Release a response that a window could not take before, because it had just opened."""
        self._responses.release_next()

    def load_windows(self) -> None:
        """Let the windows that the page has opened load."""
        page = self._browser.windows.page
        opened, page.opened = page.opened, []
        if not opened:
            return
        blank = all(url in BLANK for url in opened)
        for window in self._browser.windows.adopt():
            until_s, idle_s = real_time.perf_counter() + PATIENCE_S, 0.0
            while not window.is_loaded(blank=blank) and real_time.perf_counter() < until_s:
                self._grants.grant(0)
                if self._responses.release_next() or window.fetching:
                    continue
                rests = self._browser.quiescence.rests(window.reader)
                idle_s = idle_s + ANSWER_S if rests else 0.0
                if idle_s > IDLE_WINDOW_S:
                    break  # no document will come: the address was that of a download, say
                real_time.sleep(LOOK_APART_S if idle_s == 0 else ANSWER_S)
