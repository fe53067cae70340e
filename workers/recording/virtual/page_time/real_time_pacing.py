"""Page time in step with the machine's clock, while something outside the page may answer."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from forge.workers import real_time
from forge.workers.recording.browser.outside_register import Outsides
from forge.workers.recording.virtual.page_time.browser_control import BrowserControl

#: After a slow frame, page time catches up with the machine's in one longer tick: at most by this
#: much, so that a movement does not jump.
CATCH_UP_S = 0.25


class MachineClock:
    """The machine's clock, which ticks keep step with. Seconds."""

    def now_s(self) -> float:
        """Return the time, which only ever goes forward."""
        return real_time.perf_counter()

    def wait(self, seconds: float) -> None:
        """Wait in real time."""
        real_time.sleep(seconds)


class RealTimePacing:
    """Decides whether ticks keep step with the machine's clock, and delays them until they are due.

    They do while an outside is outstanding (`Outsides`), and inside `use_real_time`.
    """

    def __init__(
        self, browser: BrowserControl, outsides: Outsides, fps: int, machine: MachineClock
    ) -> None:
        self._browser, self._outsides, self._fps = browser, outsides, fps
        self._machine = machine
        self._recording = False
        self._forced: tuple[str, ...] = ()  # reasons given to `use_real_time`
        self._anchor: tuple[float, int] | None = (
            None  # while in step: the time and the tick of its beginning
        )

    def begin(self) -> None:
        """Begin the recording: outsides that the set-up waited for no longer count."""
        self._recording = True
        self._outsides.begin()

    @contextmanager
    def use_real_time(
        self, tick: int, *reasons: str, since_s: float | None = None
    ) -> Iterator[None]:
        """Keep step inside the block, from `tick` on; `reasons` make the take inexact, and say why.

        `since_s`: the time of that tick (perf_counter); default: now. Ignored if ticks keep step
        already.
        """
        before, self._forced = self._forced, (*self._forced, *reasons)
        try:
            if reasons:
                self._enter(tick, since_s)
            yield
        finally:
            self._forced = before

    @property
    def is_wanted(self) -> bool:
        """True if the next tick has to keep step."""
        return bool(self._reasons())

    @property
    def is_running(self) -> bool:
        """True if the last tick kept step."""
        return self._anchor is not None

    def pace(self, tick: int, length: int) -> int:
        """Delay the tick that comes after `tick` until it is due; return its length in ticks.

        On virtual time that is `length`, at once. In step with the machine's clock it is as many
        ticks as are due by now: one, or more where the last frames took long.
        """
        reasons = self._reasons()
        if not reasons:
            self.leave()
            return length
        length = self._await_due(tick)
        if self._recording:
            self._outsides.count_real_time(reasons, length / self._fps)
        return length

    def leave(self) -> None:
        """Go back to virtual time."""
        if self._anchor is not None:
            self._anchor = None
            self._browser.windows.hold_back_responses(self._recording)

    def _reasons(self) -> tuple[str, ...]:
        if self._forced or not self._recording:
            return self._forced
        return self._outsides.outstanding()

    def _enter(self, tick: int, since_s: float | None = None) -> None:
        if self._anchor is None:
            self._anchor = (since_s or self._machine.now_s(), tick)
            # Page time passes while requests are pending, so a held response would be late.
            self._browser.windows.hold_back_responses(False)

    def _await_due(self, tick: int) -> int:
        self._enter(tick)
        assert self._anchor is not None
        began_s, first = self._anchor
        due_s = began_s + (tick + 1 - first) / self._fps
        if (left_s := due_s - self._machine.now_s()) > 0:
            self._browser.cpu_gate.open()
            self._machine.wait(left_s)
        # 1e-6: a tick that is due exactly now must not be lost to the rounding of the division.
        due = int((self._machine.now_s() - began_s) * self._fps + 1e-6) - (tick - first)
        return max(1, min(due, int(CATCH_UP_S * self._fps)))
