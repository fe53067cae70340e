"""Releasing held responses to the page, one at a time, each when the page is ready for it."""

from __future__ import annotations

from collections.abc import Callable

from forge.workers import real_time
from forge.workers.recording.virtual.page_time.browser_control import BrowserControl

REST_S = 1.0  # a page that never rests gets its next response after this long


class ResponseRelease:
    """Releases the responses that `ResponseOrder` holds back, and measures pauses between them.

    `on_release` is called after each: the next frames may show what it brought.
    """

    def __init__(self, browser: BrowserControl) -> None:
        self._browser = browser
        self.on_release: Callable[[], object] = lambda: None
        self._released_s = 0.0

    def release_next(self) -> bool:
        """Release the next response once the page waits for it; return False if there is none."""
        browser = self._browser
        for page in browser.windows:
            if page.responses.next_type:
                browser.cpu_gate.shut()
                # The page may still parse its document, or run the script before. How far it is
                # when the response comes decides how it looks, so that must not be chance.
                browser.quiescence.wait(page.reader, most_s=REST_S)
                page.release_next()
                self.on_release()
                self._released_s = real_time.perf_counter()
                return True
        return False

    def quiet_s(self, began_s: float) -> float:
        """Return the seconds since the last release, or since `began_s` if that was later."""
        return real_time.perf_counter() - max(began_s, self._released_s)

    def give_up_overdue(self, began_s: float) -> None:
        """Stop waiting for requests that have had no progress for longer than their limit."""
        for page in self._browser.windows:
            page.give_up_overdue(self.quiet_s(began_s))
