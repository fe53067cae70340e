"""The schedule of a batch: order, stop, retries, shared takes; no process is started."""

from __future__ import annotations

import random
from collections.abc import Iterator
from heapq import heappop, heappush

import pytest

from forge.batch.attempts import Ended
from forge.batch.interrupts import Interrupts
from forge.batch.lanes import KeptOn, takes_in
from forge.batch.loop import exit_code
from forge.batch.schedule import Policy, Schedule
from forge.model.records import Attempt, Failure, Job, JobResult, Status
from forge.store.history import longest_first
from tests.support.pool.harness import make_jobs, statuses

JOBS = make_jobs(a=[], b=[], c=[], d=[])


def ended(job: Job | str, status: Status = "done") -> Ended:
    error = Failure(kind="X", message="m") if status == "failed" else None
    return Ended(Attempt(job=job if isinstance(job, str) else job.name, error=error))


def take(schedule: Schedule, count: int) -> list[str]:
    """Ask for `count` jobs; return the names of those that may start."""
    asked = [schedule.next_job() for _ in range(count)]
    return [job.name for job in asked if job]


@pytest.fixture
def schedule() -> Schedule:
    return Schedule(JOBS)


def test_jobs_start_once_in_order(schedule: Schedule) -> None:
    assert take(schedule, 6) == ["a", "b", "c", "d"]


def test_empty_schedule_is_done() -> None:
    empty = Schedule([])
    assert empty.done
    assert empty.next_job() is None
    assert empty.results() == []


def test_schedule_is_done_after_the_last_result(schedule: Schedule) -> None:
    for job in JOBS:
        assert not schedule.done
        assert schedule.next_job() == job
        assert not schedule.done
        schedule.finish(ended(job))
    assert schedule.done


def test_results_are_in_job_order(schedule: Schedule) -> None:
    take(schedule, 4)
    for name in "cadb":
        schedule.finish(ended(name))
    assert [result.job for result in schedule.results()] == ["a", "b", "c", "d"]


def test_failure_stops_starts_and_awaits_running_jobs(schedule: Schedule) -> None:
    take(schedule, 2)
    schedule.finish(ended("b", "failed"))
    assert schedule.next_job() is None
    assert not schedule.done
    schedule.finish(ended("a"))
    assert schedule.done
    assert statuses(schedule.results()) == ["done", "failed", "not-run", "not-run"]


def test_second_failure_in_flight_is_kept(schedule: Schedule) -> None:
    take(schedule, 2)
    schedule.finish(ended("a", "failed"))
    schedule.finish(ended("b", "failed"))
    assert statuses(schedule.results()) == ["failed", "failed", "not-run", "not-run"]


def test_keep_going_starts_the_rest() -> None:
    schedule = Schedule(JOBS, Policy(keep_going=True))
    take(schedule, 1)
    schedule.finish(ended("a", "failed"))
    assert take(schedule, 4) == ["b", "c", "d"]


def test_only_a_failure_stops_the_batch(schedule: Schedule) -> None:
    take(schedule, 1)
    schedule.finish(ended("a"))
    assert take(schedule, 1) == ["b"]


@pytest.mark.parametrize("keep_going", [False, True])
def test_stop_overrides_keep_going(keep_going: bool) -> None:
    schedule = Schedule(JOBS, Policy(keep_going=keep_going))
    take(schedule, 1)
    schedule.stop()
    assert schedule.next_job() is None
    assert not schedule.done
    schedule.finish(ended("a"))
    assert schedule.done
    assert statuses(schedule.results()) == ["done", "not-run", "not-run", "not-run"]


def test_idle_job_cannot_end(schedule: Schedule) -> None:
    with pytest.raises(KeyError):
        schedule.finish(ended("a"))


def test_job_cannot_end_twice(schedule: Schedule) -> None:
    take(schedule, 1)
    schedule.finish(ended("a"))
    with pytest.raises(KeyError):
        schedule.finish(ended("a"))


