"""The loop of a batch, with lanes that have no process."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from contextlib import closing
from functools import partial
from pathlib import Path

from forge.batch.interrupts import Interrupts
from forge.batch.lanes import Seat
from forge.batch.loop import run_batch
from forge.batch.schedule import Policy, Schedule
from forge.model.news import Finished, News, Started, WorkerEvent
from forge.model.records import Attempt, Event, Job, JobResult
from forge.model.settings import Limits
from tests.support.jobs import job
from tests.support.pipe_lane import PipeLane

LIMITS = Limits(job_s=5)


class FakeLane(PipeLane):
    """Hands each job to a function of the test, which may send events and complete the future."""

    def __init__(self, work: Callable[[FakeLane, Job], object], slot: int) -> None:
        super().__init__(slot)
        self.future: Future[Attempt] = Future()
        self._work = work

    def submit(self, job: Job) -> Future[Attempt]:
        self.future = Future()
        self._work(self, job)
        return self.future

    def log_of(self, job: str) -> Path:
        return Path(f"/{job}.log")


class Ear:
    def __init__(self) -> None:
        self.heard: list[News] = []

    def on(self, news: News) -> None:
        self.heard.append(news)


def run(schedule: Schedule, work: Callable[[FakeLane, Job], object], ear: Ear) -> list[JobResult]:
    """Run a batch on two fake lanes."""
    with closing(Interrupts()) as interrupts:
        return run_batch(
            schedule,
            [Seat(partial(FakeLane, work))] * 2,
            limits=LIMITS,
            listener=ear,
            interrupts=interrupts,
        )


def test_news_come_in_order_with_the_result() -> None:
    def work(lane: FakeLane, job: Job) -> None:
        lane.send(Event(kind="phase", slot=lane.slot, job=job.name, phase="speak"))
        lane.future.set_result(Attempt(job=job.name, output="/a.mp4"))

    ear = Ear()
    [result] = run(Schedule([job("a")]), work, ear)
    assert [type(news) for news in ear.heard] == [Started, WorkerEvent, Finished]
    assert (result.status, result.attempts, result.slot) == ("done", 1, 0)
    assert (result.output, result.log) == ("/a.mp4", "/a.log")


def test_a_take_lets_jobs_that_share_it_start() -> None:
    waiting: list[Future[Attempt]] = []

    def work(lane: FakeLane, job: Job) -> None:
        if job.name == "tour.en":  # done only when the other one has started
            waiting.append(lane.future)
            lane.send(Event(kind="take", slot=lane.slot, job=job.name))
        else:
            waiting[0].set_result(Attempt(job="tour.en"))
            lane.future.set_result(Attempt(job=job.name))

    english = job("tour", "en", takes_from=("tour.de",))
    german = job("tour", "de", takes_from=("tour.en",))
    results = run(Schedule([english, german]), work, Ear())
    assert [(result.job, result.status) for result in results] == [
        ("tour.en", "done"),
        ("tour.de", "done"),
    ]


def test_a_lane_is_told_whether_a_recording_follows() -> None:
    told: dict[str, bool] = {}

    def work(lane: FakeLane, job: Job) -> None:
        told[job.name] = job.recording_follows
        lane.future.set_result(Attempt(job=job.name))

    run(Schedule([job(name) for name in "abcd"], Policy(lanes=2)), work, Ear())
    assert told == {"a": True, "b": True, "c": False, "d": False}
