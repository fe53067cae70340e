"""The lane of one slot of a batch on this host."""

from __future__ import annotations

import threading
from collections.abc import Callable
from multiprocessing import Pipe
from multiprocessing.connection import wait
from pathlib import Path
from typing import NamedTuple

from forge.model.lane import WorkerLane
from forge.model.records import Attempt, Event, Job
from forge.text.sanitize import message_of


class Log(NamedTuple):
    """The output of one attempt: the text of `path` after the first `begin` bytes."""

    path: Path
    begin: int


class SeatResult(NamedTuple):
    """The end of an attempt: what its worker returned, or how that died; fields as in `Reply`."""

    attempt: Attempt | None
    death: str
    log: Log
    note: str | None


class Seat:
    """A lane that runs one attempt at a time. It outlives a task of the scheduler.

    Only the thread that runs an attempt uses the lane. `end` wakes that thread, which then ends the
    lane itself: a kill can so never meet the next attempt.
    """

    def __init__(self, make_lane: Callable[[], WorkerLane]) -> None:
        self._make_lane = make_lane
        self._lane: WorkerLane | None = None
        self._free = threading.Lock()
        self._asked = _Asked()
        self._logs: dict[str, Log] = {}

    def run(self, key: str, job: Job, tell: Callable[[Event], object]) -> SeatResult:
        """Run the attempt `key` of `job`, and pass on its events, in this thread.

        Wait first until the attempt before has ended. If `end` is called, return a death.
        """
        with self._free, Bell() as bell:
            self._asked.listen(bell)
            try:
                return self._run(key, job, tell, bell)
            finally:
                self._asked.listen(None)

    def end(self, key: str) -> None:
        """Ask for the end of the attempt `key`, if it runs or waits. Does not block."""
        self._asked.ask(key)

    def wait_for_end(self, key: str) -> Log | None:
        """Wait until no attempt runs; return the log of the attempt `key`, if it has begun."""
        with self._free:
            return self._logs.get(key)

    def close(self, *, kill: bool) -> None:
        """End the attempt that runs, if there is one, and then the lane."""
        self._asked.ask_all()
        with self._free:
            if self._lane is not None:
                (self._lane.kill if kill else self._lane.close)()
                self._lane = None

    def _run(self, key: str, job: Job, tell: Callable[[Event], object], bell: Bell) -> SeatResult:
        if self._asked.end_of(key):
            return SeatResult(None, "it was ended before it began", Log(Path(), 0), None)
        lane = self._lane = self._lane or self._make_lane()
        before = lane.log_of(job.name)
        size = before.stat().st_size if before.exists() else 0
        future = lane.submit(job)
        future.add_done_callback(bell.ring)
        while not (future.done() or self._asked.end_of(key)):
            wait([bell.awake, *([] if lane.events.closed else [lane.events])])
            _pass_on(lane, tell)
        done = future.done()
        if not done:
            lane.end()
        _pass_on(lane, tell)
        path = lane.log_of(job.name)
        log = self._logs[key] = Log(path, size if path == before else 0)
        if not done:
            return SeatResult(None, "it was ended", log, None)
        if error := future.exception():
            lane.kill()  # the worker has ended; its browser may still run
            return SeatResult(None, message_of(error) or type(error).__name__, log, None)
        attempt = future.result()
        return SeatResult(attempt, "", log, lane.after_job(attempt.error))


class Bell:
    """A pipe that wakes a thread; `awake` becomes readable. A context manager."""

    def __init__(self) -> None:
        self.awake, self._button = Pipe(duplex=False)

    def __enter__(self) -> Bell:
        return self

    def __exit__(self, *_: object) -> None:
        self.awake.close()
        self._button.close()

    def ring(self, _future: object = None) -> None:
        """Wake the thread; from any thread, also as the callback of a future."""
        try:
            self._button.send_bytes(b"!")
        except OSError:
            pass  # the attempt is over


class _Asked:
    """The attempts whose end was asked for, and the bell of the one that runs."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._keys: set[str] = set()
        self._all = False
        self._bell: Bell | None = None

    def listen(self, bell: Bell | None) -> None:
        with self._lock:
            self._bell = bell

    def ask(self, key: str) -> None:
        with self._lock:
            self._keys.add(key)
            self._ring()

    def ask_all(self) -> None:
        with self._lock:
            self._all = True
            self._ring()

    def end_of(self, key: str) -> bool:
        with self._lock:
            return self._all or key in self._keys

    def _ring(self) -> None:
        if self._bell:
            self._bell.ring()


def _pass_on(lane: WorkerLane, tell: Callable[[Event], object]) -> None:
    for event in [] if lane.events.closed else lane.receive():
        tell(event)
