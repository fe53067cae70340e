"""Waiting for the browser, and noticing that it will never answer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NoReturn, Protocol

from forge.errors import ClockError
from forge.workers import real_time
from forge.workers.recording.browser.webdriver_commands import spoken

ANSWER_S = 0.2  # between two looks
STALL_S = 5.0  # seconds without a runnable thread after which the browser counts as stalled
PAGE_LOAD_S = 300.0  # WebDriver's own page-load timeout, unless the tutorial sets another
HINT = 'try again; a page that needs real time gets it with @tour.step(clock="real")'


class Page(Protocol):
    """The part of a window that a `StallWatch` needs. `dialog`: a dialog holds the window up."""

    @property
    def dialog(self) -> bool: ...


class StallWatch:
    """Distinguishes a browser that works, or waits for a server, from one that has stalled.

    `rests()` returns True if all its threads rest (`Quiescence.rests`). `awaiting()` returns True
    while a navigation or a request is pending: then the browser waits for a server, not for forge.
    `give_up` ends a browser that has stalled.
    """

    def __init__(
        self,
        rests: Callable[[], bool],
        awaiting: Callable[[], bool],
        give_up: Callable[[], object],
    ) -> None:
        self._rests, self._awaiting, self.give_up = rests, awaiting, give_up
        self.doing = "openingThePage"  # the WebDriver command under way
        self.page_load_s = PAGE_LOAD_S

    def until(self, ask: Callable[[], Any], page: Page, how: str) -> Any:
        """Call `ask` until it returns something, and return that; None behind a dialog of `page`.

        Raises:
            ClockError: the browser has stalled; the message says `how`.
        """
        idle_s, began_s = 0.0, real_time.perf_counter()
        while (answer := ask()) is None:
            if page.dialog:
                return None
            idle_s = self.idle_s(idle_s, how, began_s)
        return answer

    def idle_s(self, idle_s: float, how: str, began_s: float) -> float:
        """Return the idle time after one more look.

        Raises:
            ClockError: it exceeds STALL_S, or a page has not loaded within its time.
        """
        if self._awaiting():
            if real_time.perf_counter() - began_s > self.page_load_s:
                self.fail(f"no answer came from a server within {self.page_load_s:g} s")
            return 0.0
        if not self._rests():
            # Not reset to 0: a stalled browser runs now and then, and would never be detected.
            return max(0.0, idle_s - ANSWER_S)
        if idle_s > STALL_S:
            self.fail(f"{how} for {STALL_S:g} s")
        return idle_s + ANSWER_S

    def fail(self, how: str) -> NoReturn:
        """End the browser, and raise an error that says how it stalled.

        Raises:
            ClockError: always.
        """
        self.give_up()
        raise ClockError(
            f"the browser stalled in {spoken(self.doing)}: {how}", hint=HINT, transient=True
        )