def moments(seed: int) -> Iterator[tuple[random.Random, int]]:
    """Yield a random number of lanes, then random numbers without end."""
    chance = random.Random(seed)
    lanes = chance.randint(1, 5)
    while True:
        yield chance, lanes


@pytest.mark.parametrize("keep_going", [False, True])
@pytest.mark.parametrize("seed", range(100))
def test_rules_hold_in_every_interleaving(seed: int, keep_going: bool) -> None:
    names = [f"job-{number}" for number in range(seed % 13)]
    schedule = Schedule(make_jobs(**{name: [] for name in names}), Policy(keep_going=keep_going))
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
        (["done", "up-to-date"], 0),
        (["done", "failed"], 1),
        (["done", "not-run"], 1),
    ],
)
def test_exit_code_follows_the_results(ends: list[Status], expected: int) -> None:
    interrupts = Interrupts()
    assert exit_code([JobResult(job="a", status=status) for status in ends], interrupts) == expected
    interrupts.close()


@pytest.mark.parametrize(("number", "count", "code"), [(2, 1, 130), (15, 2, 143), (1, 2, 129)])
def test_exit_code_names_the_signal(number: int, count: int, code: int) -> None:
    interrupts = Interrupts()
    interrupts.ask(number)
    assert interrupts.count == count
    assert exit_code([JobResult(job="a", status="done")], interrupts) == code
    interrupts.close()


def test_waking_an_ended_batch_is_allowed() -> None:
    interrupts = Interrupts()
    for _ in range(100_000):
        interrupts.wake()
    interrupts.close()
    interrupts.wake()


# Attempts -----------------------------------------------------------------------------------


def failed(job: str, *, transient: bool = True, step: str | None = None, line: int = 1) -> Ended:
    error = Failure(kind="X", message="m", step=step, line=line, transient=transient)
    return Ended(Attempt(job=job, error=error), wall_s=2.0)


def retrying(*, retries: int, in_order: bool = False, keep_going: bool = True) -> Schedule:
    return Schedule(JOBS[:2], Policy(keep_going, retries, backoff_s=4.0, in_order=in_order))


def test_transient_failure_retries_with_doubling_pause() -> None:
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


def test_attempts_are_limited() -> None:
    schedule = retrying(retries=1)
    schedule.next_job()
    schedule.finish(failed("a"))
    schedule.next_job(100.0)
    assert schedule.finish(failed("a")) is None
    assert [(r.job, r.status, r.attempts) for r in schedule.news()] == [("a", "failed", 2)]


def test_in_order_a_retry_comes_before_the_next_job() -> None:
    schedule = retrying(retries=1, in_order=True)
    schedule.next_job()
    schedule.finish(failed("a"), 0.0)
    assert schedule.next_job(3.9) is None
    again = schedule.next_job(4.0)
    assert again is not None
    assert again.name == "a"


def test_waiting_retry_fails_on_stop() -> None:
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
        (failed("a", transient=False), "failed", ""),  # no step, so it is permanent
        (failed("a", transient=False, step="s"), "again", "failed"),  # the same step twice
    ],
)
def test_same_step_is_retried_once(first: Ended, second: str, third: str) -> None:
    schedule = retrying(retries=5)
    for outcome in filter(None, (second, third)):
        schedule.next_job(1e9)
        assert (schedule.finish(first) is None) == (outcome == "failed")


def test_another_step_is_retried_again() -> None:
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
    return Schedule([EN, ES, OTHER], Policy(keep_going=True, retries=retries, backoff_s=4.0))


def test_sharing_jobs_wait_while_others_start() -> None:
    schedule = sharing()
    assert take(schedule, 3) == ["a", "c"]
    schedule.has_take("a")
    assert take(schedule, 1) == ["b"]


