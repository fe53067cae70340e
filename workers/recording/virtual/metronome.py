"""The page goes on while a step's own code does something else than drive the browser.

A step may ask an API, wait for a subprocess or run an event loop: all of that takes the machine's
time, and in a browser of one's own the page would live on meanwhile. A thread sees to that here.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from forge.workers import real_time

#: Code that takes less is no wait. Time in which it only waited for a processor does not count: a
#: busy machine must not be seen in the video.
AWAY_S, LOOK_APART_S = 0.25, 0.05
REASON = "the step's own code"


class Metronome:
    """Ticks while the recording thread is `away` in a step's code for longer than AWAY_S.

    `tick()` lets the page live for what is due; `real_time(since_s)` keeps step with the machine's
    clock for as long as its block lasts. Both are called on this object's thread, and only
    while the recording thread is away: the two never touch the page at once.
    """

    def __init__(
        self,
        tick: Callable[[], object],
        real_time: Callable[[float], AbstractContextManager[None]],
    ) -> None:
        self._tick, self._real_time = tick, real_time
        self._schedule = Path(f"/proc/self/task/{threading.get_native_id()}/schedstat")
        self._queued_s = 0.0
        self._is_away = False
        self._away_since_s: float | None = None
        self._turn = threading.Lock()  # held by the thread that drives the page
        self._closed = threading.Event()
        self._problem: BaseException | None = None
        self._turn.acquire()
        self._thread = threading.Thread(target=self._watch, name="forge-metronome", daemon=True)
        self._thread.start()

    @contextmanager
    def away(self) -> Iterator[None]:
        """The recording thread runs a step's code inside."""
        self.leave()
        try:
            yield
        finally:
            if self._is_away:  # else it came back to an error, and has stayed
                self.come_back()

    @contextmanager
    def back(self) -> Iterator[None]:
        """It drives the page inside, also while it is away in a step's code."""
        if not self._is_away:
            yield
            return
        self.come_back()
        try:
            yield
        finally:
            self.leave()

    def leave(self) -> None:
        """The recording thread goes away into a step's code."""
        self._queued_s = self._have_queued_s()
        self._is_away, self._away_since_s = True, real_time.perf_counter()
        self._turn.release()

    def come_back(self) -> None:
        """It is back, and drives the page again; raises what went wrong meanwhile."""
        self._is_away, self._away_since_s = False, None
        self._turn.acquire()
        problem, self._problem = self._problem, None
        if problem is not None:
            raise problem

    def close(self) -> None:
        """End the thread; the recording thread is back by then."""
        self._closed.set()
        self._turn.release()  # the other thread may have been about to take it
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
                    continue  # it came back just then
                try:
                    self._live(since_s)
                except BaseException as problem:
                    self._problem = problem
                    self._away_since_s = None

    def _have_queued_s(self) -> float:
        """How long the recording thread has waited for a processor, in all (proc(5), Linux)."""
        try:
            return int(self._schedule.read_bytes().split()[1]) / 1e9
        except (OSError, IndexError, ValueError):
            return 0.0  # the kernel does not count it

    def _live(self, since_s: float) -> None:
        with self._real_time(since_s):
            while self._away_since_s == since_s and not self._closed.is_set():
                self._tick()
