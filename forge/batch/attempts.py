"""Fold the attempts at a job into its one result."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from forge.model.records import Attempt, JobResult


@dataclass(frozen=True)
class Ended:
    """An attempt that is over, with the lane and the time in which it ran.

    `host` and `lane` are as in `JobResult`. `log` is the file with its output. Times are in
    seconds: `wall_s` is how long it took, `started_s` and `ended_s` count from the beginning of the
    batch.
    """

    attempt: Attempt
    slot: int | None = None
    log: str | None = None
    wall_s: float = 0.0
    started_s: float | None = None
    ended_s: float | None = None
    host: str = ""
    lane: str = ""


def result_of(attempts: Sequence[Ended]) -> JobResult:
    """Return the result of a job from its `attempts`, in order.

    The files and the failure are those of the last attempt. The times are those of all attempts.
    Each earlier attempt becomes a warning.
    """
    *earlier, last = attempts
    failures = tuple(
        f"attempt {number} failed: {ended.attempt.error.headline if ended.attempt.error else '?'}"
        for number, ended in enumerate(earlier, start=1)
    )
    made = {name: getattr(last.attempt, name) for name in Attempt.model_fields}
    return JobResult(
        **{**made, "warnings": (*failures, *last.attempt.warnings)},
        status=last.attempt.status,
        attempts=len(attempts),
        wall_s=round(sum(ended.wall_s for ended in attempts), 3),
        slot=last.slot,
        host=last.host,
        lane=last.lane,
        log=last.log,
        started_s=attempts[0].started_s,
        ended_s=last.ended_s,
    )
