"""The stop policy of a batch, without a process in sight."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest

from forge.batch.interrupts import Interrupts
from forge.batch.loop import exit_code
from forge.batch.schedule import Schedule
from forge.model.records import Failure, Job, JobResult, Status
from tests.support.pool.harness import make_jobs, statuses

JOBS = make_jobs(a=[], b=[], c=[], d=[])


def ended(job: Job | str, status: Status = "done") -> JobResult:
    return JobResult(job=job if isinstance(job, str) else job.name, status=status)


def take(schedule: Schedule, count: int) -> list[str]:
    """Ask for `count` jobs; the names of those that may start."""
    asked = [schedule.next_job() for _ in range(count)]
    return [job.name for job in asked if job]


@pytest.fixture
def schedule() -> Schedule:
    return Schedule(JOBS, keep_going=False)


def test_jobs_start_in_order_and_each_once(schedule: Schedule) -> None:
    assert take(schedule, 6) == ["a", "b", "c", "d"]


def test_no_jobs_are_done_at_once() -> None:
    empty = Schedule([], keep_going=False)
    assert empty.done
    assert empty.next_job() is None
    assert empty.results() == []


def test_it_is_done_when_the_last_job_has_ended_and_not_before(schedule: Schedule) -> None:
    for job in JOBS:
        assert not schedule.done
        assert schedule.next_job() == job
        assert not schedule.done
        schedule.finish(ended(job))
    assert schedule.done


def test_results_are_in_job_order_whatever_order_they_come_in(schedule: Schedule) -> None:
    take(schedule, 4)
    for name in "cadb":
        schedule.finish(ended(name))
    assert [result.job for result in schedule.results()] == ["a", "b", "c", "d"]


def test_after_a_failure_nothing_starts_and_what_runs_is_awaited(schedule: Schedule) -> None:
    take(schedule, 2)
    schedule.finish(ended("b", "failed"))
    assert schedule.next_job() is None
    assert not schedule.done
    schedule.finish(ended("a"))
    assert schedule.done
    assert statuses(schedule.results()) == ["done", "failed", "not-run", "not-run"]


def test_a_second_failure_of_a_job_in_flight_is_kept_too(schedule: Schedule) -> None:
    take(schedule, 2)
    schedule.finish(ended("a", "failed"))
    schedule.finish(ended("b", "failed"))
    assert statuses(schedule.results()) == ["failed", "failed", "not-run", "not-run"]


def test_keep_going_starts_the_rest_after_a_failure() -> None:
    schedule = Schedule(JOBS, keep_going=True)
    take(schedule, 1)
    schedule.finish(ended("a", "failed"))
    assert take(schedule, 4) == ["b", "c", "d"]


@pytest.mark.parametrize("status", ["done", "skipped", "up-to-date"])
def test_only_a_failure_stops_the_batch(schedule: Schedule, status: Status) -> None:
    take(schedule, 1)
    schedule.finish(ended("a", status))
    assert take(schedule, 1) == ["b"]


@pytest.mark.parametrize("keep_going", [False, True])
def test_stopping_starts_no_more_even_when_going_on_was_asked_for(keep_going: bool) -> None:
    schedule = Schedule(JOBS, keep_going=keep_going)
    take(schedule, 1)
    schedule.stop()
    assert schedule.next_job() is None
    assert not schedule.done
    schedule.finish(ended("a"))
    assert schedule.done
    assert statuses(schedule.results()) == ["done", "not-run", "not-run", "not-run"]


def test_a_job_that_does_not_run_cannot_end(schedule: Schedule) -> None:
    with pytest.raises(KeyError):
        schedule.finish(ended("a"))


def test_a_job_cannot_end_twice(schedule: Schedule) -> None:
    take(schedule, 1)
    schedule.finish(ended("a"))
    with pytest.raises(KeyError):
        schedule.finish(ended("a"))


def moments(seed: int) -> Iterator[tuple[random.Random, int]]:
    """A random number of lanes, and then chances for as long as they are asked for."""
    chance = random.Random(seed)
    lanes = chance.randint(1, 5)
    while True:
        yield chance, lanes


@pytest.mark.parametrize("keep_going", [False, True])
@pytest.mark.parametrize("seed", range(100))
def test_the_rules_hold_in_every_interleaving(seed: int, keep_going: bool) -> None:
    names = [f"job-{number}" for number in range(seed % 13)]
    schedule = Schedule(make_jobs(**{name: [] for name in names}), keep_going=keep_going)
    started: list[str] = []
    running: list[str] = []
    outcome: dict[str, Status] = {}
    stopped = False

    for chance, lanes in moments(seed):
        if schedule.done:
            break
        if chance.random() < 0.02:
            schedule.stop()
            stopped = True
        if len(running) < lanes and (job := schedule.next_job()):
            assert not stopped, "nothing starts after the stop"
            started.append(job.name)
            running.append(job.name)
        elif running:
            name = running.pop(chance.randrange(len(running)))
            outcome[name] = chance.choice(["done", "done", "done", "failed"])
            schedule.finish(ended(name, outcome[name]))
            stopped = stopped or (outcome[name] == "failed" and not keep_going)
        else:
            assert stopped, "an idle batch that is not stopped has something to start"

    assert running == [], "what ran was awaited"
    assert started == names[: len(started)], "in order"
    assert stopped or started == names
    results = schedule.results()
    assert [result.job for result in results] == names
    assert statuses(results) == [outcome.get(name, "not-run") for name in names]


@pytest.mark.parametrize(
    ("ends", "expected"),
    [
        ([], 0),
        (["done", "up-to-date", "skipped"], 0),
        (["done", "failed"], 1),
        (["done", "not-run"], 1),
    ],
)
def test_the_exit_code_tells_whether_every_job_came_to_its_end(
    ends: list[Status], expected: int
) -> None:
    interrupts = Interrupts()
    assert exit_code([ended("a", status) for status in ends], interrupts) == expected
    interrupts.close()


@pytest.mark.parametrize(("number", "count", "code"), [(2, 1, 130), (15, 2, 143), (1, 2, 129)])
def test_a_signal_is_told_by_the_exit_code_and_all_but_ctrl_c_count_twice(
    number: int, count: int, code: int
) -> None:
    interrupts = Interrupts()
    interrupts.ask(number)
    assert interrupts.count == count
    assert exit_code([ended("a")], interrupts) == code
    interrupts.close()


def test_waking_a_batch_that_is_over_or_never_looks_is_no_error() -> None:
    interrupts = Interrupts()
    for _ in range(100_000):
        interrupts.wake()
    interrupts.close()
    interrupts.wake()


# Attempts -----------------------------------------------------------------------------------


def failed(
    job: str, *, transient: bool = True, step: str | None = None, line: int = 1
) -> JobResult:
    error = Failure(kind="X", message="m", step=step, line=line, transient=transient)
    return JobResult(job=job, status="failed", wall_s=2.0, attempts=1, error=error)


def retrying(*, retries: int, strict: bool = False, keep_going: bool = True) -> Schedule:
    return Schedule(JOBS[:2], keep_going=keep_going, retries=retries, backoff_s=4.0, strict=strict)


def test_what_may_pass_is_tried_again_after_a_pause_that_doubles() -> None:
    schedule = retrying(retries=2)
    assert schedule.next_job(0.0) == JOBS[0]
    assert schedule.finish(failed("a"), 10.0) == 4.0
    assert schedule.wake_s() == 14.0
    assert schedule.next_job(13.9) == JOBS[1], "others go first while it waits"
    assert schedule.next_job(13.9) is None
    again = schedule.next_job(14.0)
    assert again is not None
    assert (again.name, again.attempt) == ("a", 2)
    assert schedule.finish(failed("a"), 20.0) == 8.0
    schedule.next_job(28.0)
    schedule.finish(ended("a"), 30.0)
    (result,) = schedule.news()
    assert (result.status, result.attempts, result.wall_s) == ("done", 3, 4.0)
    assert [note.split(":")[0] for note in result.warnings] == [
        "attempt 1 failed",
        "attempt 2 failed",
    ]
    assert schedule.news() == []


def test_attempts_come_to_an_end() -> None:
    schedule = retrying(retries=1)
    schedule.next_job()
    schedule.finish(failed("a"))
    schedule.next_job(100.0)
    assert schedule.finish(failed("a")) is None
    assert [(r.job, r.status, r.attempts) for r in schedule.news()] == [("a", "failed", 2)]


def test_in_order_means_that_a_second_attempt_comes_before_the_next_job() -> None:
    schedule = retrying(retries=1, strict=True)
    schedule.next_job()
    schedule.finish(failed("a"), 0.0)
    assert schedule.next_job(3.9) is None
    again = schedule.next_job(4.0)
    assert again is not None
    assert again.name == "a"


def test_what_waits_for_its_next_attempt_when_all_stops_has_failed() -> None:
    schedule = retrying(retries=1, keep_going=False)
    schedule.next_job()
    schedule.next_job()
    schedule.finish(failed("a"), 0.0)
    schedule.finish(failed("b", transient=False), 1.0)
    assert schedule.done
    assert [(r.job, r.status) for r in schedule.news()] == [("b", "failed"), ("a", "failed")]
    assert statuses(schedule.results()) == ["failed", "failed"]


@pytest.mark.parametrize(
    ("first", "second", "third"),
    [
        (failed("a", transient=False), "failed", ""),  # no step: nothing that may pass
        (failed("a", transient=False, step="s"), "again", "failed"),  # the same place twice
    ],
)
def test_a_step_gets_a_second_chance_but_not_a_third_at_the_same_place(
    first: JobResult, second: str, third: str
) -> None:
    schedule = retrying(retries=5)
    for outcome in filter(None, (second, third)):
        schedule.next_job(1e9)
        assert (schedule.finish(first) is None) == (outcome == "failed")


def test_a_step_that_fails_elsewhere_the_next_time_gets_another_chance() -> None:
    schedule = retrying(retries=5)
    for line in (1, 2):
        schedule.next_job(1e9)
        assert schedule.finish(failed("a", transient=False, step="s", line=line)) is not None


# Jobs that share a take ---------------------------------------------------------------------

EN, ES, OTHER = (
    job.model_copy(update={"takes_from": shared})
    for job, shared in zip(JOBS[:3], (("b",), ("a",), ()), strict=True)
)


def sharing(*, retries: int = 0) -> Schedule:
    return Schedule([EN, ES, OTHER], keep_going=True, retries=retries, backoff_s=4.0)


def test_while_one_records_those_that_share_its_take_wait_and_others_go_first() -> None:
    schedule = sharing()
    assert take(schedule, 3) == ["a", "c"]
    schedule.has_take("a")
    assert take(schedule, 1) == ["b"]


@pytest.mark.parametrize("status", ["done", "failed"])
def test_those_that_wait_for_a_take_go_on_however_its_recording_ends(status: Status) -> None:
    schedule = sharing()
    take(schedule, 3)
    schedule.finish(ended("a", status))
    assert take(schedule, 1) == ["b"]
    schedule.finish(ended("b"))
    schedule.finish(ended("c"))
    assert schedule.done


def test_a_job_that_waits_for_a_take_wakes_nobody() -> None:
    schedule = sharing(retries=1)
    take(schedule, 2)
    schedule.finish(failed("a"), 0.0)
    assert schedule.next_job(1.0) == ES, "its turn to record"
    assert schedule.wake_s(1.0) == 4.0
    assert schedule.next_job(5.0) is None
    assert schedule.wake_s(5.0) is None, "the other one's end is what it waits for"
