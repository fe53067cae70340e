"""The time of the tutorial's own code: its waits, and page time that passes beside it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager

from forge.workers import real_time
from forge.workers.recording.browser.outside_register import Outsides
from forge.workers.recording.virtual.page_time.clock import VirtualClock
from forge.workers.recording.virtual.tutorial_time import metronome
from forge.workers.recording.virtual.tutorial_time.metronome import Metronome
from forge.workers.recording.virtual.tutorial_time.waits import Waits


class TutorialCode:
    """The clock of a tutorial's sleeps and waits (`patched_time.PageTime`).

    While the code does not drive the browser, page time passes in step with the machine's clock.
    """

    def __init__(self, clock: VirtualClock, waits: Waits, outsides: Outsides) -> None:
        self._clock, self._waits, self._outsides = clock, waits, outsides
        self._metronome = Metronome(self._tick, self._real_time)

    def away(self) -> AbstractContextManager[None]:
        """Run the tutorial's code inside, on the recording thread."""
        return self._metronome.away()

    def back(self) -> AbstractContextManager[None]:
        """Drive the page inside, for a command of the tutorial's code."""
        return self._metronome.back()

    def sleep(self, seconds: float, *, selenium: bool) -> None:
        if seconds < 0:
            raise ValueError("sleep length must be non-negative")  # the message of `time.sleep`
        with self._metronome.back():
            self._waits.sleep(seconds, selenium=selenium)

    def wait_s(self) -> float:
        return self._waits.now_s()

    def close(self) -> None:
        """End the thread of the metronome."""
        self._metronome.close()

    def _tick(self) -> None:
        if self._waits.has_no_page:
            real_time.sleep(1 / self._clock.fps)
        else:
            self._clock.tick()

    @contextmanager
    def _real_time(self, since_s: float) -> Iterator[None]:
        self._outsides.expect_push()  # the code may reach a server, which then pushes to the page
        with self._clock.use_real_time(metronome.REASON, since_s=since_s):
            yield