@pytest.mark.parametrize("status", ["done", "failed"])
def test_sharing_jobs_continue_after_any_ending(status: Status) -> None:
    schedule = sharing()
    take(schedule, 3)
    schedule.finish(ended("a", status))
    assert take(schedule, 1) == ["b"]
    schedule.finish(ended("b"))
    schedule.finish(ended("c"))
    assert schedule.done


def test_job_awaiting_a_take_sets_no_timer() -> None:
    schedule = sharing(retries=1)
    take(schedule, 2)
    schedule.finish(failed("a"), 0.0)
    assert schedule.next_job(1.0) == ES, "its turn to record"
    assert schedule.wake_s(1.0) == 4.0
    assert schedule.next_job(5.0) is None
    assert schedule.wake_s(5.0) is None, "the other one's end is what it waits for"


@pytest.mark.parametrize(
    ("lanes", "jobs", "follows"),
    [
        (1, [OTHER, EN, ES], True),
        (1, [EN, OTHER], True),
        (1, [OTHER], False),
        (1, [EN, ES, OTHER], False),
        (2, [OTHER, JOBS[3], EN, ES], True),
        (2, [OTHER, EN, ES], False),
        (2, [OTHER, EN, ES, JOBS[3]], True),
    ],
    ids=["another", "new take", "last", "shared take", "both", "for one lane", "after a language"],
)
def test_a_recording_follows_where_every_lane_gets_one(
    lanes: int, jobs: list[Job], follows: bool
) -> None:
    schedule = Schedule(jobs, Policy(lanes=lanes))
    take(schedule, 1)
    assert schedule.recording_follows is follows


def test_no_recording_follows_where_the_take_is_kept() -> None:
    schedule = Schedule([EN, OTHER], takes={OTHER.name: [KeptOn("")]})
    take(schedule, 1)
    assert not schedule.recording_follows


def on_two_hosts(*, exact: bool) -> Schedule:
    """Return a schedule in which `a` has its take on ana; `b` may share it, `c` has none."""
    schedule = sharing()
    assert schedule.next_job(host="ana") == EN
    schedule.has_take("a", "ana", exact=exact)
    return schedule


@pytest.mark.parametrize("exact", [True, False])
def test_host_of_a_take_gets_its_jobs_first(exact: bool) -> None:
    schedule = on_two_hosts(exact=exact)
    assert schedule.next_job(host="ben") == OTHER, "it has no take anywhere"
    assert schedule.next_job(host="ana") == ES


@pytest.mark.parametrize(("exact", "elsewhere"), [(True, ES), (False, None)])
def test_only_an_exact_take_is_recorded_again_elsewhere(exact: bool, elsewhere: Job | None) -> None:
    schedule = on_two_hosts(exact=exact)
    schedule.next_job(host="ben")
    assert schedule.next_job(host="ben") == elsewhere


def test_retry_of_a_take_that_is_not_shared_may_move() -> None:
    schedule = sharing(retries=1)
    take(schedule, 2)
    schedule.has_take("c", "ana", exact=False)
    schedule.finish(failed("c"))
    assert schedule.next_job(9.0, host="ben") == OTHER.model_copy(update={"attempt": 2})


def test_takes_of_a_lost_host_bind_no_job() -> None:
    schedule = on_two_hosts(exact=False)
    assert schedule.lose_takes("ben") == []
    assert schedule.lose_takes("ana") == ["b"]
    assert schedule.lose_takes("ana") == []
    assert schedule.next_job(host="ben") == ES


def test_takes_from_before_the_batch_draw_their_jobs() -> None:
    schedule = Schedule(JOBS[:3], takes=takes_in(["c"], {}))
    assert [schedule.next_job(host="") for _ in range(2)] == [JOBS[2], JOBS[0]]


