"""A job in a lane, and the limits on how long it may take."""

from __future__ import annotations

from concurrent.futures import Future
from dataclasses import dataclass

from forge.batch.attempts import Ended
from forge.batch.lanes import Seat
from forge.model.records import Attempt, Event, Job
from forge.model.settings import Limits


@dataclass
class Flight:
    """A job that is in the lane of a seat. Times in seconds, on the clock of `time.monotonic`.

    `heard_s` is the time of the last event of its worker, `doing` describes that event. `excused_s`
    is how long the batch itself has stood still since the job began.
    """

    job: Job
    slot: int
    seat: Seat
    future: Future[Attempt]
    since_s: float
    heard_s: float
    doing: str = "starting"
    excused_s: float = 0.0

    def hear(self, event: Event, now_s: float) -> None:
        """Take in an event of the worker. Waiting for a worker of a host counts for no limit."""
        if event.kind == "queued":
            self.excuse(now_s - self.heard_s)
            self.doing = "waiting for a worker of its host"
        elif event.kind == "send":
            self.doing = "sending its recording"
        elif event.kind == "fetch":
            self.doing = "bringing its files home"
        self.heard_s = now_s
        if event.kind == "phase":
            self.doing = event.phase or ""
        elif event.kind == "step":
            phase = self.doing.split(",")[0]
            self.doing = f"{phase}, step {event.step} of {event.steps}"

    def excuse(self, away_s: float) -> None:
        """Extend both limits by `away_s`, in which the batch and perhaps the worker stood still."""
        self.heard_s += away_s
        self.excused_s += away_s

    def deadline_s(self, limits: Limits) -> float:
        """Return the time of the next limit, unless an event comes before."""
        return min(self._end_s(limits), self.heard_s + limits.silence_s)

    def overdue(self, limits: Limits, now_s: float) -> str | None:
        """Return which limit has passed, as the end of a sentence; None when none has."""
        if now_s >= self._end_s(limits):
            return f"took longer than {limits.job_s:g} s (limits.job_s), while in {self.doing}"
        if now_s >= self.heard_s + limits.silence_s:
            return (
                f"gave no sign of life for {limits.silence_s:g} s (limits.silence_s),"
                f" while in {self.doing}"
            )
        return None

    def end(self, attempt: Attempt, log: str, began_s: float, now_s: float) -> Ended:
        """Return the attempt with its lane and times, in a batch that began at `began_s`."""
        return Ended(
            attempt,
            slot=self.slot,
            host=self.seat.host,
            lane=self.seat.lane,
            log=log,
            wall_s=round(now_s - self.since_s, 3),
            started_s=round(self.since_s - began_s, 3),
            ended_s=round(now_s - began_s, 3),
        )

    def _end_s(self, limits: Limits) -> float:
        return self.since_s + self.excused_s + limits.job_s
