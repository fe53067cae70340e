"""The clock of the virtual recorder: ticks of page time.

The page's time stands still except in a *tick*: page time advances by the length of one frame, then
one frame is drawn. The page's clock stops while a request is pending, so requests take no page
time. The number of ticks that something takes depends on the page alone: that is why two runs are
alike.

The verbs are those of Playwright's `Clock` where it has them.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from forge.errors import RecordingError
from forge.workers import real_time
from forge.workers.recording.browser.outside_register import Outsides
from forge.workers.recording.virtual.page_time.begin_frame import FrameScheduler
from forge.workers.recording.virtual.page_time.browser_control import BrowserControl
from forge.workers.recording.virtual.page_time.grants import TimeGrants
from forge.workers.recording.virtual.page_time.loading import PageLoader
from forge.workers.recording.virtual.page_time.real_time_pacing import MachineClock, RealTimePacing
from forge.workers.recording.virtual.page_time.response_release import ResponseRelease
from forge.workers.recording.virtual.pixels.frame_writer import FrameWriter
from forge.workers.recording.virtual.windows.page import VirtualPage

#: Offsets within a millisecond of page time. Chromium rounds the times that a page can read to 0.1
#: ms, up or down at random. Rounding does not change whole tenths, counted from the document's
#: beginning, so all ticks lie on them. The first window's ticks are at FIRST_OFFSET_US, each
#: further window's 0.1 ms after those of the window before.
#:
#: A document begins earlier, at DOCUMENT_OFFSET_US. So the timers that it starts while it loads are
#: due before its ticks in every run.
ROUNDING_US, DOCUMENT_OFFSET_US, FIRST_OFFSET_US = 100, 150, 200
#: How many times due tasks are run at a tick's end; once is not enough on a busy machine, where one
#: timer in a thousand then has not fired.
NUDGES = 2


class VirtualClock:
    """One browser's page time: granted tick by tick, to all its windows at once.

    `now_ms` is the video's time: page time since `begin`, plus the time in which a dialog held the
    page up.
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
        self._held = 0  # ticks behind dialogs, in which no page time passed
        self._dirty = False

    @property
    def page(self) -> VirtualPage:
        """The window that is filmed."""
        return self._windows.page

    @property
    def now_ms(self) -> int:
        """The video's time."""
        return round((self._tick - self._zero) * 1000 / self.fps)

    @property
    def event_s(self) -> float:
        """The page's own time as DevTools takes it for an event: seconds since the epoch."""
        offset_s = real_time.time() - real_time.monotonic()
        return (self._grants.base_us + self._grants.granted_us) / 1e6 + offset_s

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
        while (left_us := self._due_us(self.page.document.offset_us) - self._grants.granted_us) < 0:
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

    # Letting time pass.

    def run_for(self, ms: float) -> None:
        """Let `ms` of page time pass, in whole ticks: at least one."""
        self.run_ticks(max(1, -(-round(ms * self.fps) // 1000)))

    def run_ticks(self, count: int) -> None:
        """Let `count` ticks pass: several at once if nothing is about to happen.

        An unannounced change (an animated image, say) may be recorded late the first time;
        afterwards every tick of that document is drawn.
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
        """Return the number of ticks until something may happen, and True if a timer fires then.

        It is at most the number of ticks for which the page has been still. So an unannounced
        change is late by at most the time the page has already been still.
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
        # Rounded down: the tick in which the timer fires has a frame of its own.
        due = most if due_ms is None else max(1, int(due_ms * self.fps / 1000))
        return min(most, due), due_ms is not None and due <= most

    def tick(self, length: int = 1) -> None:
        """Advance page time by `length` ticks, then draw a frame.

        In step with the machine's clock, the number of ticks due by now replaces `length`.
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
            self._set_offset()
        self._loader.load_windows()
        try:
            self._live_and_draw()
        except RecordingError as problem:
            if self.page is self._windows.master or not self.page.closed_itself(problem):
                raise
            # Otherwise the window has closed itself, which is no error.

    def _set_offset(self) -> None:
        """Choose the offset of the new document's ticks within a millisecond.

        It is a whole tenth of a millisecond, counted from the moment at which the browser was asked
        for the document, as the document's own times are.
        """
        fraction_us = (self.page.document_began_us() - self._grants.base_us) % ROUNDING_US
        self.page.document.offset_us = FIRST_OFFSET_US + self.page.rank * ROUNDING_US + fraction_us

    def _live_and_draw(self) -> None:
        target_us = self._due_us(self.page.document.offset_us)
        us = target_us - self._grants.granted_us
        # Before the grant: its answer must come with this tick's frame, not with one before.
        marker = self.page.send_frame_marker(us)
        self._grants.grant(us)
        if self._dirty or len(self._windows) > 1 or self.page.may_be_late:
            # A timer that is due just when the grant ends fires in this tick or in the next, at
            # random. A grant of no time makes it fire now. Doing this in every tick costs 10 %, so
            # only where a task may be due.
            for _ in range(NUDGES):
                self._grants.run_due_tasks()
        self._dirty = False
        self._loader.load_windows()
        if self.page.document.is_new:  # it came during the grant
            self._loader.load_document()
        self._frames.draw(self.page, target_us, self.now_ms, marker)

    def _due_us(self, offset_us: int) -> int:
        """Return the page's time at this tick: whole milliseconds plus an offset."""
        return round((self._tick - self._held) * 1000 / self.fps) * 1000 + offset_us

    def run_due_tasks(self) -> None:
        """Let the page run every task that is due, in no page time at all."""
        self._grants.run_due_tasks()

    def run_to_document(self) -> None:
        """Advance page time to the offset at which a new document starts, before its first tick."""
        self._grants.grant(self._due_us(1000 + DOCUMENT_OFFSET_US) - self._grants.granted_us)

    def mark_dirty(self) -> None:
        """Note an action on the page, which may cause tasks that are due at once."""
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
