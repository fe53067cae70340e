"""Speak the lines of later jobs while the first ones are recorded.

Where a processor is free, another worker fills the speech cache meanwhile; when the turn of those
jobs comes, their lines are there.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future
from threading import Lock
from typing import Protocol

from forge.model.news import News, WorkerEvent
from forge.model.records import Attempt, Event, Job

#: Of this engine only. Others load a large model in each process, or are paid by the line.
ENGINE = "pyttsx3"


class SpeakingLane(Protocol):
    """What speaking ahead needs of a lane (`forge.workers.lane.Lane`)."""

    def submit(self, job: Job) -> Future[Attempt]: ...
    def receive(self) -> list[Event]: ...
    def kill(self) -> None: ...


def later(jobs: Iterable[Job], lanes: int) -> Iterator[Job]:
    """Yield those of `jobs` that do not begin at once.

    Those that begin are the first of each lane that need not wait for the take of one before them.
    """
    before: set[str] = set()
    for job in jobs:
        waits = not before.isdisjoint(job.takes_from)
        before.add(job.name)
        if waits or not lanes:
            yield job
        else:
            lanes -= 1


class SpeakAhead:
    """A lane that speaks `jobs`, one after another, from the beginning of the first recording on.

    It is a listener of the batch, which learns nothing of it: a line that cannot be spoken is
    reported by its own job, which tries again. As a context manager it ends with the batch.
    """

    def __init__(self, jobs: Iterable[Job], make_lane: Callable[[], SpeakingLane]) -> None:
        self._jobs = deque(jobs)
        self._make_lane = make_lane
        self._lane: SpeakingLane | None = None
        self._lock = Lock()
        self._ended = False

    def __enter__(self) -> SpeakAhead:
        return self

    def __exit__(self, *_: object) -> None:
        with self._lock:  # from now on no other job is submitted, for which a worker would start
            self._ended = True
        if self._lane:
            self._lane.kill()

    def on(self, news: News) -> None:
        """Begin once a recording has begun: until then all processors have work."""
        began = isinstance(news, WorkerEvent) and news.event.phase == "record"
        if began and self._jobs and not self._lane:
            self._lane = self._make_lane()
            self._go_on()

    def _go_on(self, last: Future[Attempt] | None = None) -> None:
        """Submit the next job. After a failure no other one is spoken."""
        failed = last and (last.cancelled() or last.exception() or last.result().error)
        with self._lock:
            if failed or self._ended or not self._lane or not self._jobs:
                return
            self._lane.receive()  # a full pipe would stop the worker
            spoken = self._lane.submit(self._jobs.popleft())
        spoken.add_done_callback(self._go_on)  # it may be done, and is then called at once
