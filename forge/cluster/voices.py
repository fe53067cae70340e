"""Speaking at home for hosts that have no API key: the key stays here, and the sounds travel."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from multiprocessing.connection import wait
from pathlib import Path
from queue import SimpleQueue

from forge.batch.lanes import LaneLike
from forge.model.records import Attempt, Event, EventKind, Job
from forge.model.settings import Settings
from forge.store.job_files import read_speech
from forge.workers.entry import explain
from forge.workers.hosting.seat import Bell
from forge.workers.lane import Lane
from forge.workers.setup import LaneSetup

LANES = 4  # services allow few requests at a time
TOLD: tuple[EventKind, ...] = ("phase", "step", "warning")

MakeLane = Callable[[int, LaneSetup], LaneLike]


class HomeVoices:
    """Lanes of this machine that only speak, started when they are needed.

    `setup` is that of the batch's lanes, in a folder of their own. All methods may be called from
    any thread. A context manager that ends the lanes.
    """

    def __init__(self, setup: LaneSetup, make_lane: MakeLane = Lane) -> None:
        self._setup = setup.model_copy(update={"phase": "speak"})
        self._make_lane = make_lane
        self._free: SimpleQueue[int] = SimpleQueue()
        for slot in range(LANES):
            self._free.put(slot)
        self._lanes: dict[int, LaneLike] = {}
        self._speaking: dict[str, LaneLike] = {}
        self._lock = threading.Lock()

    def __enter__(self) -> HomeVoices:
        return self

    def __exit__(self, *_: object) -> None:
        for lane in self._lanes.values():
            lane.kill()

    @property
    def _settings(self) -> Settings:
        return self._setup.settings

    def spoken(self, job: Job, tell: Callable[[Event], object]) -> Attempt | None:
        """Speak what `job` needs, and wait; return an attempt if it failed.

        `tell` gets the events of the speaking.
        """
        if not self._settings.voice.may_need_key:
            return None
        with self._lane() as lane:
            attempt = self._spoken_in(lane, job, tell)
            lane.after_job(attempt.error)
        return attempt if attempt.error else None

    def sounds(self, job: Job) -> Sequence[Path]:
        """Return the sounds of `job` that a host cannot make, below the project."""
        if not self._settings.voice.may_need_key:
            return ()
        lines = read_speech(self._settings.work_root / job.name).lines
        return [Path(name) for name in dict.fromkeys(line.audio_file for line in lines) if name]

    def end(self, job: Job) -> None:
        """End the speaking of `job`, if it is under way."""
        with self._lock:
            lane = self._speaking.get(job.name)
        if lane:
            lane.kill()

    @contextmanager
    def _lane(self) -> Iterator[LaneLike]:
        """Wait for a lane that is free."""
        slot = self._free.get()
        try:
            if slot not in self._lanes:
                self._lanes[slot] = self._make_lane(slot, self._setup)
            yield self._lanes[slot]
        finally:
            self._free.put(slot)

    def _spoken_in(self, lane: LaneLike, job: Job, tell: Callable[[Event], object]) -> Attempt:
        with self._lock:
            self._speaking[job.name] = lane
        try:
            future = lane.submit(job)
            for event in _events_until(future, lane):
                if event.kind in TOLD:
                    tell(event)
            return future.result()
        except Exception as problem:  # the worker has died
            error = explain(problem).model_copy(update={"transient": True})
            return Attempt(job=job.name, error=error)
        finally:
            with self._lock:
                del self._speaking[job.name]


def _events_until(future: Future[Attempt], lane: LaneLike) -> Iterator[Event]:
    """Yield the events of `lane` until `future` is done."""
    with Bell() as bell:
        future.add_done_callback(bell.ring)
        while True:
            events = [] if lane.events.closed else [lane.events]
            ready = wait([bell.awake, *events])
            yield from lane.receive() if events else ()
            if bell.awake in ready:
                return
