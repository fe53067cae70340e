"""The batch: which job runs when, and what happens when one fails.

`Schedule` decides, without a process in sight; `run_batch` obeys it with real lanes.
"""

from __future__ import annotations

import signal
import socket
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing.connection import Connection, wait
from typing import Protocol

from forge.records import Event, Failure, Job, JobResult


class Schedule:
    """The stop policy of a batch.

    Jobs start in order. After a failure nothing new starts unless `keep_going`; what is in
    flight is awaited. Every job ends with exactly one result, in job order.
    """

    def __init__(self, jobs: Sequence[Job], *, keep_going: bool) -> None:
        self._jobs = tuple(jobs)
        self._ready = deque(jobs)
        self._running: dict[str, Job] = {}
        self._results: dict[str, JobResult] = {}
        self._keep_going = keep_going
        self._stopped = False

    def next_job(self) -> Job | None:
        """The job to start now, or None when nothing (more) may start."""
        if self._stopped or not self._ready:
            return None
        job = self._ready.popleft()
        self._running[job.name] = job
        return job

    def finish(self, result: JobResult) -> None:
        """Take the one result of a running job."""
        del self._running[result.job]  # KeyError: a second result would be a defect of ours
        self._results[result.job] = result
        if result.status == "failed" and not self._keep_going:
            self.stop()

    def stop(self) -> None:
        """Start nothing more."""
        self._stopped = True

    @property
    def done(self) -> bool:
        """Nothing runs, and nothing more will start."""
        return not self._running and (self._stopped or not self._ready)

    def results(self) -> list[JobResult]:
        """One result a job, in job order; jobs that never ran say so."""
        return [
            self._results.get(job.name) or JobResult(job=job.name, status="not-run")
            for job in self._jobs
        ]


class LaneLike(Protocol):
    """What the batch needs of a lane (`forge.workers.lane.Lane`, or a fake in tests)."""

    slot: int
    events: Connection

    def submit(self, job: Job) -> Future[JobResult]: ...
    def receive(self) -> list[Event]: ...
    def close(self) -> None: ...
    def kill(self) -> None: ...


class Listener(Protocol):
    """Who wants to know how the batch goes (the dashboard, the plain log)."""

    def on_start(self, job: Job, slot: int) -> None: ...
    def on_event(self, event: Event) -> None: ...
    def on_result(self, result: JobResult) -> None: ...
    def on_notice(self, text: str) -> None: ...


class Interrupts:
    """Counts the asks to stop: Ctrl-C once drains, twice kills; TERM and HUP count as twice."""

    def __init__(self) -> None:
        self.count = 0
        self.signal: int | None = None
        self.wake_receive, self._wake_send = socket.socketpair()
        self._wake_send.setblocking(False)

    def ask(self, number: int, _frame: object = None) -> None:
        """The signal handler."""
        self.signal = number
        self.count += 1 if number == signal.SIGINT else 2
        self.wake()

    def wake(self, _future: object = None) -> None:
        """Wake the batch's loop from a signal handler or another thread."""
        try:
            self._wake_send.send(b"!")
        except OSError:
            pass  # full: the loop is awake already; closed: there is no loop

    def close(self) -> None:
        self.wake_receive.close()
        self._wake_send.close()


@contextmanager
def listen_for_signals() -> Iterator[Interrupts]:
    """Route SIGINT, SIGTERM and SIGHUP to an `Interrupts` for the length of a batch.

    A hang-up that is ignored stays so: under `nohup` the batch outlives its terminal.
    """
    interrupts = Interrupts()
    numbers = [signal.SIGINT, signal.SIGTERM]
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:
        numbers.append(signal.SIGHUP)
    before = {number: signal.signal(number, interrupts.ask) for number in numbers}
    try:
        yield interrupts
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        interrupts.close()


def run_batch(
    jobs: Sequence[Job],
    make_lane: Callable[[int], LaneLike],
    *,
    lanes: int,
    keep_going: bool,
    listener: Listener,
    interrupts: Interrupts,
) -> list[JobResult]:
    """Run `jobs` on at most `lanes` lanes at once; returns one result a job, in job order."""
    schedule = Schedule(jobs, keep_going=keep_going)
    return _Run(schedule, make_lane, min(lanes, len(jobs)), listener, interrupts).run()


