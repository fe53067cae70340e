"""Run a batch: `Schedule` decides which job runs when, `run_batch` does it with real lanes."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from concurrent.futures.process import BrokenProcessPool
from multiprocessing.connection import wait

from forge.batch.attempts import result_of
from forge.batch.flight import Flight
from forge.batch.interrupts import Interrupts
from forge.batch.lanes import LaneLike, Seat
from forge.batch.schedule import Schedule
from forge.batch.setbacks import Setbacks
from forge.model.news import Finished, Listener, Notice, Retried, Started, WorkerEvent
from forge.model.records import Attempt, Failure, JobResult
from forge.model.settings import Limits

#: The loop looks at the clock at least this often. A longer pause means that it stood still.
LOOK_S = 1.0


def run_batch(
    schedule: Schedule,
    seats: Sequence[Seat],
    *,
    limits: Limits,
    listener: Listener,
    interrupts: Interrupts,
    shortage: Callable[[], str | None] = lambda: None,
) -> list[JobResult]:
    """Run the jobs of `schedule` and return one result a job, in job order.

    Each of `seats` gets one lane. `shortage()` is called before each job. If it returns what
    the machine has run out of, no other job starts.
    """
    return _Run(schedule, seats, limits, listener, interrupts, shortage).run()


class _Run:
    """A batch under way: lanes, the job that each has in flight, and the loop over their events."""

    def __init__(
        self,
        schedule: Schedule,
        seats: Sequence[Seat],
        limits: Limits,
        listener: Listener,
        interrupts: Interrupts,
        shortage: Callable[[], str | None],
    ) -> None:
        self._schedule = schedule
        self._seats = seats
        self._limits = limits
        self._listener = listener
        self._interrupts = interrupts
        self._shortage = shortage
        self._lanes: list[LaneLike] = []
        self._flights: dict[int, Flight] = {}
        self._began_s = self._looked_s = time.monotonic()
        self._draining = False
        self._setbacks = Setbacks(limits)

    def run(self) -> list[JobResult]:
        try:
            # All lanes start before any is used: their imports run side by side.
            for slot, seat in enumerate(self._seats):
                if self._interrupts.count:
                    break
                self._lanes.append(seat.make(slot))
            while True:
                self._obey_interrupts()
                self._look_for_hosts()
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

    def _look_for_hosts(self) -> None:
        """Report hosts that went away or came back; stop if all have been away for too long."""
        now_s = time.monotonic()
        away = {self._seats[lane.slot].host: lane.away for lane in self._lanes}
        for change in self._setbacks.look(away, now_s):
            self._notice(change)
        lost = self._setbacks.lost(now_s)
        for job in (job for host in lost for job in self._schedule.lose_takes(host)):
            self._notice(f"{job}: the host with its recording is lost; it is recorded again")
        if lost and lost == away.keys() and self._schedule.waiting and not self._flights:
            limit_s = self._limits.away_s
            self._stop(
                f"no host has been there for {limit_s:g} s (limits.away_s):"
                f" {'; '.join(why for why in away.values() if why)}"
            )

    def _fill(self) -> None:
        several = len({seat.host for seat in self._seats}) > 1  # machines take part
        for lane in self._lanes:
            if lane.slot in self._flights or lane.away:
                continue
            if self._schedule.waiting and (shortage := self._shortage()):
                self._stop(shortage)
                return
            now_s, seat = time.monotonic(), self._seats[lane.slot]
            job = self._schedule.next_job(now_s, seat.host if several else None)
            if job is None and several:
                continue  # a lane of another host may have one
            if job is None:
                return
            job = job.model_copy(update={"recording_follows": self._schedule.recording_follows})
            self._listener.on(Started(job=job, slot=lane.slot, host=seat.host, lane=seat.lane))
            flight = Flight(job, lane.slot, seat, lane.submit(job), now_s, now_s)
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
                flight.hear(event, time.monotonic())
                if event.kind == "take":
                    host, exact = flight.seat.host, event.exact is not False
                    self._schedule.has_take(flight.job.name, host, exact=exact)
            self._listener.on(WorkerEvent(event=event))

    def _collect(self) -> None:
        for lane in self._lanes:
            flight = self._flights.get(lane.slot)
            if flight is None or not flight.future.done():
                continue
            # Its last events may have come together with the attempt.
            self._read_events_of(lane)
            error = flight.future.exception()
            if error is None:
                self._setbacks.end_row()
                attempt = flight.future.result()
                self._finish(lane, attempt)
                self._rest(lane, attempt)
            else:
                lane.kill()  # the worker has ended; its browser may still run
                self._finish(lane, Attempt(job=flight.job.name, error=_death(flight.doing, error)))
                if not isinstance(error, ConnectionError):  # a lost host is not a dead worker
                    self._count_death()

    def _excuse_absence(self, now_s: float) -> None:
        """Extend the limits by the time in which this process stood still (Ctrl-Z, docker pause).

        `time.monotonic` goes on meanwhile, unlike while a laptop sleeps.
        """
        away_s = now_s - self._looked_s - LOOK_S  # a gap of LOOK_S is normal
        self._looked_s = now_s
        if away_s > LOOK_S:
            self._setbacks.excuse(away_s)
            for flight in self._flights.values():
                flight.excuse(away_s)

    def _end_overdue(self) -> None:
        now_s = time.monotonic()
        # Before the limits are judged: this process may have stood still at any moment of the
        # round.
        self._excuse_absence(now_s)
        for lane in self._lanes:
            flight = self._flights.get(lane.slot)
            what = flight.overdue(self._limits, now_s) if flight else None
            if flight is None or what is None or flight.future.done():
                continue  # done since: the attempt is collected in the next round
            lane.end()
            error = Failure(
                kind="Timeout",
                message=f"the job {what}",
                hint="the stacks of its threads are at the end of its log",
                transient=True,
            )
            self._finish(lane, Attempt(job=flight.job.name, error=error))
            self._count_death()

    def _count_death(self) -> None:
        why = self._setbacks.count_death()
        if why and not self._schedule.done:
            self._stop(why)

    def _stop(self, why: str) -> None:
        self._schedule.stop()
        self._tell_news()
        self._notice(f"STOPPED: {why}; nothing more starts")

    def _rest(self, lane: LaneLike, attempt: Attempt) -> None:
        if not self._schedule.done and (replaced := lane.after_job(attempt.error)):
            self._notice(replaced)

    def _finish(self, lane: LaneLike, attempt: Attempt) -> None:
        flight = self._flights.pop(lane.slot)
        now_s = time.monotonic()
        ended = flight.end(attempt, str(lane.log_of(attempt.job)), self._began_s, now_s)
        delay_s = self._schedule.finish(ended, now_s)
        if delay_s is not None:
            number, result = flight.job.attempt, result_of([ended])
            self._listener.on(Retried(result=result, attempt=number, delay_s=delay_s))
        self._tell_news()

    def _notice(self, text: str) -> None:
        self._listener.on(Notice(text=text))

    def _tell_news(self) -> None:
        for result in self._schedule.news():
            self._listener.on(Finished(result=result))

    def _obey_interrupts(self) -> None:
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
                self._finish(lane, Attempt(job=flight.job.name, error=error))


def _death(doing: str, error: BaseException) -> Failure:
    """Return the failure of a job whose worker or host was lost, while it was `doing` something."""
    if isinstance(error, ConnectionError):
        return Failure(
            kind="HostError", message=f"{error}", hint=f"it was at: {doing}", transient=True
        )
    broken = isinstance(error, BrokenProcessPool)
    return Failure(
        kind="LaneError",
        message="the worker process died" if broken else f"{type(error).__name__}: {error}",
        hint=f"it was at: {doing}; an out-of-memory kill would be in dmesg",
        transient=True,
    )


def exit_code(results: Sequence[JobResult], interrupts: Interrupts) -> int:
    """Return the exit code of the batch.

    128 + the number of the signal if one ended the batch; else 1 if a job failed or never ran; else
    0.
    """
    if interrupts.signal is not None:
        return 128 + interrupts.signal
    return 1 if any(result.status in ("failed", "not-run") for result in results) else 0
