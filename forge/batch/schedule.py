"""Which job runs when, and what happens when one fails: pure decisions, without a process."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Sequence

from forge.model.records import Failure, Job, JobResult


class Schedule:
    """The stop and retry policy of a batch.

    Jobs start in the given order, or in that of `queue`, but for those that are `carried` over,
    with the result that an earlier batch gave. A failure that may pass next time is tried again,
    up to `retries` times, `backoff_s` later (twice that the next time). After a failure for good
    nothing new starts unless `keep_going`; what is in flight is awaited. Every job ends with
    exactly one result, in job order. While a job records a take that others share, they wait and
    others go first.
    `strict`: a job that waits for its next attempt holds up those behind it.
    """

    def __init__(
        self,
        jobs: Sequence[Job],
        *,
        carried: Sequence[JobResult] = (),
        queue: Sequence[Job] | None = None,
        keep_going: bool,
        retries: int = 0,
        backoff_s: float = 0.0,
        strict: bool = False,
    ) -> None:
        self._jobs = tuple(jobs)
        self._results = {result.job: result for result in carried}
        order = jobs if queue is None else queue
        self._ready = deque(job for job in order if job.name not in self._results)
        self._not_before_s: dict[str, float] = {}
        self._running: dict[str, Job] = {}
        self._failed: dict[str, list[JobResult]] = defaultdict(list)
        self._news: list[JobResult] = []
        self._recording: set[str] = set()  # jobs that have no take yet
        self._keep_going, self._strict = keep_going, strict
        self._retries, self._backoff_s = retries, backoff_s
        self._stopped = False

    def next_job(self, now_s: float = 0.0) -> Job | None:
        """The job to start now, or None when nothing (more) may start."""
        for job in self._ready:
            waits = self._not_before_s.get(job.name, now_s) > now_s
            if not waits and not self._recording.intersection(job.takes_from):
                self._ready.remove(job)
                self._recording.add(job.name)
                self._running[job.name] = job
                return job
            if self._strict:
                return None
        return None

    def has_take(self, job: str) -> None:
        """`job` has its take: those that share it need not wait any longer."""
        self._recording.discard(job)

    def finish(self, result: JobResult, now_s: float = 0.0) -> float | None:
        """Take the result of a running job's attempt.

        Returns the seconds until its next attempt, or None when this was its last: then it is
        among the `news`.
        """
        job = self._running.pop(result.job)  # KeyError: a second result would be a defect of ours
        self._recording.discard(result.job)
        if result.status == "failed" and self._may_try_again(result):
            self._failed[job.name].append(result)
            delay_s = self._backoff_s * 2.0 ** (job.attempt - 1)
            self._not_before_s[job.name] = now_s + delay_s
            self._ready.appendleft(job.model_copy(update={"attempt": job.attempt + 1}))
            return delay_s
        self._settle(result)
        if result.status == "failed" and not self._keep_going:
            self.stop()
        return None

    def stop(self) -> None:
        """Start nothing more; what waits for its next attempt has failed for good."""
        self._stopped = True
        for job in self._ready:
            if failed := self._failed[job.name]:
                self._settle(failed.pop())
        self._ready.clear()

    def news(self) -> list[JobResult]:
        """The jobs' final results that came since the last call."""
        news, self._news = self._news, []
        return news

    def wake_s(self, now_s: float = 0.0) -> float | None:
        """When the next pause before an attempt ends; None when none is under way."""
        waiting = (self._not_before_s.get(job.name, now_s) for job in self._ready)
        return min((time for time in waiting if time > now_s), default=None)

    @property
    def waiting(self) -> bool:
        """Something is still to be started."""
        return bool(self._ready)

    @property
    def done(self) -> bool:
        """Nothing runs, and nothing more will start."""
        return not self._running and not self._ready

    def results(self) -> list[JobResult]:
        """One result a job, in job order; jobs that never ran say so."""
        return [
            self._results.get(job.name) or JobResult(job=job.name, status="not-run")
            for job in self._jobs
        ]

    def _may_try_again(self, result: JobResult) -> bool:
        earlier = self._failed[result.job]
        if self._stopped or len(earlier) >= self._retries or result.error is None:
            return False
        return may_pass([*(r.error for r in earlier if r.error), result.error])

    def _settle(self, result: JobResult) -> None:
        final = self._with_history(result)
        self._results[result.job] = final
        self._news.append(final)

    def _with_history(self, last: JobResult) -> JobResult:
        """The last attempt's result, with what became of the others and the time they took."""
        earlier = self._failed[last.job]
        if not earlier:
            return last
        told = tuple(
            f"attempt {number} failed: {result.error.headline if result.error else '?'}"
            for number, result in enumerate(earlier, start=1)
        )
        return last.model_copy(
            update={
                "attempts": len(earlier) + 1,
                "wall_s": round(last.wall_s + sum(result.wall_s for result in earlier), 3),
                "started_s": earlier[0].started_s,
                "warnings": (*told, *last.warnings),
            }
        )


def may_pass(failures: Sequence[Failure]) -> bool:
    """Whether another attempt may end better, after these.

    A crash, a timeout, a browser or a network that went away may pass. A step that fails may
    have met a slow moment, once; at the same place twice it will fail the third time too.
    """
    last = failures[-1]
    if last.transient:
        return True
    if last.step is None:
        return False
    return all((f.step, f.line, f.kind) != (last.step, last.line, last.kind) for f in failures[:-1])
