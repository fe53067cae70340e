"""The stage of the virtual recorder: the page that steps are performed on, and its rests."""

from __future__ import annotations

from forge.model.widgets import DialogEvent
from forge.workers.recording.browser.page_watch import World
from forge.workers.recording.hand.hand import Hand
from forge.workers.recording.recorder import Journal
from forge.workers.recording.virtual.holds import Holds
from forge.workers.recording.virtual.page_time.begin_frame import FrameScheduler
from forge.workers.recording.virtual.page_time.clock import VirtualClock
from forge.workers.recording.virtual.pixels.frame_writer import FrameWriter

BEGIN_MS = 2000  # the longest time that the first picture's page has to come to rest
LATE_MS = 1000  # the same, for a page that changed by itself


class VirtualStage:
    """What recording a step needs (`recorder.Stage`). `commands`: the number of commands so far."""

    def __init__(
        self,
        clock: VirtualClock,
        frames: FrameScheduler,
        holds: Holds,
        writer: FrameWriter,
        world: World,
        hand: Hand,
    ) -> None:
        self._clock, self._frames, self._holds = clock, frames, holds
        self._writer, self._outsides = writer, world.outsides
        self._dialogs = world.dialogs
        self.hand = hand
        self.commands = 0
        self.resting = False

    def now_ms(self) -> int:
        return self._clock.now_ms

    def dialogs(self) -> tuple[DialogEvent, ...]:
        return self._dialogs.taken()

    def run_until(self, at_ms: float) -> None:
        if (left_ms := at_ms - self.now_ms()) > 0:
            self._clock.run_for(left_ms)

    def disturbed(self, since_ms: int) -> bool:
        return self.now_ms() > since_ms or bool(self._outsides.outstanding())

    def rest(self, until_ms: int) -> tuple[bool, int]:
        return self._holds.rest(until_ms)

    def begin(self) -> None:
        """Let the page come to rest: its picture is the video's first. Then start the hand."""
        self._holds.begin_step()
        self.resting, _ = self.rest(self.now_ms() + BEGIN_MS)
        self.hand.begin()
        self._dialogs.begin()

    def begin_step(self) -> None:
        """Begin a step, which has not caused what moves now."""
        self._outsides.begin_step()
        self._holds.begin_step()

    def look(self, journal: Journal) -> None:
        """Record a change of a page at rest since the last step; only an outside can cause one."""
        if not (journal.steps and self.resting and self._outsides.any_open):
            return
        before_ms, expected = self._writer.last_ms, self._outsides.outstanding()
        self._clock.tick()
        self._frames.settle()  # the new frame's picture counts
        if self._writer.last_ms == before_ms:
            return
        self.resting, _ = self.rest(self.now_ms() + LATE_MS)
        journal.add_late_picture(self._writer.last_ms)
        if not expected:
            journal.warn_of_change(self._outsides.active_since_hold())
