"""Decide which job starts when, and what happens after a failure. Pure: no process, no clock."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from forge.batch.attempts import Ended, result_of
from forge.batch.lanes import KeptOn
from forge.model.records import Failure, Job, JobResult


@dataclass(frozen=True)
class Policy:
    """What happens when a job fails.

    A job whose failure may pass is tried again, up to `retries` times: the first time after
    `backoff_s` seconds, then after twice as many each time. After a final failure nothing new
    starts unless `keep_going`; jobs in flight are awaited. `in_order`: a job that may not start yet
    holds up all behind it. `lanes` is how many jobs run at once.
    """

    keep_going: bool = False
    retries: int = 0
    backoff_s: float = 0.0
    in_order: bool = False
    lanes: int = 1


class _Workload:
    """The expected times (s) of the jobs that wait."""

    def __init__(self, jobs: Collection[Job], expected_s: Mapping[str, float], lanes: int) -> None:
        self._expected_s, self._lanes = expected_s, lanes
        self._waiting: dict[str, float] = {}
        self._sum_s = 0.0
        for job in jobs:
            self.add(job.name)
        self._longest_s = max((self.chain_s(job.name, job.takes_from) for job in jobs), default=0.0)

    def add(self, job: str) -> None:
        self._waiting[job] = self._expected_s.get(job, 0.0)
        self._sum_s += self._waiting[job]

    def remove(self, job: str) -> None:
        self._sum_s -= self._waiting.pop(job)

    @property
    def share_s(self) -> float:
        """The time that all of them take, if every lane has something to do until the end."""
        return self._sum_s / self._lanes

    @property
    def is_ending(self) -> bool:
        """True if a chain may be longer than that."""
        return bool(self._expected_s) and self.share_s <= self._longest_s

    def chain_s(self, job: str, followers: Iterable[str]) -> float:
        """Return the time of `job` and, divided among all lanes, of those that can start then."""
        after_s = sum(self._waiting.get(name, 0.0) for name in followers)
        return self._waiting[job] + after_s / self._lanes


class Schedule:
    """Which job starts next, by a policy, and the one result of each.

    Jobs start in the given order, or in that of `queue`. Those that are `carried` do not run: they
    have the result that an earlier batch gave. While a job records a take that others share, those
    wait; unless the policy says `in_order`, jobs behind them go first.

    The given order keeps the languages of a tutorial together. It is left towards the end: a job
    with whose followers the batch would end later than its other work, by the expected times
    `expected_s`, starts at once.

    A take stays on the host that recorded it; one of home is sent to the hosts whose jobs need it.
    Where several hosts take part, each first gets the jobs whose takes it has, then those without a
    take. Another host can record an exact take again; jobs that share any other take of a host
    start only there, or their videos would show different recordings. `takes` are those that
    were there before the batch.
    """

    def __init__(
        self,
        jobs: Sequence[Job],
        policy: Policy = Policy(),
        *,
        carried: Sequence[JobResult] = (),
        queue: Sequence[Job] | None = None,
        takes: Mapping[str, Sequence[KeptOn]] = {},
        expected_s: Mapping[str, float] = {},
    ) -> None:
        self._jobs = tuple(jobs)
        self._results = {result.job: result for result in carried}
        order = jobs if queue is None else queue
        self._ready = deque(job for job in order if job.name not in self._results)
        self._workload = _Workload(self._ready, expected_s, policy.lanes)
        self._not_before_s: dict[str, float] = {}
        self._running: dict[str, Job] = {}
        self._failed: dict[str, list[Ended]] = defaultdict(list)
        self._news: list[JobResult] = []
        self._recording: set[str] = set()  # jobs that have no take yet
        self._takes = dict(takes)
        self._policy = policy
        self._stopped = False

    def next_job(self, now_s: float = 0.0, host: str | None = None) -> Job | None:
        """Return the job to start now on `host`, or None if none may start.

        `host` is None if only one takes part: then it does not matter where takes are.
        """
        startable = self._startable(now_s)
        job = next(startable, None) if host is None else self._best(startable, host)
        if job is not None:
            self._ready.remove(job)
            self._not_before_s.pop(job.name, None)
            self._workload.remove(job.name)
            self._recording.add(job.name)
            self._running[job.name] = job
        return job

    @property
    def recording_follows(self) -> bool:
        """True if the next job of every lane is to record a take of its own.

        Which lane gets which job is not known. A later failure may change it.
        """
        recording: set[str] = set()
        for job in self._ready:
            if self._kept(job) or not self._running.keys().isdisjoint(job.takes_from):
                return False
            if recording.isdisjoint(job.takes_from):
                recording.add(job.name)
            if len(recording) == self._policy.lanes:
                return True
        return False

    def _startable(self, now_s: float) -> Iterator[Job]:
        """Yield the jobs that may start now, in order, after the one that must not start late."""
        if self._workload.is_ending and not self._policy.in_order:
            late = max(self._free(now_s), key=self._chain_s, default=None)
            if late is not None and self._chain_s(late) >= self._workload.share_s:
                yield late
        yield from self._free(now_s)

    def _chain_s(self, job: Job) -> float:
        followers = () if self._kept(job) else job.takes_from
        return self._workload.chain_s(job.name, followers)

    def _free(self, now_s: float) -> Iterator[Job]:
        for job in self._ready:
            waits = self._not_before_s.get(job.name, now_s) > now_s
            if not waits and self._recording.isdisjoint(job.takes_from):
                yield job
            if self._policy.in_order:
                return

    def _best(self, jobs: Iterable[Job], host: str) -> Job | None:
        """Return the first of the `jobs` that fit `host` best; None if none may start there."""
        without_take = elsewhere = None
        for job in jobs:
            kept = self._kept(job)
            if any(take.host == host for take in kept):
                return job
            if not kept:
                without_take = without_take or job
            elif not _is_bound(job, kept):
                elsewhere = elsewhere or job
        return without_take or elsewhere

    def _kept(self, job: Job) -> list[KeptOn]:
        """Return the takes that `job` may use."""
        if job.name not in self._takes and self._takes.keys().isdisjoint(job.takes_from):
            return []  # of most jobs
        names = (job.name, *job.takes_from)
        return [take for name in names for take in self._takes.get(name, ())]

    def has_take(self, job: str, host: str = "", *, exact: bool = True) -> None:
        """Let the jobs that share the take of `job`, which is on `host`, start."""
        self._recording.discard(job)
        at_home = [take for take in self._takes.get(job, ()) if host and not take.host]
        self._takes[job] = (*at_home, KeptOn(host, exact))

    def lose_takes(self, host: str) -> list[str]:
        """Forget the takes on `host`; return the waiting jobs that could start only there."""
        bound = [
            job.name
            for job, kept in ((job, self._kept(job)) for job in self._ready)
            if _is_bound(job, kept) and any(take.host == host for take in kept)
        ]
        left = {
            job: [take for take in takes if take.host != host] for job, takes in self._takes.items()
        }
        self._takes = {job: takes for job, takes in left.items() if takes}
        return bound

    def finish(self, ended: Ended, now_s: float = 0.0) -> float | None:
        """Record the end of an attempt at a running job.

        Return the seconds until its next attempt; None if this was its last, whose result is then
        among the `news`.
        """
        attempt = ended.attempt
        job = self._running.pop(attempt.job)  # KeyError: a second end would be a defect of ours
        self._recording.discard(job.name)
        if attempt.error and self._may_try_again(job.name, attempt.error):
            self._failed[job.name].append(ended)
            delay_s = self._policy.backoff_s * 2.0 ** (job.attempt - 1)
            self._not_before_s[job.name] = now_s + delay_s
            self._ready.appendleft(job.model_copy(update={"attempt": job.attempt + 1}))
            self._workload.add(job.name)
            return delay_s
        self._settle([*self._failed[job.name], ended])
        if attempt.error and not self._policy.keep_going:
            self.stop()
        return None

    def stop(self) -> None:
        """Start nothing more. A job that waits for its next attempt counts as failed."""
        self._stopped = True
        for job in self._ready:
            if failed := self._failed[job.name]:
                self._settle(failed)
        self._ready.clear()
        self._not_before_s.clear()

    def news(self) -> list[JobResult]:
        """Return the final results since the last call."""
        news, self._news = self._news, []
        return news

    def wake_s(self, now_s: float = 0.0) -> float | None:
        """Return when the next pause before an attempt ends; None without one."""
        return min((time for time in self._not_before_s.values() if time > now_s), default=None)

    @property
    def waiting(self) -> bool:
        """True if a job is still to be started."""
        return bool(self._ready)

    @property
    def done(self) -> bool:
        """True if nothing runs and nothing more will start."""
        return not self._running and not self._ready

    def results(self) -> list[JobResult]:
        """Return one result a job, in job order. A job that never ran has the status `not-run`."""
        return [
            self._results.get(job.name) or JobResult(job=job.name, status="not-run")
            for job in self._jobs
        ]

    def _may_try_again(self, job: str, error: Failure) -> bool:
        earlier = self._failed[job]
        if self._stopped or len(earlier) >= self._policy.retries:
            return False
        return may_pass([*(e.attempt.error for e in earlier if e.attempt.error), error])

    def _settle(self, attempts: Sequence[Ended]) -> None:
        result = result_of(attempts)
        self._results[result.job] = result
        self._news.append(result)


def _is_bound(job: Job, kept: Sequence[KeptOn]) -> bool:
    """Return True if `job`, which may use the takes `kept`, may start only where one of them is."""
    at_home = any(not take.host for take in kept)
    return bool(job.takes_from) and not at_home and not all(take.exact for take in kept)


def may_pass(failures: Sequence[Failure]) -> bool:
    """Return True if another attempt may succeed after these failures.

    A crash, a timeout, and a lost browser or network may not happen again. One failed step may be
    chance and is tried again; the same failure at the same place is final.
    """
    last = failures[-1]
    if last.transient:
        return True
    if last.step is None:
        return False
    return all((f.step, f.line, f.kind) != (last.step, last.line, last.kind) for f in failures[:-1])
