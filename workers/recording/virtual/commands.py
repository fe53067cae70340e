"""Running one WebDriver command on virtual time: to its end, or until it stalls.

A command runs between two ticks. When it waits for the page (no thread runs, and it is not done:
`page_time.quiescence`), the page first runs all tasks that are due, in no page time at all; if the
command still waits, the page gets a tick. The number of ticks depends on the page alone.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import Any

from forge.workers import real_time
from forge.workers.recording.virtual.page_time.begin_frame import FrameScheduler
from forge.workers.recording.virtual.page_time.browser_control import BrowserControl
from forge.workers.recording.virtual.page_time.clock import VirtualClock
from forge.workers.recording.virtual.page_time.quiescence import BUSY_S, LOOK_APART_S

COMMAND_MS = 5000  # no command needs more of the page's time, if it does not wait on purpose
LOAD_MS = 60_000
#: A command that is not done after this time, with no thread at work, may be waiting for page time.
#: A navigation gets longer: it first waits for its server, and on a busy machine for a processor.
PATIENT_S, PATIENT_LOAD_S = 1.0, 5.0
SHORTEST_LOOK_S, LONGEST_LOOK_S = 0.005, 0.25  # between two looks at a page that is loading


class CommandRunner:
    """Runs commands on a thread of its own, and grants the page time that they need to finish."""

    def __init__(
        self, clock: VirtualClock, frames: FrameScheduler, browser: BrowserControl
    ) -> None:
        self._clock, self._frames = clock, frames
        self._quiescence, self._stalls = browser.quiescence, browser.stalls
        self._pool = ThreadPoolExecutor(1, "forge-command", self._note_thread)
        self._thread = 0
        self._running: Future[Any] | None = None  # the last command

    def run(
        self,
        do: Callable[[], Any],
        what: str,
        *,
        patience_ms: float | None = None,
        navigates: bool = False,
        moves_mouse: bool = False,
        harmless: bool = False,
    ) -> Any:
        """Return what `do` returns: a WebDriver command, named `what`.

        `patience_ms`: the most page time that it is given; by default it counts as stalled after
        COMMAND_MS, or LOAD_MS. `navigates`: it loads a page, which no event of the present page
        announces. `moves_mouse`: it moves the mouse, which reaches the page with the next frame.
        `harmless`: it loads no page, so that a frame may be drawn meanwhile.

        Raises:
            ClockError: it did not end, whatever time the page was given.
        """
        clock, page = self._clock, self._clock.page
        self._stalls.doing = what
        if not harmless:
            self._frames.settle()  # a frame requested before a page goes away may never be answered
        if navigates and not page.dialog:
            clock.run_to_document()
        page.navigating = navigates
        future = self._running = self._pool.submit(do)
        until_ms = None if patience_ms is None else clock.now_ms + patience_ms
        stalled_ms = clock.now_ms + (LOAD_MS if navigates else COMMAND_MS)
        patient_s = PATIENT_LOAD_S if navigates else PATIENT_S
        if moves_mouse or patience_ms is not None:
            patient_s = 0.0  # it certainly needs page time
        alone_until_s = real_time.perf_counter() + patient_s
        turn = 0
        while not self._finishes(future, turn):
            turn += 1
            # The command may still end without page time: if the browser waits for a server, or the
            # driver only seems to rest.
            alone = page.fetching or real_time.perf_counter() < alone_until_s
            if page.navigating or (alone and not clock.in_step) or (turn % 2 and not moves_mouse):
                clock.run_due_tasks()
            elif until_ms is not None:
                if clock.now_ms < until_ms:
                    clock.tick()
            elif clock.now_ms < stalled_ms:
                clock.tick()
            else:
                self._stalls.fail("it did not end, whatever time it was given")
        page.navigating = False
        if not harmless:
            # chromedriver may receive the event of a dialog, or of a page's end, before this
            # process.
            page.catch_up()
            clock.mark_dirty()
        return future.result()

    def _finishes(self, future: Future[Any], turn: int) -> bool:
        """Wait while threads work on the command; return False if it then waits for the page."""
        if self._clock.page.navigating:
            patience_s = min(LONGEST_LOOK_S, SHORTEST_LOOK_S * 2 ** (turn // 4))
            if wait([future], patience_s).done:
                return True
        self._quiescence.reset()
        until_s = real_time.perf_counter() + BUSY_S
        while not future.done():
            if self._clock.in_step or self._quiescence.look(self._thread, self._clock.page.reader):
                return future.done()
            if real_time.perf_counter() > until_s:
                return False  # a thread is busy-looping; treat the command as waiting
            wait([future], LOOK_APART_S)
        return True

    def _note_thread(self) -> None:
        self._thread = threading.get_native_id()

    def close(self) -> None:
        """End the thread, and a browser that has not finished the last command."""
        if self._running and not self._running.done():
            # Its driver takes no other command meanwhile: ending the session would take a minute.
            self._stalls.give_up()
        self._pool.shutdown(wait=False, cancel_futures=True)
        self._quiescence.close()