def test_takes_that_are_not_exact_bind_their_jobs_from_the_beginning() -> None:
    schedule = Schedule([ES, OTHER], takes={"a": [KeptOn("ana", exact=False)]})
    assert [schedule.next_job(host="ben") for _ in range(2)] == [OTHER, None]
    assert schedule.next_job(host="ana") == ES


def test_take_of_home_binds_no_job() -> None:
    takes = takes_in(["a"], {"a": KeptOn("ana", exact=False)})
    schedule = Schedule([ES, OTHER], takes=takes)
    assert [schedule.next_job(host="ben") for _ in range(2)] == [OTHER, ES]


def test_take_of_home_stays_one_when_a_host_has_it_too() -> None:
    schedule = Schedule([EN, ES, OTHER], takes=takes_in(["a"], {}))
    assert schedule.next_job(host="ana") == OTHER, "it has no take"
    assert schedule.next_job(host="ana") == EN
    schedule.has_take("a", "ana", exact=False)
    assert schedule.lose_takes("ana") == []
    assert schedule.next_job(host="ben") == ES


def test_one_host_keeps_the_order() -> None:
    schedule = Schedule(JOBS[:3], takes=takes_in(["c"], {}))
    assert schedule.next_job() == JOBS[0]


# The end of a batch ---------------------------------------------------------------------------

RECORD_S, REST_S = 8.0, 2.0


def tutorials(*records_s: float, languages: int = 6) -> tuple[list[Job], dict[str, float]]:
    """Return the jobs of one tutorial for each recording, and their expected times."""
    jobs: list[Job] = []
    expected: dict[str, float] = {}
    for number, record_s in enumerate(records_s):
        names = [f"t{number}-{lang}" for lang in range(languages)]
        for job in make_jobs(**{name: [] for name in names}):
            others = tuple(name for name in names if name != job.name)
            jobs.append(job.model_copy(update={"takes_from": others}))
            expected[job.name] = REST_S + (record_s if job.name == names[0] else 0.0)
    return jobs, expected


def makespan_s(jobs: list[Job], expected: dict[str, float], lanes: int) -> float:
    """Run `jobs` on a clock of its own; return how long the batch takes.

    A job has its take when all but REST_S of its time is over.
    """
    schedule = Schedule(
        jobs,
        Policy(lanes=lanes),
        queue=longest_first(jobs, expected),
        expected_s=expected,
    )
    now_s, idle = 0.0, lanes
    ahead: list[tuple[float, bool, str]] = []  # a heap of what will happen
    while not schedule.done:
        while idle and (job := schedule.next_job(now_s)):
            idle -= 1
            heappush(ahead, (now_s + expected[job.name] - REST_S, False, job.name))
            heappush(ahead, (now_s + expected[job.name], True, job.name))
        now_s, is_end, name = heappop(ahead)
        if is_end:
            schedule.finish(ended(name), now_s)
            idle += 1
        else:
            schedule.has_take(name)
    return now_s


@pytest.mark.parametrize("records_s", [[8, 8], [8, 8, 8], [8] * 7, [30, 8, 8, 8], [20, 4, 9, 5, 6]])
@pytest.mark.parametrize("lanes", [2, 3])
def test_last_lane_ends_hardly_after_the_first(records_s: list[float], lanes: int) -> None:
    jobs, expected = tutorials(*records_s)
    work_s = sum(expected.values()) / lanes
    # A take is awaited by its followers, which then run side by side.
    least_s = max(work_s, max(records_s) + 6 * REST_S / lanes)
    assert makespan_s(jobs, expected, lanes) <= least_s + 1.5 * REST_S


def test_languages_of_a_tutorial_stay_together_until_the_end() -> None:
    jobs, expected = tutorials(*[RECORD_S] * 40)
    schedule = Schedule(jobs, Policy(lanes=1), expected_s=expected)
    started = []
    while job := schedule.next_job():
        started.append(job.name)
        schedule.has_take(job.name)
        schedule.finish(ended(job))
    assert started == [job.name for job in jobs]
