"""Page time that passes while a step's own code does not drive the browser.

A step may call an API, wait for a subprocess or run an event loop. All of that takes the machine's
time, and an ordinary page goes on meanwhile. Here a thread lets page time pass.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from forge.workers import real_time

#: Code that takes less than AWAY_S does not count as a wait. Time in which it waited for a
#: processor does not count either: the video must not depend on how busy the machine is.
AWAY_S, LOOK_APART_S = 0.25, 0.05
REASON = "the step's own code"


class Metronome:
    """Ticks while the recording thread has been `away` in a step's code for longer than AWAY_S.

    `tick()` lets page time pass until the next tick; `in_step(since_s)` keeps step with the
    machine's clock for as long as its block lasts. Both are called on this object's thread, and
    only while the recording thread is away: a lock keeps the two from driving the page at once.
    """

    def __init__(
        self,
        tick: Callable[[], object],
        in_step: Callable[[float], AbstractContextManager[None]],
    ) -> None:
        self._tick, self._in_step = tick, in_step
        self._schedule = Path(f"/proc/self/task/{threading.get_native_id()}/schedstat")
        self._queued_s = 0.0
        self._is_away = False
        self._away_since_s: float | None = None
        self._turn = threading.Lock()  # held by the thread that may drive the page
        self._closed = threading.Event()
        self._problem: BaseException | None = None
        self._turn.acquire()
        self._thread = threading.Thread(target=self._watch, name="forge-metronome", daemon=True)
        self._thread.start()

    @contextmanager
    def away(self) -> Iterator[None]:
        """Run a step's code inside the block, on the recording thread."""
        self.leave()
        try:
            yield
        finally:
            if self._is_away:  # else `back` has taken the page back already, and met an error
                self.come_back()

    @contextmanager
    def back(self) -> Iterator[None]:
        """Drive the page inside the block, even within `away`."""
        if not self._is_away:
            yield
            return
        self.come_back()
        try:
            yield
        finally:
            self.leave()

    def leave(self) -> None:
        """Let this object's thread drive the page."""
        self._queued_s = self._have_queued_s()
        self._is_away, self._away_since_s = True, real_time.perf_counter()
        self._turn.release()

    def come_back(self) -> None:
        """Take the page back; raise what went wrong meanwhile."""
        self._is_away, self._away_since_s = False, None
        self._turn.acquire()
        problem, self._problem = self._problem, None
        if problem is not None:
            raise problem

    def close(self) -> None:
        """End the thread. Call it on the recording thread, while that is not away."""
        self._closed.set()
        self._turn.release()  # the other thread may be waiting for it
        self._thread.join()

    def _watch(self) -> None:
        while not self._closed.wait(LOOK_APART_S):
            since_s = self._away_since_s
            if since_s is None or real_time.perf_counter() - since_s < AWAY_S:
                continue
            queued_s = self._have_queued_s() - self._queued_s
            if real_time.perf_counter() - since_s - queued_s < AWAY_S:
                continue
            with self._turn:
                if self._away_since_s != since_s:
                    continue  # the recording thread has come back just now
                try:
                    self._live(since_s)
                except BaseException as problem:
                    self._problem = problem
                    self._away_since_s = None

    def _have_queued_s(self) -> float:
        """Return the total time that the recording thread has waited for a processor (proc(5))."""
        try:
            return int(self._schedule.read_bytes().split()[1]) / 1e9
        except (OSError, IndexError, ValueError):
            return 0.0  # this kernel does not count it

    def _live(self, since_s: float) -> None:
        with self._in_step(since_s):
            while self._away_since_s == since_s and not self._closed.is_set():
                self._tick()
