"""How long a page goes on by itself: at the end of a step, and before a recording begins."""

from __future__ import annotations

from forge.workers.recording.browser.outsides import Outsides
from forge.workers.recording.recorder import QUIET_MS
from forge.workers.recording.virtual.begin_frame import FrameScheduler
from forge.workers.recording.virtual.clock import VirtualClock
from forge.workers.recording.virtual.frame_writer import FrameWriter
from forge.workers.recording.virtual.windows import Windows


class Holds:
    """Lets a page live until it rests. Times in ms of the video."""

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
        self._busy_before = 0  # how much moved, as a spinner does, when the step began

    def begin_step(self) -> None:
        """What moves now has nothing to do with the step that begins."""
        self._busy_before = self._windows.upcoming().busy if self._outsides.known else 0

    def rest(self, until_ms: int) -> tuple[bool, int]:
        """Live until nothing is to come before `until_ms`; whether so, and since when it rests.

        A page rests when no picture has come for 0.15 s, nothing moves from frame to frame, and no
        outside is outstanding; if a timer is to fire before `until_ms`, the page lives on until
        then.
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
            if rest_ms is None:
                rest_ms = self._writer.last_ms
            if upcoming.due_ms is None or now_ms + upcoming.due_ms >= until_ms:
                return self._writer.last_ms <= rest_ms, rest_ms
            self._clock.run_for(upcoming.due_ms)
        return False, until_ms

    def _busy_for(self) -> tuple[str, ...]:
        """The outsides that the page shows it is waiting for, as texts.

        Those that this step has used, while more moves than when it began: a spinner, say.
        """
        used = self._outsides.used()
        return used if used and self._windows.upcoming().busy > self._busy_before else ()

    def _still_ms(self, began_ms: int) -> int:
        """For how long nothing has changed, at most since `began_ms`."""
        now_ms = self._clock.now_ms
        if now_ms - self._writer.last_ms >= QUIET_MS:
            self._frames.settle()  # what is still on its way may show something new
        return now_ms - max(self._writer.last_ms, began_ms)
