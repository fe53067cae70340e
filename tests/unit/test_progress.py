"""The state of a batch: counts, shares and an estimate that is no guess."""

from __future__ import annotations

import pytest

from forge.progress import Progress, gain
from forge.records import Event, Job, JobResult, Phase


class Clock:
    """A clock that stands still until it is told otherwise."""

    now_s = 100.0

    def __call__(self) -> float:
        return self.now_s


def job(name: str) -> Job:
    return Job(index=0, id=name, lang=None, title="", tutorial_file="/t", voice=None, lines=())


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def progress(clock: Clock) -> Progress:
    """Four jobs on two lanes, of which `a` has begun."""
    made = Progress(4, clock, {0: None, 1: None})
    made.start(job("a"), 0)
    return made


def phase(slot: int, name: str, which: Phase) -> Event:
    return Event(kind="phase", slot=slot, job=name, phase=which)


def test_a_phase_begins_without_a_step(progress: Progress) -> None:
    progress.event(phase(0, "a", "speak"))
    progress.event(Event(kind="step", slot=0, job="a", step=2, steps=3, text="Hello."))
    lane = progress.lanes[0]
    assert lane is not None
    assert (lane.phase, lane.step, lane.steps, lane.text) == ("speak", 2, 3, "Hello.")
    progress.event(phase(0, "a", "record"))
    assert (lane.phase, lane.step, lane.steps, lane.text) == ("record", 0, 0, "")


def test_news_of_a_job_that_is_over_changes_nothing(progress: Progress) -> None:
    progress.event(phase(0, "old", "compose"))
    progress.event(phase(1, "a", "compose"))
    lane = progress.lanes[0]
    assert lane is not None
    assert lane.phase is None
    assert progress.lanes[1] is None


def test_a_result_frees_its_lane_and_counts(progress: Progress) -> None:
    progress.result(JobResult(job="a", status="failed", attempts=1))
    assert progress.lanes == {0: None, 1: None}
    assert (len(progress.results), progress.failed) == (1, 1)


def test_the_share_only_grows_over_a_job(progress: Progress) -> None:
    shares = [progress.share]
    for which in ("speak", "record", "compose"):
        progress.event(phase(0, "a", which))  # type: ignore[arg-type]
        shares.append(progress.share)
        for step in (1, 2, 3):
            progress.event(Event(kind="step", slot=0, job="a", step=step, steps=3))
            shares.append(progress.share)
    progress.result(JobResult(job="a", status="done", attempts=1))
    shares.append(progress.share)
    assert shares == sorted(shares)
    assert (shares[0], shares[-1]) == (0.0, 0.25)
    assert max(shares[:-1]) < 0.25


def test_what_is_left_is_estimated_from_what_is_done(progress: Progress, clock: Clock) -> None:
    clock.now_s += 30
    assert progress.left_s is None
    progress.result(JobResult(job="a", status="done", attempts=1))
    assert progress.elapsed_s == 30
    assert progress.left_s == pytest.approx(90)


def test_an_empty_batch_is_all_done(clock: Clock) -> None:
    assert Progress(0, clock).share == 1.0


def test_the_gain_is_over_the_jobs_that_ran_one_after_the_other() -> None:
    ran = [JobResult(job=n, status="done", wall_s=30, attempts=1) for n in "ab"]
    assert gain([*ran, JobResult(job="c", status="not-run")], 40) == 1.5
    assert gain([JobResult(job="c", status="not-run")], 40) is None
    assert gain(ran, 0) is None
