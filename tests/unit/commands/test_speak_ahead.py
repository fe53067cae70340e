"""Speaking ahead: which jobs, from when on, and how it ends. Its lane is a fake."""

from __future__ import annotations

from concurrent.futures import Future

from forge.commands.speak_ahead import SpeakAhead, later
from forge.model.news import Notice, WorkerEvent
from forge.model.records import Attempt, Event, Failure, Job
from tests.support.jobs import job

RECORDS = WorkerEvent(event=Event(kind="phase", slot=0, job="tour.en", phase="record"))
SPEAKS = WorkerEvent(event=Event(kind="phase", slot=0, job="tour.en", phase="speak"))
ES, FR = job("tour", "es"), job("tour", "fr")


class FakeLane:
    """Keeps the jobs that it is given; the test ends them."""

    def __init__(self) -> None:
        self.jobs: list[str] = []
        self.future: Future[Attempt] = Future()
        self.killed = False

    def submit(self, job: Job) -> Future[Attempt]:
        self.jobs.append(job.name)
        self.future = Future()
        return self.future

    def receive(self) -> list[Event]:
        return []

    def kill(self) -> None:
        self.killed = True
        self.future.cancel()


def test_the_jobs_are_those_that_do_not_begin_at_once() -> None:
    jobs = [
        job("tour", "en", takes_from=("tour.es",)),
        job("tour", "es", takes_from=("tour.en",)),
        job("other", "en"),
        job("late", "es", takes_from=("late.en",)),  # recorded by an earlier batch
    ]
    assert [one.name for one in later(jobs, 1)] == ["tour.es", "other.en", "late.es"]
    assert [one.name for one in later(jobs, 2)] == ["tour.es", "late.es"]
    assert [one.name for one in later(jobs, 9)] == ["tour.es"], "its take comes first"


def test_it_begins_with_the_first_recording() -> None:
    lane = FakeLane()
    with SpeakAhead([ES, FR], lambda: lane) as ahead:
        ahead.on(Notice(text="2 jobs"))
        ahead.on(SPEAKS)
        assert lane.jobs == []
        ahead.on(RECORDS)
        ahead.on(RECORDS)
        assert lane.jobs == ["tour.es"]
        lane.future.set_result(Attempt(job="tour.es"))
        assert lane.jobs == ["tour.es", "tour.fr"]
    assert lane.killed


def test_without_jobs_no_lane_starts() -> None:
    def no_lane() -> FakeLane:
        raise AssertionError("a lane was started")

    with SpeakAhead([], no_lane) as ahead:
        ahead.on(RECORDS)


def test_after_a_failure_it_speaks_no_more() -> None:
    lane = FakeLane()
    with SpeakAhead([ES, FR], lambda: lane) as ahead:
        ahead.on(RECORDS)
        lane.future.set_result(Attempt(job="tour.es", error=Failure(kind="X", message="no voice")))
        assert lane.jobs == ["tour.es"]


def test_the_death_of_its_worker_ends_it() -> None:
    lane = FakeLane()
    with SpeakAhead([ES, FR], lambda: lane) as ahead:
        ahead.on(RECORDS)
        lane.future.set_exception(OSError("killed"))
        assert lane.jobs == ["tour.es"]


def test_nothing_is_submitted_once_the_batch_has_ended() -> None:
    lane = FakeLane()
    with SpeakAhead([ES, FR], lambda: lane) as ahead:
        ahead.on(RECORDS)
    assert lane.jobs == ["tour.es"]
    assert lane.future.cancelled()
