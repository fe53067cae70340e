"""Waits of the tutorial's code on the virtual clock: sleeps, `WebDriverWait`, implicit waits."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from selenium.common.exceptions import NoSuchElementException
from selenium.webdriver.remote.command import Command

from forge.workers import real_time
from forge.workers.recording.browser.outside_register import Outsides
from forge.workers.recording.recorder import Waited
from forge.workers.recording.virtual.page_time.clock import VirtualClock
from forge.workers.recording.virtual.tutorial_time import metronome
from forge.workers.recording.virtual.tutorial_time.wait_clock import WaitClock
from forge.workers.recording.virtual.windows.windows import Windows

IDLE_MS = 10_000  # a timer that is due later is not what a wait waits for
#: A change that a page makes by itself comes within this time after a command. A wait that lasts
#: longer may be for an open outside, even if timers still run: many pages have one that never
#: stops.
ALONE_MS = 2000
FIND_ONE = (Command.FIND_ELEMENT, Command.FIND_CHILD_ELEMENT, Command.FIND_ELEMENT_FROM_SHADOW_ROOT)
FIND_ALL = (
    Command.FIND_ELEMENTS,
    Command.FIND_CHILD_ELEMENTS,
    Command.FIND_ELEMENTS_FROM_SHADOW_ROOT,
)
SET_UP = "the set-up"


class Waits:
    """Lets time pass while the tutorial's code waits.

    A set-up waits on the machine's clock. In a recording, page time passes for as long as a wait
    lasts, in step with the machine's clock if an outside may bring what it waits for.
    """

    def __init__(self, clock: VirtualClock, windows: Windows, outsides: Outsides) -> None:
        self._clock, self._windows, self._outsides = clock, windows, outsides
        self._limited_by = WaitClock(lambda: clock.now_ms / 1000, real_time.perf_counter)
        self._implicit_ms = 0.0
        self._recording = False
        self._acted_ms = 0  # time of the last command that may have caused what is waited for
        self._asked = True  # there was a command since the step's code last slept

    def begin(self) -> None:
        """Begin the recording: waits are measured in page time from now on."""
        self._recording = True

    def begin_step(self) -> None:
        """Begin a step: the waits of the last one are over."""
        self._limited_by.forget()
        self._acted_ms = self._clock.now_ms

    def note_command(self) -> None:
        """Note that the tutorial gave a command, to look or to act."""
        self._asked = True

    def note_action(self) -> None:
        """Note an action of the tutorial, which may cause what it waits for next."""
        self._acted_ms = self._clock.now_ms

    def note_timeouts(self, params: dict[str, Any]) -> dict[str, Any]:
        """Keep the implicit wait of a "set timeouts" command; return the other parameters.

        chromedriver would wait in real time, while the page's time stands still.
        """
        self._implicit_ms = float(params.get("implicit", self._implicit_ms))
        return {name: value for name, value in params.items() if name != "implicit"}

    def with_implicit_wait(self, run: Callable[[], Any], command: str) -> Any:
        """Return what `run` returns; repeat a search for elements during the implicit wait."""
        if not self._implicit_ms:
            return run()
        until_s = self.now_s() + self._implicit_ms / 1000
        while True:
            try:
                found = run()
                if command not in FIND_ALL or found.get("value") or self.now_s() >= until_s:
                    return found
            except NoSuchElementException:
                if command not in FIND_ONE or self.now_s() >= until_s:
                    raise
            with self._waiting():
                self._clock.tick()

    def sleep(self, seconds: float, *, selenium: bool) -> None:
        """Let that much page time pass; `selenium`: between two polls of a `WebDriverWait`.

        A tutorial that sleeps twice without a command in between polls something other than the
        browser, such as a server. Then the same time passes on the machine's clock.
        """
        if self.has_no_page:
            real_time.sleep(seconds)
            return
        polls = not selenium and not self._asked
        if not selenium:
            self._asked = False
        with self._waiting(*([metronome.REASON] if polls else [])):
            self._clock.run_for(seconds * 1000)

    def now_s(self) -> float:
        """Return the time of the clock that limits waits; in a set-up that of the machine."""
        if not self._recording:
            return real_time.perf_counter()
        return self._limited_by.read(out=self._windows.awaiting or bool(self._awaited()))

    def since(self, began_s: float, still_open: tuple[str, ...]) -> Waited:
        """Return the time that has passed since `now_s` returned `began_s`."""
        if not self._recording:
            lasted_s = real_time.perf_counter() - began_s
            return Waited(lasted_s, lasted_s, still_open)
        return Waited(*self._limited_by.since(began_s), still_open)

    @property
    def has_no_page(self) -> bool:
        """True while a set-up has not opened a page yet: there is no page time to pass."""
        return not self._recording and self._windows.page.document.blank

    @contextmanager
    def _waiting(self, *reasons: str) -> Iterator[None]:
        """Keep step with the machine's clock inside, if an outside may end the wait."""
        reasons = (*self._awaited(), *reasons) if self._recording else (SET_UP,)
        with self._clock.use_real_time(*reasons):
            yield

    def _awaited(self) -> tuple[str, ...]:
        """Return the outsides that a wait may be waiting for, as texts."""
        if not self._outsides.may_end_waits:
            return ()
        upcoming = self._windows.upcoming()
        idle = not upcoming.moving and (upcoming.due_ms is None or upcoming.due_ms > IDLE_MS)
        return self._outsides.awaited(idle=idle or self._clock.now_ms - self._acted_ms > ALONE_MS)
