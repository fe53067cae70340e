"""The seat of a slot: one attempt at a time, and an end that meets no other attempt."""

from __future__ import annotations

import threading
from concurrent.futures import Future
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import Pipe
from pathlib import Path

import pytest

from forge.model.records import Attempt, Event, Failure, Job
from forge.workers.hosting.seat import Seat, SeatResult
from tests.support.jobs import job


class FakeLane:
    """A lane whose jobs end when a test says so; it notes what is asked of it."""

    def __init__(self, folder: Path) -> None:
        self.events, self._pipe = Pipe(duplex=False)
        self.folder, self.did = folder, list[str]()
        self.futures: list[Future[Attempt]] = []
        self.submitted = threading.Semaphore(0)

    def submit(self, job: Job) -> Future[Attempt]:
        self.did.append(f"submit {job.name}")
        self.futures.append(Future())
        with self.log_of(job.name).open("a") as log:
            log.write(f"{job.name}\n")
        self.submitted.release()
        return self.futures[-1]

    def tell(self, event: Event) -> None:
        self._pipe.send(event)

    def receive(self) -> list[Event]:
        found = []
        while self.events.poll():
            found.append(self.events.recv())
        return found

    def log_of(self, job: str) -> Path:
        return self.folder / f"{job}.log"

    def after_job(self, error: Failure | None) -> str | None:
        return "a new worker" if error else None

    def close(self) -> None:
        self.did.append("close")

    def end(self) -> None:
        self.did.append("end")

    def kill(self) -> None:
        self.did.append("kill")


@pytest.fixture
def lane(tmp_path: Path) -> FakeLane:
    return FakeLane(tmp_path)


@pytest.fixture
def seat(lane: FakeLane) -> Seat:
    return Seat(lambda: lane)


class Running:
    """An attempt in a thread of its own."""

    def __init__(self, seat: Seat, key: str, name: str = "a") -> None:
        self.heard: list[Event] = []
        self._thread = threading.Thread(target=self._work, args=(seat, key, job(name)))
        self._thread.start()

    def _work(self, seat: Seat, key: str, job: Job) -> None:
        self._result = seat.run(key, job, self.heard.append)

    @property
    def result(self) -> SeatResult:
        self._thread.join(5.0)
        assert not self._thread.is_alive()
        return self._result


def test_attempt_returns_with_its_events_and_its_part_of_the_log(
    seat: Seat, lane: FakeLane
) -> None:
    lane.log_of("a").write_text("before\n")
    running = Running(seat, "k1")
    lane.submitted.acquire()
    lane.tell(Event(kind="phase", slot=0, job="a", phase="speak"))
    lane.futures[0].set_result(Attempt(job="a"))

    result = running.result
    assert (result.attempt, result.note) == (Attempt(job="a"), None)
    assert [event.kind for event in running.heard] == ["phase"]
    assert result.log == (lane.log_of("a"), 7)


def test_death_of_the_worker_is_told(seat: Seat, lane: FakeLane) -> None:
    running = Running(seat, "k1")
    lane.submitted.acquire()
    lane.futures[0].set_exception(BrokenProcessPool("gone"))

    assert running.result.death == "gone"
    assert lane.did == ["submit a", "kill"]


def test_end_meets_only_its_own_attempt(seat: Seat, lane: FakeLane) -> None:
    first = Running(seat, "k1")
    lane.submitted.acquire()
    second = Running(seat, "k2", "b")
    seat.end("k1")
    assert first.result.attempt is None
    lane.submitted.acquire()
    seat.end("k1")
    lane.futures[1].set_result(Attempt(job="b"))

    assert second.result.attempt == Attempt(job="b")
    assert lane.did == ["submit a", "end", "submit b"]
    assert seat.wait_for_end("k1") == (lane.log_of("a"), 0)


def test_attempt_that_was_ended_while_it_waited_does_not_begin(seat: Seat, lane: FakeLane) -> None:
    first = Running(seat, "k1")
    lane.submitted.acquire()
    second = Running(seat, "k2", "b")
    seat.end("k2")
    lane.futures[0].set_result(Attempt(job="a"))

    assert first.result.attempt == Attempt(job="a")
    assert second.result.death == "it was ended before it began"
    assert lane.did == ["submit a"]


@pytest.mark.parametrize("kill", [True, False])
def test_close_ends_the_attempt_and_then_the_lane(
    seat: Seat, lane: FakeLane, *, kill: bool
) -> None:
    running = Running(seat, "k1")
    lane.submitted.acquire()
    seat.close(kill=kill)

    assert running.result.attempt is None
    assert lane.did == ["submit a", "end", "kill" if kill else "close"]
