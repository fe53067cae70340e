"""A batch whose lanes are on several hosts, which go away and come back."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from contextlib import closing
from functools import partial
from multiprocessing import Pipe
from pathlib import Path

import pytest

from forge.batch import loop
from forge.batch.interrupts import Interrupts
from forge.batch.lanes import Seat
from forge.batch.loop import run_batch
from forge.batch.schedule import Policy, Schedule
from forge.model.news import Finished, News, Notice, Started
from forge.model.records import Attempt, Event, Failure, Job, JobResult
from forge.model.settings import Limits
from tests.support.jobs import job

GONE = "ana has gone away"


class Host:
    """A host with one lane, that does each job by calling `work`."""

    def __init__(self, work: Callable[[Host, Job], object]) -> None:
        self.away: str | None = None
        self.slot = -1
        self.future: Future[Attempt] = Future()
        self.events, self._bell = Pipe(duplex=False)
        self.work = work

    def made(self, slot: int) -> Host:
        self.slot = slot
        return self

    def go(self, away: str | None) -> None:
        self.away = away
        self._bell.send_bytes(b"!")

    def die(self) -> None:
        self.go(GONE)
        self.future.set_exception(ConnectionError(GONE))

    def submit(self, job: Job) -> Future[Attempt]:
        assert self.away is None
        self.future = Future()
        self.work(self, job)
        return self.future

    def receive(self) -> list[Event]:
        while self.events.poll():
            self.events.recv_bytes()
        return []

    def log_of(self, job: str) -> Path:
        return Path(f"/{job}.log")

    def after_job(self, error: Failure | None) -> str | None:
        return None

    def close(self) -> None:
        pass

    end = kill = close


class Ear:
    def __init__(self, on_notice: Callable[[str], object] = lambda _: None) -> None:
        self.heard: list[News] = []
        self._on_notice = on_notice

    def on(self, news: News) -> None:
        self.heard.append(news)
        if isinstance(news, Notice):
            self._on_notice(news.text)

    @property
    def notices(self) -> list[str]:
        return [news.text for news in self.heard if isinstance(news, Notice)]

    @property
    def lanes(self) -> list[str]:
        return [f"{news.job.name} {news.lane}" for news in self.heard if isinstance(news, Started)]


def run(
    hosts: dict[str, Host],
    ear: Ear,
    *jobs: Job,
    retries: int = 0,
    limits: Limits = Limits(job_s=5),  # noqa: B008
) -> list[JobResult]:
    with closing(Interrupts()) as interrupts:
        return run_batch(
            Schedule(jobs, Policy(keep_going=True, retries=retries)),
            [Seat(host.made, name, f"{name}/0") for name, host in hosts.items()],
            limits=limits,
            listener=ear,
            interrupts=interrupts,
        )


@pytest.fixture
def quick_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the batch look at the clock more often, so that a short limit passes soon."""
    monkeypatch.setattr(loop, "LOOK_S", 0.005)


def do(host: Host, job: Job) -> None:
    host.future.set_result(Attempt(job=job.name))


def test_results_name_host_and_lane() -> None:
    ear = Ear()
    results = run({"ana": Host(do), "ben": Host(do)}, ear, job("a"), job("b"))
    assert [(result.host, result.lane, result.slot) for result in results] == [
        ("ana", "ana/0", 0),
        ("ben", "ben/0", 1),
    ]
    assert ear.lanes == ["a ana/0", "b ben/0"]


def test_a_host_that_is_away_gets_no_job() -> None:
    ana, ear = Host(do), Ear()
    ana.away = GONE
    run({"ana": ana, "ben": Host(do)}, ear, job("a"), job("b"))
    assert ear.lanes == ["a ben/0", "b ben/0"]
    assert ear.notices == [GONE]


def test_a_host_that_comes_back_wakes_the_batch() -> None:
    """Here everything waits for ana, and only its event tells that it is back."""
    ana = Host(do)
    ana.away = GONE
    ear = Ear(lambda text: ana.go(None) if text == GONE else None)
    [result] = run({"ana": ana}, ear, job("a"))
    assert (result.status, ear.notices) == ("done", [GONE, "ana is back"])


def test_a_dead_host_costs_one_attempt_and_no_restart() -> None:
    ear, ana, ben = Ear(), Host(lambda host, _: host.die()), Host(do)
    results = run(
        {"ana": ana, "ben": ben}, ear, job("a"), job("b"), retries=1, limits=Limits(restarts=0)
    )
    assert [result.status for result in results] == ["done", "done"]
    assert results[0].warnings == (f"attempt 1 failed: {GONE}",)
    assert (results[0].attempts, results[0].host) == (2, "ben")
    assert ear.notices == [GONE]


def test_batch_stops_when_no_host_comes_back(quick_looks: None) -> None:
    ear = Ear()
    results = run(
        {"ana": Host(lambda host, _: host.die())},
        ear,
        job("a"),
        job("b"),
        retries=1,
        limits=Limits(away_s=0.01, backoff_s=0),
    )
    assert [result.status for result in results] == ["failed", "not-run"]
    assert results[0].error and results[0].error.message == GONE
    assert ear.notices[-1] == (
        f"STOPPED: no host has been there for 0.01 s (limits.away_s): {GONE}; nothing more starts"
    )
    assert [type(news) for news in ear.heard].count(Finished) == 1


def test_a_lost_recording_is_made_again_elsewhere(quick_looks: None) -> None:
    english, spanish = job("t", "en", takes_from=("t.es",)), job("t", "es", takes_from=("t.en",))

    def record_and_die(host: Host, _: Job) -> None:
        schedule.has_take("t.en", "ana", exact=False)
        host.die()

    schedule = Schedule([english, spanish], Policy(keep_going=True))
    ear, hosts = Ear(), {"ana": Host(record_and_die), "ben": Host(do)}
    with closing(Interrupts()) as interrupts:
        results = run_batch(
            schedule,
            [Seat(partial(Host.made, host), name) for name, host in hosts.items()],
            limits=Limits(away_s=0.01),
            listener=ear,
            interrupts=interrupts,
        )
    assert [(result.status, result.host) for result in results] == [
        ("failed", "ana"),
        ("done", "ben"),
    ]
    assert "t.es: the host with its recording is lost; it is recorded again" in ear.notices
