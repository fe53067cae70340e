"""Letting a page come to rest: at the end of a step, and before a recording begins."""

from __future__ import annotations

from forge.workers.recording.browser.outside_register import Outsides
from forge.workers.recording.recorder import QUIET_MS
from forge.workers.recording.virtual.page_time.begin_frame import FrameScheduler
from forge.workers.recording.virtual.page_time.clock import VirtualClock
from forge.workers.recording.virtual.pixels.frame_writer import FrameWriter
from forge.workers.recording.virtual.windows.windows import Windows


class Holds:
    """Lets page time pass until the page rests, or the hold ends. Times in ms of the video."""

    def __init__(
        self,
        clock: VirtualClock,
        frames: FrameScheduler,
        windows: Windows,
        outsides: Outsides,
        writer: FrameWriter,
    ) -> None:
        self._clock, self._frames, self._windows = clock, frames, windows
        self._outsides, self._writer = outsides, writer
        self._busy_before = 0  # number of spinners and the like that moved when the step began

    def begin_step(self) -> None:
        """Note what moves now: the step that begins has not caused it."""
        self._busy_before = self._windows.upcoming().busy if self._outsides.any_open else 0

    def rest(self, until_ms: int) -> tuple[bool, int]:
        """Let page time pass until the page rests; return whether it does, and since when.

        A page rests when no new picture has come for QUIET_MS, nothing moves from frame to frame,
        no outside is outstanding, and no timer will fire before `until_ms`. Then the remaining hold
        is a still picture, which takes no time to record. If the page does not rest by `until_ms`,
        return (False, `until_ms`). In a step, `record_step` passes the end of the hold.
        """
        began_ms = self._clock.now_ms
        rest_ms: int | None = None
        while (now_ms := self._clock.now_ms) < until_ms:
            if self._outsides.outstanding():
                self._clock.tick()
                continue
            if used := self._busy_for():
                with self._clock.use_real_time(*used):
                    self._clock.tick()
                continue
            if (still_ms := self._still_ms(began_ms)) < QUIET_MS:
                self._clock.run_for(min(QUIET_MS - still_ms, until_ms - now_ms))
                continue
            upcoming = self._windows.upcoming()
            if upcoming.moving:
                self._clock.tick()
                continue
            # It rests, but a timer may still fire before the hold ends. If that changes the page,
            # and another one is set, more may change in a longer hold.
            if rest_ms is None:
                rest_ms = self._writer.last_ms
            if upcoming.due_ms is None:
                return True, rest_ms
            if now_ms + upcoming.due_ms >= until_ms:
                return self._writer.last_ms <= rest_ms, rest_ms
            self._clock.run_for(upcoming.due_ms)
        return False, until_ms

    def _busy_for(self) -> tuple[str, ...]:
        """Return the outsides that the page seems to wait for, as texts.

        They are those that this step has used, if more spinners and the like move now than when the
        step began.
        """
        used = self._outsides.used()
        return used if used and self._windows.upcoming().busy > self._busy_before else ()

    def _still_ms(self, began_ms: int) -> int:
        """Return for how long nothing has changed, counted from `began_ms` at the earliest."""
        now_ms = self._clock.now_ms
        if now_ms - self._writer.last_ms >= QUIET_MS:
            self._frames.settle()  # the requested frame may show something new
        return now_ms - max(self._writer.last_ms, began_ms)
