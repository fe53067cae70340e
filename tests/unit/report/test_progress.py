"""The state of a batch: counts, shares, and the estimate of the time that is left."""

from __future__ import annotations

import pytest

from forge.model.news import Finished, Retried, Started, WorkerEvent
from forge.model.records import PHASES, Event, JobResult, Phase
from forge.report.progress import Progress, gain
from tests.support.clock import StillClock
from tests.support.jobs import job


@pytest.fixture
def clock() -> StillClock:
    return StillClock()


@pytest.fixture
def progress(clock: StillClock) -> Progress:
    """Return the progress of four jobs on two lanes; `a` has begun."""
    made = Progress(4, clock, {0: None, 1: None})
    made.on(Started(job=job("a"), slot=0))
    return made


def phase(slot: int, name: str, which: Phase) -> Event:
    return Event(kind="phase", slot=slot, job=name, phase=which)


def test_a_phase_begins_without_a_step(progress: Progress) -> None:
    progress.on(WorkerEvent(event=phase(0, "a", "speak")))
    progress.on(
        WorkerEvent(event=Event(kind="step", slot=0, job="a", step=2, steps=3, text="Hello."))
    )
    lane = progress.lanes[0]
    assert lane is not None
    assert (lane.phase, lane.step, lane.steps, lane.text) == ("speak", 2, 3, "Hello.")
    progress.on(WorkerEvent(event=phase(0, "a", "record")))
    assert (lane.phase, lane.step, lane.steps, lane.text) == ("record", 0, 0, "")


def test_late_event_changes_nothing(progress: Progress) -> None:
    progress.on(WorkerEvent(event=phase(0, "old", "compose")))
    progress.on(WorkerEvent(event=phase(1, "a", "compose")))
    lane = progress.lanes[0]
    assert lane is not None
    assert lane.phase is None
    assert progress.lanes[1] is None


def test_a_result_frees_its_lane_and_counts(progress: Progress) -> None:
    progress.on(Finished(result=JobResult(job="a", status="failed", attempts=1)))
    assert progress.lanes == {0: None, 1: None}
    assert (len(progress.results), progress.failed) == (1, 1)


def test_the_share_only_grows_over_a_job(progress: Progress) -> None:
    shares = [progress.share]
    for which in PHASES:
        progress.on(WorkerEvent(event=phase(0, "a", which)))
        shares.append(progress.share)
        for step in (1, 2, 3):
            progress.on(WorkerEvent(event=Event(kind="step", slot=0, job="a", step=step, steps=3)))
            shares.append(progress.share)
    progress.on(Finished(result=JobResult(job="a", status="done", attempts=1)))
    shares.append(progress.share)
    assert shares == sorted(shares)
    assert (shares[0], shares[-1]) == (0.0, 0.25)
    assert max(shares[:-1]) < 0.25


def done(job: str, wall_s: float) -> JobResult:
    return JobResult(job=job, status="done", wall_s=wall_s, attempts=1)


def estimating(clock: StillClock, *, known: bool) -> Progress:
    """Return the progress of six jobs on two lanes; `a` is expected to take 20 s, others 10 s."""
    expected = {"a": 20.0} | dict.fromkeys("bcdef", 10.0)
    made = Progress(6, clock, {0: None, 1: None}, expected, known)
    made.on(Started(job=job("a"), slot=0))
    made.on(Started(job=job("b"), slot=1))
    return made


def test_remaining_time_is_divided_among_lanes(clock: StillClock) -> None:
    progress = estimating(clock, known=True)
    assert progress.left_s == pytest.approx((20 + 5 * 10) / 2)
    clock.now_s += 5
    assert progress.left_s == pytest.approx((15 + 5 + 4 * 10) / 2)


def test_guess_is_hidden_until_corrected(clock: StillClock) -> None:
    progress = estimating(clock, known=False)
    clock.now_s += 30
    assert progress.left_s is None
    progress.on(Finished(result=done("b", 30)))
    late_s = 20 * 3 - 30
    assert progress.left_s == pytest.approx((late_s + 4 * 10 * 3) / 2)


def test_longest_job_bounds_the_estimate(clock: StillClock) -> None:
    progress = estimating(clock, known=True)
    for name in "bcdef":
        progress.on(Finished(result=done(name, 10)))
    assert progress.left_s == pytest.approx(20)
    clock.now_s += 60
    assert progress.left_s == pytest.approx(1), "it takes longer than it should: not for ever"


def test_failed_job_does_not_correct_estimates(clock: StillClock) -> None:
    progress = estimating(clock, known=True)
    progress.on(Finished(result=JobResult(job="b", status="failed", wall_s=500, attempts=1)))
    assert progress.left_s == pytest.approx((20 + 4 * 10) / 2)


def test_job_that_waits_for_another_attempt_counts_in_full(clock: StillClock) -> None:
    progress = estimating(clock, known=True)
    failed = JobResult(job="a", status="failed", attempts=1)
    progress.on(Retried(result=failed, attempt=1, delay_s=1.0))
    progress.on(Finished(result=JobResult(job="b", status="not-run")))
    assert progress.left_s == pytest.approx((20 + 4 * 10) / 2)


def test_estimate_does_not_look_at_every_job(clock: StillClock) -> None:
    class Counted(dict[str, float]):
        reads = 0

        def __getitem__(self, job: str) -> float:
            Counted.reads += 1
            return super().__getitem__(job)

    names = [f"job-{number}" for number in range(1000)]
    progress = Progress(1000, clock, {0: None}, Counted.fromkeys(names, 10.0), True)
    began = Counted.reads
    for number, name in enumerate(names):
        progress.on(Started(job=job(name), slot=0))
        progress.on(Finished(result=done(name, 10)))
        assert progress.left_s == pytest.approx(10 * (999 - number))
    assert Counted.reads - began < 10 * len(names)


def test_an_empty_batch_is_all_done(clock: StillClock) -> None:
    assert Progress(0, clock).share == 1.0


def test_gain_compares_with_a_serial_run() -> None:
    ran = [JobResult(job=n, status="done", wall_s=30, attempts=1) for n in "ab"]
    assert gain([*ran, JobResult(job="c", status="not-run")], 40) == 1.5
    assert gain([JobResult(job="c", status="not-run")], 40) is None
    assert gain(ran, 0) is None
    assert gain(ran, 59.9) is None, "1.00 is none"
    assert gain(ran, 75) is None
