"""Folding the attempts at a job into one result."""

from __future__ import annotations

from forge.batch.attempts import Ended, result_of
from forge.model.records import Attempt, Failure

FAILURE = Failure(kind="Timeout", message="the job took longer")
FIRST = Ended(Attempt(job="a", error=FAILURE), 0, "/a.log", 5.0, started_s=1.0, ended_s=6.0)
MADE = Attempt(job="a", output="/a.mp4", phases={"record": 2.0}, warnings=("w",), exact=True)
SECOND = Ended(MADE, 1, "/a.log", 3.5, started_s=7.0, ended_s=10.5)


def test_one_attempt_is_the_result() -> None:
    result = result_of([SECOND])
    assert (result.status, result.attempts, result.wall_s) == ("done", 1, 3.5)
    assert (result.output, result.phases, result.exact) == ("/a.mp4", {"record": 2.0}, True)
    assert (result.slot, result.log, result.warnings) == (1, "/a.log", ("w",))
    assert (result.started_s, result.ended_s) == (7.0, 10.5)


def test_earlier_attempts_add_time_and_warnings() -> None:
    result = result_of([FIRST, SECOND])
    assert (result.status, result.attempts, result.wall_s) == ("done", 2, 8.5)
    assert result.warnings == ("attempt 1 failed: the job took longer", "w")
    assert (result.slot, result.started_s, result.ended_s) == (1, 1.0, 10.5)


def test_a_failed_attempt_is_a_failed_result() -> None:
    result = result_of([FIRST])
    assert (result.status, result.error, result.output) == ("failed", FAILURE, None)
