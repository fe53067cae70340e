"""The limits of a job while its batch stands still: stopped, or in a paused container."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import closing
from multiprocessing import Pipe
from pathlib import Path
from typing import Any

import pytest

from forge.batch import loop
from forge.batch.interrupts import Interrupts
from forge.batch.lanes import Seat
from forge.batch.loop import run_batch
from forge.batch.schedule import Schedule
from forge.model.news import News, WorkerEvent
from forge.model.records import Attempt, Event, Failure, Job, JobResult
from forge.model.settings import Limits
from tests.support.jobs import job

DONE = Attempt(job="a")
JOB = job("a")
NOTHING: Callable[[], object] = lambda: None  # noqa: E731


class Lane:
    """Holds one job until the test completes its future."""

    slot = 0
    away: str | None = None

    def __init__(self, news: list[Event]) -> None:
        self.events, self._writer = Pipe(duplex=False)
        self.future: Future[Attempt] = Future()
        self.ended = False
        self._news = news

    def submit(self, job: Job) -> Future[Attempt]:
        return self.future

    def log_of(self, job: str) -> Path:
        return Path("/log")

    def receive(self) -> list[Event]:
        news = [*self._news]
        self._news.clear()
        return news

    def after_job(self, error: Failure | None) -> str | None:
        return None

    def end(self) -> None:
        self.ended = True

    def close(self) -> None:
        self.events.close()
        self._writer.close()

    kill = close


class Listener:
    """Calls what the test sets for each event."""

    def __init__(self) -> None:
        self.on_event: Callable[[Event], None] = lambda _: None

    def on(self, news: News) -> None:
        if isinstance(news, WorkerEvent):
            self.on_event(news.event)


class World:
    """A clock that advances only in the waits of the batch, and what happens in each wait."""

    def __init__(self) -> None:
        self.now_s = 0.0
        self.news: list[Event] = []
        self.lane, self.listener = Lane(self.news), Listener()
        self.waits: Iterator[tuple[float, Callable[[], object]]] = iter(())

    def wait(self, _objects: Sequence[object], timeout: float) -> list[object]:
        if timeout == 0 and _objects[1:] == []:
            return []  # it only looks whether it was woken
        late_s, happens = next(self.waits, (0.0, NOTHING))
        self.now_s += timeout + late_s
        happens()
        return []

    def monotonic(self) -> float:
        return self.now_s

    def run(self, *waits: tuple[float, Callable[[], object]], **limits: float) -> JobResult:
        self.waits = iter(waits)
        with closing(Interrupts()) as interrupts:
            [result] = run_batch(
                Schedule([JOB]),
                [Seat(lambda _: self.lane)],
                limits=Limits.model_validate(limits),
                listener=self.listener,
                interrupts=interrupts,
            )
        return result


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    world = World()
    monkeypatch.setattr(loop, "wait", world.wait)
    monkeypatch.setattr(loop, "time", world)
    return world


ABSENCE = (3600.0, NOTHING)
QUIET = (0.0, NOTHING)
NEAR: dict[str, Any] = {"abs": 2.5}


@pytest.mark.parametrize("limit", ["silence_s", "job_s"])
def test_stopped_time_counts_for_no_limit(world: World, limit: str) -> None:
    result = world.run(ABSENCE, QUIET, ABSENCE, **{limit: 30.0})
    assert world.lane.ended
    assert result.error is not None
    assert f"30 s (limits.{limit})" in result.error.message
    assert world.now_s == pytest.approx(7200 + 30, **NEAR), "but the time before and after does"


def test_batch_may_stand_still_between_looks(world: World) -> None:
    """Here it stops between its wait and its look at the limits, while a listener gets an event."""

    def stand_still(_: Event) -> None:
        world.now_s += 3600

    world.listener.on_event = stand_still
    say = (0.0, lambda: world.news.append(Event(kind="step", slot=0, job="a", step=1, steps=1)))
    world.run(QUIET, say, silence_s=30.0)
    assert world.now_s == pytest.approx(3600 + 32, **NEAR)


def test_slow_machine_gets_no_excuse(world: World) -> None:
    world.run(*[(0.9, NOTHING)] * 100, silence_s=30.0)
    assert world.now_s == pytest.approx(30, **NEAR)


def test_job_done_at_its_limit_is_done(world: World) -> None:
    finish = (0.0, lambda: world.lane.future.set_result(DONE))
    result = world.run(*[QUIET] * 9, finish, silence_s=10.0)
    assert (result.status, world.lane.ended) == ("done", False)


def test_attempt_after_the_last_look_is_collected(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    look = Future.done

    def finish_at_the_last_look(future: Future[Attempt]) -> bool:
        seen = look(future)
        if not seen and world.now_s >= 10:
            future.set_result(DONE)
        return seen

    monkeypatch.setattr(
        world.lane.future, "done", lambda: finish_at_the_last_look(world.lane.future)
    )
    assert world.run(silence_s=10.0).status == "done"
    assert not world.lane.ended


def test_event_postpones_the_silence_limit(world: World) -> None:
    say = (0.5, lambda: world.news.append(Event(kind="step", slot=0, job="a", step=1, steps=1)))
    world.run(*[QUIET] * 9, say, silence_s=10.0)
    assert world.now_s == pytest.approx(20, **NEAR)
