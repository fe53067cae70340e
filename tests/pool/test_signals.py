"""Signals to a batch: exit codes, results, and no process or file that outlives it."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.support.pool.harness import Act, Driver, Gate, Pool, make_jobs, statuses
from tests.support.processes import eventually

pytestmark = pytest.mark.slow(reason="starts worker processes")
Start = Callable[..., Driver]

INTERRUPTED = ["failed", "failed", "not-run", "not-run"]


@pytest.fixture
def start(pool: Pool) -> Iterator[Start]:
    """Return a function that starts a batch in a process of its own; end it with the test."""
    with ExitStack() as stack:

        def start(*args: object, **options: object) -> Driver:
            driver = Driver(pool, *args, **options)  # type: ignore[arg-type]
            stack.callback(driver.close)
            return driver

        yield start


@pytest.fixture
def gate(pool: Pool) -> Gate:
    return pool.gate()


@pytest.fixture
def busy(start: Start, gate: Gate, pool: Pool) -> Driver:
    """Return a batch of two running jobs with two children each, one detached, and two waiting."""
    children = [
        ["child", pool.path("up1")],
        ["child", pool.path("up2"), "detached"],
    ]
    act: Act = [*children, ["closer", pool.path("closed")], ["tell", "in"], ["wait", gate.path]]
    driver = start(make_jobs(**dict.fromkeys("abcd", act)))
    driver.until("a: in", "b: in")
    return driver


@pytest.mark.parametrize("send", [os.kill, os.killpg], ids=["to the parent", "to the whole group"])
def test_first_interrupt_awaits_running_jobs(
    busy: Driver, gate: Gate, send: Callable[[int, int], None]
) -> None:
    send(busy.pid, signal.SIGINT)
    busy.until("notice interrupted: waiting for the jobs in flight (Ctrl-C again ends them now)")
    gate.open(2)

    code, results = busy.ended()
    assert code == 130
    assert statuses(results) == ["done", "done", "not-run", "not-run"]


def test_second_interrupt_ends_running_jobs(busy: Driver, pool: Pool) -> None:
    os.killpg(busy.pid, signal.SIGINT)
    busy.until("notice interrupted: waiting for the jobs in flight (Ctrl-C again ends them now)")
    os.killpg(busy.pid, signal.SIGINT)

    code, results = busy.ended()
    assert code == 130
    assert statuses(results) == INTERRUPTED
    assert {result.error.kind for result in results if result.error} == {"Interrupted"}
    assert not Path(pool.path("closed")).exists(), "who is killed closes nothing"


@pytest.mark.parametrize("send", [os.kill, os.killpg], ids=["to the parent", "to the whole group"])
@pytest.mark.parametrize(("number", "expected"), [(signal.SIGTERM, 143), (signal.SIGHUP, 129)])
def test_term_and_hangup_end_running_jobs(
    busy: Driver,
    number: int,
    expected: int,
    send: Callable[[int, int], None],
) -> None:
    send(busy.pid, number)

    code, results = busy.ended()
    assert code == expected
    assert statuses(results) == INTERRUPTED


def test_ignored_hangup_stays_ignored(start: Start, gate: Gate) -> None:
    driver = start(make_jobs(a=[["tell", "in"], ["wait", gate.path]]), nohup=True)
    driver.until("a: in")
    os.kill(driver.pid, signal.SIGHUP)
    gate.open()

    code, results = driver.ended()
    assert code == 0
    assert statuses(results) == ["done"]


def test_interrupt_during_start_keeps_started_jobs(start: Start) -> None:
    driver = start(make_jobs(a=[], b=[], c=[]))
    driver.until("start a", "start b")  # the jobs are submitted, but the workers still import
    assert "ready 0" not in driver.log
    os.killpg(driver.pid, signal.SIGINT)

    code, results = driver.ended()
    assert code == 130
    assert statuses(results) == ["done", "done", "not-run"]


def test_interrupt_before_the_first_job(start: Start) -> None:
    # The signal arrives before all of these are done.
    driver = start(make_jobs(**{f"job-{number}": [] for number in range(300)}), lanes=3)
    driver.until("lane 0")
    os.killpg(driver.pid, signal.SIGINT)

    code, results = driver.ended()
    assert code == 130
    assert "not-run" in statuses(results)
    assert "failed" not in statuses(results)


def test_term_during_start_ends_the_workers(start: Start, gate: Gate) -> None:
    driver = start(make_jobs(a=[["wait", gate.path]], b=[["wait", gate.path]]))
    driver.until("start a", "start b")
    os.kill(driver.pid, signal.SIGTERM)

    code, results = driver.ended()
    assert code == 143
    assert statuses(results) == ["failed", "failed"]


def test_killed_parent_leaves_nothing(busy: Driver, pool: Pool) -> None:
    assert len(pool.left()) == 7, "the parent, two workers and their four children"
    os.kill(busy.pid, signal.SIGKILL)

    assert busy.ended() == (-signal.SIGKILL, [])
    assert eventually(lambda: pool.left() == [] and not any(pool.temporary.iterdir()), 5)


def test_orphaned_busy_worker_leaves_nothing(start: Start, pool: Pool) -> None:
    dist = Path(pool.path("dist"))
    dist.mkdir()
    driver = start(make_jobs(a=[["begin_files", str(dist)]]), lanes=1)
    driver.until("a: busy")
    os.kill(driver.pid, signal.SIGKILL)

    driver.ended()
    assert eventually(lambda: pool.left() == [], 5)
    assert not any(dist.iterdir())
    assert not any(pool.temporary.iterdir())


def test_orphaned_starting_workers_end(start: Start, pool: Pool) -> None:
    driver = start(make_jobs(a=[["tell", "in"]], b=[]))
    driver.until("lane 0", "lane 1")
    os.kill(driver.pid, signal.SIGKILL)

    driver.ended()
    assert eventually(lambda: pool.left() == [], 5)
    assert eventually(lambda: not any(pool.temporary.iterdir()), 5)
