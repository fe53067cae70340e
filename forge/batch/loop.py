"""The batch: `Schedule` decides which job runs when; `run_batch` obeys it with real lanes."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import Protocol

from forge.batch.interrupts import Interrupts
from forge.batch.schedule import Schedule
from forge.model.news import Finished, Listener, Notice, Retried, Started, Told
from forge.model.records import Event, Failure, Job, JobResult
from forge.model.settings import Limits

#: How often the loop looks at the clock, which goes on while this process is stopped.
LOOK_S = 1.0


class LaneLike(Protocol):
    """What the batch needs of a lane (`forge.workers.lane.Lane`, or a fake in tests)."""

    slot: int
    events: Connection

    def submit(self, job: Job) -> Future[JobResult]: ...
    def log_of(self, job: str) -> Path: ...
    def receive(self) -> list[Event]: ...
    def rest(self, error: Failure | None) -> str | None: ...
    def close(self) -> None: ...
    def end(self) -> None: ...
    def kill(self) -> None: ...


def run_batch(
    schedule: Schedule,
    make_lane: Callable[[int], LaneLike],
    *,
    lanes: int,
    limits: Limits,
    listener: Listener,
    interrupts: Interrupts,
    lacks: Callable[[], str | None] = lambda: None,
) -> list[JobResult]:
    """Run the jobs of `schedule` on `lanes` lanes; returns one result a job, in job order.

    `lacks()` is asked before each job, and says what the machine has run out of, if anything:
    then nothing more starts.
    """
    return _Run(schedule, make_lane, lanes, limits, listener, interrupts, lacks).run()


@dataclass
class _Flight:
    """A job in a lane. Times as of `time.monotonic`; `doing` is the last that was heard of it.

    `excused_s`: for how long the batch itself did not run meanwhile.
    """

    job: Job
    future: Future[JobResult]
    since_s: float
    heard_s: float
    doing: str = "starting"
    excused_s: float = 0.0

    def heard(self, event: Event, now_s: float) -> None:
        self.heard_s = now_s
        if event.kind == "phase":
            self.doing = event.phase or ""
        elif event.kind == "step":
            phase = self.doing.split(",")[0]
            self.doing = f"{phase}, step {event.step} of {event.steps}"

    def excuse(self, away_s: float) -> None:
        """Count no time in which nothing was heard; the worker may have stood still too."""
        self.heard_s += away_s
        self.excused_s += away_s

    def deadline_s(self, limits: Limits) -> float:
        return min(self._end_s(limits), self.heard_s + limits.silence_s)

    def overdue(self, limits: Limits, now_s: float) -> str | None:
        """What is wrong, when a limit has passed."""
        if now_s >= self._end_s(limits):
            return f"took longer than {limits.job_s:g} s (limits.job_s), while in {self.doing}"
        if now_s >= self.heard_s + limits.silence_s:
            return (
                f"gave no sign of life for {limits.silence_s:g} s (limits.silence_s),"
                f" while in {self.doing}"
            )
        return None

    def _end_s(self, limits: Limits) -> float:
        return self.since_s + self.excused_s + limits.job_s


class _Run:
    """One batch under way: lanes, what each has in flight, and the loop that waits for news."""

    def __init__(
        self,
        schedule: Schedule,
        make_lane: Callable[[int], LaneLike],
        count: int,
        limits: Limits,
        listener: Listener,
        interrupts: Interrupts,
        lacks: Callable[[], str | None],
    ) -> None:
        self._schedule = schedule
        self._lacks = lacks
        self._make_lane = make_lane
        self._count = count
        self._limits = limits
        self._listener = listener
        self._interrupts = interrupts
        self._lanes: list[LaneLike] = []
        self._flights: dict[int, _Flight] = {}
        self._began = self._looked_s = time.monotonic()
        self._draining = False
        self._deaths = 0  # of workers, since one last gave a result

    def run(self) -> list[JobResult]:
        try:
            # All lanes start before any is used: their imports run side by side.
            for slot in range(self._count):
                if self._interrupts.count:
                    break
                self._lanes.append(self._make_lane(slot))
            while True:
                self._heed_interrupts()
                self._fill()
                if self._schedule.done:
                    return self._schedule.results()
                self._wait()
                self._read_events()
                self._collect()
                self._end_overdue()
        finally:
            killed = self._interrupts.count >= 2
            for lane in self._lanes:
                (lane.kill if killed or lane.slot in self._flights else lane.close)()

    def _fill(self) -> None:
        for lane in self._lanes:
            if lane.slot in self._flights:
                continue
            if self._schedule.waiting and (lack := self._lacks()):
                self._stop(lack)
                return
            now_s = time.monotonic()
            job = self._schedule.next_job(now_s)
            if job is None:
                return
            self._listener.on(Started(job=job, slot=lane.slot))
            flight = _Flight(job, lane.submit(job), now_s, now_s)
            self._flights[lane.slot] = flight
            flight.future.add_done_callback(self._interrupts.wake)

    def _wait(self) -> None:
        readable = [lane.events for lane in self._lanes if not lane.events.closed]
        now_s = time.monotonic()
        due_s = [now_s + LOOK_S]
        due_s += [flight.deadline_s(self._limits) for flight in self._flights.values()]
        wake_s = self._schedule.wake_s(now_s)
        if wake_s is not None and len(self._flights) < len(self._lanes):
            due_s.append(wake_s)
        wait([self._interrupts.wake_receive, *readable], max(0.0, min(due_s) - now_s))
        if self._interrupts.wake_receive in wait([self._interrupts.wake_receive], timeout=0):
            self._interrupts.wake_receive.recv(4096)

    def _read_events(self) -> None:
        for lane in self._lanes:
            self._read_events_of(lane)

    def _read_events_of(self, lane: LaneLike) -> None:
        if lane.events.closed:
            return
        for event in lane.receive():
            flight = self._flights.get(lane.slot)
            if flight is not None and event.job == flight.job.name:
                flight.heard(event, time.monotonic())
                if event.phase == "compose":
                    self._schedule.has_take(flight.job.name)
            self._listener.on(Told(event=event))

    def _collect(self) -> None:
        for lane in self._lanes:
            flight = self._flights.get(lane.slot)
            if flight is None or not flight.future.done():
                continue
            # Its last events may have come with the result, after we read the others'.
            self._read_events_of(lane)
            error = flight.future.exception()
            if error is None:
                self._deaths = 0
                result = flight.future.result()
                self._finish(lane, result)
                self._rest(lane, result)
            else:
                lane.kill()  # the worker is gone; its browser may not be
                self._finish_dead(lane, flight.job, _death(flight.doing, error))

    def _excuse_absence(self, now_s: float) -> None:
        """Count no time in which this process stood still: Ctrl-Z, or a container that is paused.

        `time.monotonic` goes on in these. In a laptop that sleeps it does not.
        """
        away_s = now_s - self._looked_s - LOOK_S  # a look is due that soon after the last
        self._looked_s = now_s
        if away_s > LOOK_S:
            for flight in self._flights.values():
                flight.excuse(away_s)

    def _end_overdue(self) -> None:
        now_s = time.monotonic()
        self._excuse_absence(now_s)  # here, since it may have been stopped at any moment before
        for lane in self._lanes:
            flight = self._flights.get(lane.slot)
            what = flight.overdue(self._limits, now_s) if flight else None
            if flight is None or what is None or flight.future.done():
                continue  # what has come at the last moment is collected next
            lane.end()
            error = Failure(
                kind="Timeout",
                message=f"the job {what}",
                hint="where it hung is at the end of its log",
                transient=True,
            )
            self._finish_dead(lane, flight.job, error)

    def _finish_dead(self, lane: LaneLike, job: Job, error: Failure) -> None:
        """The worker ended under `job`: that is this job's failure and nobody else's."""
        self._finish(lane, JobResult(job=job.name, status="failed", attempts=1, error=error))
        self._deaths += 1
        if self._deaths > self._limits.restarts and not self._schedule.done:
            self._stop(
                f"{self._deaths} workers died one after the other, more than"
                f" limits.restarts = {self._limits.restarts}"
            )

    def _stop(self, why: str) -> None:
        self._schedule.stop()
        self._tell_news()
        self._notice(f"STOPPED: {why}; nothing more starts")

    def _rest(self, lane: LaneLike, result: JobResult) -> None:
        if not self._schedule.done and (replaced := lane.rest(result.error)):
            self._notice(replaced)

    def _finish(self, lane: LaneLike, result: JobResult) -> None:
        flight = self._flights.pop(lane.slot)
        now_s = time.monotonic()
        result = result.model_copy(
            update={
                "slot": lane.slot,
                "log": str(lane.log_of(result.job)),
                "wall_s": round(now_s - flight.since_s, 3),
                "started_s": round(flight.since_s - self._began, 3),
                "ended_s": round(now_s - self._began, 3),
            }
        )
        delay_s = self._schedule.finish(result, now_s)
        if delay_s is not None:
            attempt = flight.job.attempt
            self._listener.on(Retried(result=result, attempt=attempt, delay_s=delay_s))
        self._tell_news()

    def _notice(self, text: str) -> None:
        self._listener.on(Notice(text=text))

    def _tell_news(self) -> None:
        for result in self._schedule.news():
            self._listener.on(Finished(result=result))

    def _heed_interrupts(self) -> None:
        if self._interrupts.count == 0:
            return
        self._schedule.stop()
        self._tell_news()
        if not self._draining:
            self._draining = True
            if self._interrupts.count == 1 and self._flights:
                self._notice(
                    "interrupted: waiting for the jobs in flight (Ctrl-C again ends them now)"
                )
        if self._interrupts.count >= 2:
            self._abort()

    def _abort(self) -> None:
        for lane in self._lanes:
            if flight := self._flights.get(lane.slot):
                lane.kill()
                error = Failure(kind="Interrupted", message="ended by an interrupt")
                result = JobResult(job=flight.job.name, status="failed", attempts=1, error=error)
                self._finish(lane, result)


def _death(doing: str, error: BaseException) -> Failure:
    broken = isinstance(error, BrokenProcessPool)
    return Failure(
        kind="LaneError",
        message="the worker process died" if broken else f"{type(error).__name__}: {error}",
        hint=f"it was at: {doing}; dmesg tells of an out-of-memory kill",
        transient=True,
    )


def exit_code(results: Sequence[JobResult], interrupts: Interrupts) -> int:
    """0 all done, 1 a job failed or never ran, 130/143/129 ended by a signal."""
    if interrupts.signal is not None:
        return 128 + interrupts.signal
    return 1 if any(result.status in ("failed", "not-run") for result in results) else 0
