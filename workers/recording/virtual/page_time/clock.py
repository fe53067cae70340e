"""The clock of the virtual recorder: ticks of page time.

The page's time stands still except in a *tick*: page time advances by the length of one frame, in
which requests cost nothing (its clock stands still while one is out), then one frame is drawn. How
many ticks something takes depends on the page alone: that is why two runs are alike.

The verbs are those of Playwright's `Clock` where it has them.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from forge.errors import RecordingError
from forge.workers.recording.browser.outsides import Outsides
from forge.workers.recording.virtual.page_time.begin_frame import FrameScheduler
from forge.workers.recording.virtual.page_time.browser_control import BrowserControl
from forge.workers.recording.virtual.page_time.grants import TimeGrants
from forge.workers.recording.virtual.page_time.loading import PageLoader
from forge.workers.recording.virtual.page_time.real_time_pacing import MachineClock, RealTimePacing
from forge.workers.recording.virtual.page_time.response_release import ResponseRelease
from forge.workers.recording.virtual.pixels.frame_writer import FrameWriter
from forge.workers.recording.virtual.windows.page import VirtualPage

#: Phases within a millisecond of page time. Chromium rounds the times that a page can read to
#: 0.1 ms, up or down at random; on whole tenths, counted from the document's beginning, rounding
#: changes nothing. So ticks lie there: from FIRST_PHASE_US on, each window's 0.1 ms after those of
#: the window before. A document begins earlier, at BEGIN_PHASE_US: what it starts while it loads
#: comes before its ticks in every run.
BLUR_US, BEGIN_PHASE_US, FIRST_PHASE_US = 100, 150, 200
#: How often the page runs what is due at the end of a tick. After one time, on a busy machine, one
#: timer in a thousand still has not fired.
NUDGES = 2


class VirtualClock:
    """One browser's page time: granted tick by tick, to all its windows at once.

    `now_ms` is the video's time: that of the page since `begin`, plus what went by while a
    dialog held the page up.
    """

    def __init__(
        self,
        browser: BrowserControl,
        frames: FrameScheduler,
        grants: TimeGrants,
        loader: PageLoader,
        pacing: RealTimePacing,
        fps: int,
    ) -> None:
        self.fps = fps
        self._windows, self._frames, self._grants = browser.windows, frames, grants
        self._loader, self._pacing = loader, pacing
        self._tick = 0  # the last tick, counted from the browser's start
        self._zero = 0  # the tick at which the recording began
        self._held = 0  # ticks that went by behind dialogs, in which no page time passed
        self._dirty = False

    @property
    def page(self) -> VirtualPage:
        """The window that is filmed."""
        return self._windows.page

    @property
    def now_ms(self) -> int:
        """The video's time."""
        return round((self._tick - self._zero) * 1000 / self.fps)

    def begin(self) -> None:
        """Begin the recording: the video's time is 0 now."""
        self._loader.load_first()
        self._pacing.leave()
        if not self.page.dialog:
            self._recount()
        self._align()
        self._zero = self._tick
        self._pacing.begin()
        self._windows.begin_requests()

    def _recount(self) -> None:
        """Count the page time that has passed, and advance it to the end of the current tick."""
        self._grants.recount(self.page.now_us())
        while (left_us := self._due_us(self.page.document.phase_us) - self._grants.granted_us) < 0:
            self._tick += 1
        if left_us > 0:
            self._grants.grant(left_us)

    def _align(self) -> None:
        """Advance page time to a tick that needs no rounding.

        Ticks lie on whole milliseconds, so at 30 a second they are 33, 33 and 34 ms apart. How many
        ticks a set-up takes differs from run to run. From a tick that needs no rounding on, they
        are as far apart as in every other run.
        """
        while (self._tick - self._held) * 1000 % self.fps and not self.page.dialog:
            self.tick()

    # Letting time go by.

    def run_for(self, ms: float) -> None:
        """Let `ms` of page time pass, in whole ticks: at least one."""
        self.run_ticks(max(1, -(-round(ms * self.fps) // 1000)))

    def run_ticks(self, count: int) -> None:
        """Let `count` ticks pass: several in one go where nothing is to happen.

        What nothing announces (an image that moves by itself) is then seen late, once: after that,
        every tick of that document is drawn.
        """
        end = self._tick + count
        while self._tick < end:
            length, due = self._uneventful(end - self._tick)
            self.tick(length)
            if due:
                self._frames.mark_dirty()
            elif length > 1 and not self._pacing.is_running and self._frames.moved:
                self.page.document.surprises = True

    def _uneventful(self, most: int) -> tuple[int, bool]:
        """Return after how many ticks something may happen, and whether a timer fires then.

        At most as many as the page has stood still for: then a movement that nothing announces
        comes late by no more than it has already waited.
        """
        if most == 1 or self.page.document.surprises or self._pacing.is_wanted:
            return 1, False
        stood = self._frames.still_ms(self.now_ms) * self.fps // 1000
        if stood < 2:
            return 1, False
        upcoming = self._windows.upcoming()
        if upcoming.moving:
            return 1, False
        due_ms = upcoming.due_ms
        most = min(most, stood)
        # Rounded down: the tick in which the timer fires is drawn by itself.
        due = most if due_ms is None else max(1, int(due_ms * self.fps / 1000))
        return min(most, due), due_ms is not None and due <= most

    def tick(self, length: int = 1) -> None:
        """Advance page time by `length` ticks, then draw a frame.

        In step with the machine's clock, `length` is what is due by then.
        """
        length = self._pacing.pace(self._tick, length)
        self._loader.release_response()
        self._tick += length
        if self.page.dialog:  # the page stands still, as it does in real life
            self._held += length  # the video's time goes on all the same
            self._frames.hold(self.now_ms)
            return
        if self.page.document.is_new and not self.page.gone:
            self._frames.expect_document()
            self._set_phase()
        self._loader.load_windows()
        try:
            self._live_and_draw()
        except RecordingError:
            if not self.page.gone or self.page is self._windows.master:
                raise
            # Else the window closed itself.

    def _set_phase(self) -> None:
        """Choose where within a millisecond the new document's ticks lie.

        On a whole tenth of a millisecond as the document counts, from when it was asked for.
        """
        blur_us = (self.page.document_began_us() - self._grants.base_us) % BLUR_US
        self.page.document.phase_us = FIRST_PHASE_US + self.page.rank * BLUR_US + blur_us

    def _live_and_draw(self) -> None:
        target_us = self._due_us(self.page.document.phase_us)
        us = target_us - self._grants.granted_us
        # Before the grant: its answer must come with this tick's frame, not with one before.
        gate = self.page.ask_gate(us)
        self._grants.grant(us)
        if self._dirty or len(self._windows) > 1 or self.page.may_be_late:
            # A timer that is due just when the grant ends fires in this tick or in the next, by
            # chance. Grants of no time let it fire now, always. They cost a tenth of a recording if
            # made in every tick, so only where something is or may be due.
            for _ in range(NUDGES):
                self._grants.run_due_tasks()
        self._dirty = False
        self._loader.load_windows()
        if self.page.document.is_new:  # it came while time went by
            self._loader.load_document()
        self._frames.draw(self.page, target_us, self.now_ms, gate)

    def _due_us(self, phase_us: int) -> int:
        """Return the page's time at this tick: whole milliseconds, plus its phase."""
        return round((self._tick - self._held) * 1000 / self.fps) * 1000 + phase_us

    def run_due_tasks(self) -> None:
        """Let the page run every task that is due, in no page time at all."""
        self._grants.run_due_tasks()

    def run_to_document(self) -> None:
        """Let page time go on to where the next document may begin.

        What a document begins there comes before its ticks, whatever their phase.
        """
        self._grants.grant(self._due_us(1000 + BEGIN_PHASE_US) - self._grants.granted_us)

    def mark_dirty(self) -> None:
        """Note that something was done to the page, which may bring tasks that are due at once."""
        self._dirty = True

    def detach(self) -> None:
        """Leave the filmed window, which was closed: time goes on in another one, unseen."""
        self._frames.detach()
        self._windows.detach()

    # In step with the machine's clock.

    @contextmanager
    def use_real_time(self, *reasons: str, since_s: float | None = None) -> Iterator[None]:
        """Keep step with the machine's clock inside (`RealTimePacing.use_real_time`)."""
        with self._pacing.use_real_time(self._tick, *reasons, since_s=since_s):
            yield

    @property
    def in_step(self) -> bool:
        """True while page time has to keep step with the machine's clock."""
        return self._pacing.is_wanted


def start_clock(
    browser: BrowserControl,
    writer: FrameWriter,
    outsides: Outsides,
    fps: int,
    start_s: float,
    machine: MachineClock,
) -> tuple[VirtualClock, FrameScheduler]:
    """Take over the browser's time, whose date is then `start_s` (seconds since the epoch)."""
    responses = ResponseRelease(browser)
    pacing = RealTimePacing(browser, outsides, fps, machine)
    grants = TimeGrants(browser, responses, pacing)
    grants.start(start_s)
    until = browser.stalls.until
    frames = FrameScheduler(fps, grants.base_us, writer, browser.quiescence, until)
    responses.on_release = frames.mark_dirty
    loader = PageLoader(browser, grants, responses, frames)
    return VirtualClock(browser, frames, grants, loader, pacing, fps), frames