class _Run:
    """One batch under way: lanes, what each has in flight, and the loop that waits for news."""

    def __init__(
        self,
        schedule: Schedule,
        make_lane: Callable[[int], LaneLike],
        count: int,
        listener: Listener,
        interrupts: Interrupts,
    ) -> None:
        self._schedule = schedule
        self._make_lane = make_lane
        self._count = count
        self._listener = listener
        self._interrupts = interrupts
        self._lanes: list[LaneLike] = []
        self._flights: dict[int, tuple[Job, Future[JobResult], float]] = {}
        self._began = time.monotonic()
        self._draining = False

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
        finally:
            killed = self._interrupts.count >= 2
            for lane in self._lanes:
                (lane.kill if killed or lane.slot in self._flights else lane.close)()

    def _fill(self) -> None:
        for lane in self._lanes:
            if lane.slot in self._flights:
                continue
            job = self._schedule.next_job()
            if job is None:
                return
            self._listener.on_start(job, lane.slot)
            future = lane.submit(job)
            self._flights[lane.slot] = (job, future, time.monotonic())
            future.add_done_callback(self._interrupts.wake)

    def _wait(self) -> None:
        readable = [lane.events for lane in self._lanes if not lane.events.closed]
        wait([self._interrupts.wake_receive, *readable])
        if self._interrupts.wake_receive in wait([self._interrupts.wake_receive], timeout=0):
            self._interrupts.wake_receive.recv(4096)

    def _read_events(self) -> None:
        for lane in self._lanes:
            self._read_events_of(lane)

    def _read_events_of(self, lane: LaneLike) -> None:
        if not lane.events.closed:
            for event in lane.receive():
                self._listener.on_event(event)

    def _collect(self) -> None:
        for lane in self._lanes:
            flight = self._flights.get(lane.slot)
            if flight is None or not flight[1].done():
                continue
            # Its last events may have come with the result, after we read the others'.
            self._read_events_of(lane)
            job, future, since = flight
            del self._flights[lane.slot]
            error = future.exception()
            result = self._died(lane, job, error) if error else future.result()
            self._finish(result, lane.slot, since)

    def _died(self, lane: LaneLike, job: Job, error: BaseException) -> JobResult:
        """The worker broke under `job`: that is this job's failure and nobody else's."""
        lane.kill()  # the worker is gone; its browser may not be
        broken = isinstance(error, BrokenProcessPool)
        return JobResult(
            job=job.name,
            status="failed",
            attempts=1,
            error=Failure(
                kind="LaneError",
                message="the worker process died" if broken else f"{type(error).__name__}: {error}",
                hint=f"its log is in .forge/logs/lane-{lane.slot}.log; dmesg tells of an"
                " out-of-memory kill",
            ),
        )

    def _finish(self, result: JobResult, slot: int, since: float) -> None:
        now = time.monotonic()
        result = result.model_copy(
            update={
                "slot": slot,
                "wall_s": round(now - since, 3),
                "started_s": round(since - self._began, 3),
                "ended_s": round(now - self._began, 3),
            }
        )
        self._schedule.finish(result)
        self._listener.on_result(result)

    def _heed_interrupts(self) -> None:
        if self._interrupts.count == 0:
            return
        self._schedule.stop()
        if not self._draining:
            self._draining = True
            if self._interrupts.count == 1 and self._flights:
                self._listener.on_notice(
                    "interrupted: waiting for the jobs in flight (Ctrl-C again ends them now)"
                )
        if self._interrupts.count >= 2:
            self._abort()

    def _abort(self) -> None:
        for lane in self._lanes:
            if lane.slot in self._flights:
                lane.kill()
                job, _, since = self._flights.pop(lane.slot)
                error = Failure(kind="Interrupted", message="ended by an interrupt")
                result = JobResult(job=job.name, status="failed", attempts=1, error=error)
                self._finish(result, lane.slot, since)


def exit_code(results: Sequence[JobResult], interrupts: Interrupts) -> int:
    """0 all done, 1 a job failed or never ran, 130/143/129 ended by a signal."""
    if interrupts.signal is not None:
        return 128 + interrupts.signal
    return 1 if any(result.status in ("failed", "not-run") for result in results) else 0
