"""Grants of page time: that much passes, then the page's clock stands still again.

A grant is a budget of Chromium's virtual time (DevTools' `Emulation.setVirtualTimePolicy`). All
windows share one renderer process and so one virtual clock, which is set over one of them, the
master.
"""

from __future__ import annotations

from typing import Any

from forge.errors import RecordingError
from forge.workers import real_time
from forge.workers.recording.browser.requests import PATIENCE_S
from forge.workers.recording.virtual.page_time.browser_control import BrowserControl
from forge.workers.recording.virtual.page_time.lossless_time import next_lossless_us
from forge.workers.recording.virtual.page_time.quiescence import LOOK_APART_S
from forge.workers.recording.virtual.page_time.real_time_pacing import RealTimePacing
from forge.workers.recording.virtual.page_time.response_release import ResponseRelease
from forge.workers.recording.virtual.page_time.stalls import ANSWER_S
from forge.workers.recording.virtual.windows.page import VirtualPage

POLICY = "Emulation.setVirtualTimePolicy"
PAUSE, ADVANCE = "pauseIfNetworkFetchesPending", "advance"
NO_TIME_MS = 0.0005  # truncates to 0 µs; a budget of 0 itself is refused
UNKNOWN_S = 1.0  # after this long at rest, something stops page time that is no request
SLOW_RESPONSE_S = 0.02  # after this long without a response, encoding may use the processors


class TimeGrants:
    """Grants page time, to all windows at once, and waits until it is used up.

    `granted_us`: page time granted so far, in µs since `base_us` of the browser's own clock.
    """

    def __init__(
        self, browser: BrowserControl, responses: ResponseRelease, pacing: RealTimePacing
    ) -> None:
        self._browser, self._responses, self._pacing = browser, responses, pacing
        self.base_us = 0
        self.granted_us = 0
        self._owed = False  # the last grant has not expired, because a dialog holds it up

    def start(self, start_s: float) -> None:
        """Stop the page's clock, its date at `start_s` (seconds since the epoch)."""
        now_us = round(real_time.monotonic() * 1e6)
        lead_us = next_lossless_us(now_us) - now_us
        # The half millisecond keeps the date from being truncated to the one before.
        begin_s = start_s - lead_us / 1e6 + 0.0005
        base = self._call(POLICY, policy="pause", initialVirtualTime=begin_s)
        self.base_us = round(float(base["virtualTimeTicksBase"]) * 1000) + lead_us
        self.granted_us = -lead_us
        self.grant(lead_us)  # on an empty page that costs no time

    def recount(self, now_us: int) -> None:
        """Set `granted_us` to the page time that has passed by the page's own account.

        In step with the machine's clock, Chromium at times lets a little more time pass than it is
        granted (seen: 10 ms, on a busy machine). Ticks would then end between those of other runs.
        """
        self.granted_us = now_us - self.base_us

    def grant(self, us: int) -> None:
        """Let `us` of page time pass; page time stands still while a request is pending."""
        if self._owed and not self._expires():
            return
        cpu_gate, master, page = self._browser.cpu_gate, self._browser.windows.master, self._page
        cpu_gate.shut()
        in_step = self._pacing.is_running
        goes_on = in_step or page.streaming
        self._owed = True
        self.granted_us += us
        master.expired.clear()
        granted = master.send(POLICY, policy=_policy(goes_on), budget=(us + 0.5) / 1000)
        if self._await_expiry(goes_on):
            master.forget(granted)
        else:
            self._answer(granted, POLICY)
        if self._expires(us, goes_on) and not in_step:
            self._await_loads()
        cpu_gate.shut()

    def run_due_tasks(self) -> None:
        """Let the page run every task that is due, in no page time at all."""
        if not self._page.dialog:
            self.grant(0)

    @property
    def _page(self) -> VirtualPage:
        return self._browser.windows.page

    def _expires(self, us: int = 0, goes_on: bool = True) -> bool:
        """Wait until the grant of `us` has expired; return False if a dialog holds it up.

        Streams and requests that take too long do not stop page time. `goes_on`: page time passes
        although requests are pending.

        Raises:
            RecordingError: the browser is gone, or stalled.
        """
        page, idle_s, began_s = self._page, 0.0, real_time.perf_counter()
        while not self._await_expiry(goes_on):
            if page.dialog:
                return False
            if self._browser.windows.master.gone:
                raise RecordingError("the browser is gone", transient=True)
            self._responses.give_up_overdue(began_s)
            if (page.streaming or idle_s > UNKNOWN_S) and not goes_on:
                # The browser's clock stops for a stream, too, and for a page's `history.back()`,
                # which then waits for the clock: grant the time again, without that.
                goes_on = True
                self._call(POLICY, policy=ADVANCE, budget=(us + 0.5) / 1000)
            idle_s = self._browser.stalls.idle_s(idle_s, "its time stood still", began_s)
        self._owed = False
        return True

    def _await_expiry(self, goes_on: bool) -> bool:
        """Wait for the grant to expire; return False after ANSWER_S without progress.

        Return False at once if a stream stops the clock and `goes_on` is false.
        """
        began_s = real_time.perf_counter()
        while not self._browser.windows.master.expired.wait(LOOK_APART_S):
            if self._responses.release_next():
                continue
            quiet_s = self._responses.quiet_s(began_s)
            if quiet_s > ANSWER_S or (self._page.streaming and not goes_on):
                return False
            if quiet_s > SLOW_RESPONSE_S and self._page.fetching:
                self._browser.cpu_gate.open()
        return True

    def _await_loads(self) -> None:
        """Wait for downloads, media that seek, and requests made at the very end of the grant.

        None of these stops the browser's clock by itself.
        """
        page, master = self._page, self._browser.windows.master
        began_s = real_time.perf_counter()
        while (page.downloads.running or page.fetching or page.reports.seeking) and not page.dialog:
            quiet_s = self._responses.quiet_s(began_s)
            self._responses.give_up_overdue(began_s)
            if quiet_s > PATIENCE_S and not page.fetching:
                return  # a download goes on beside the recording
            if quiet_s > SLOW_RESPONSE_S and not page.reports.seeking:  # seeking needs processors
                self._browser.cpu_gate.open()
            master.expired.clear()
            # The page runs tasks only inside a grant, so it gets grants of no time. Beside a stream
            # only ADVANCE lets tasks run; it may skip some milliseconds.
            self._call(POLICY, policy=_policy(page.streaming), budget=NO_TIME_MS)
            master.expired.wait(ANSWER_S)
            if not self._responses.release_next() and self._browser.quiescence.rests(page.reader):
                page.forget_answered()

    def _call(self, method: str, **params: Any) -> dict[str, Any]:
        return self._answer(self._browser.windows.master.send(method, **params), method)

    def _answer(self, number: int, method: str) -> dict[str, Any]:
        master = self._browser.windows.master
        answer: dict[str, Any] | None = self._browser.stalls.until(
            lambda: master.answer(number, method, ANSWER_S),
            self._page,
            f"{method} was not answered",
        )
        return answer or {}


def _policy(goes_on: bool) -> str:
    """Return the policy by which page time goes on, or stands still, while a request is pending."""
    return ADVANCE if goes_on else PAUSE
