"""A lane, seen from the parent: one worker process, one slot, at most one job in flight.

A `ProcessPoolExecutor` of one worker a lane, not one pool of N: when a worker is killed, a pool
of N breaks every job it holds, a lane breaks its own.
"""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager, suppress
from multiprocessing import get_context, resource_tracker
from multiprocessing.process import BaseProcess
from pathlib import Path

from forge.model.records import Attempt, Event, Failure, Job
from forge.store.atomic import sweep_parts
from forge.store.paths import part_folders
from forge.workers import entry, guard, log_redirect
from forge.workers.setup import LaneSetup

CLOSE_GRACE_S = 10.0
EXIT_GRACE_S = 2.0


class Lane:
    """One worker process and the pipe on which it tells what it does.

    Attributes:
        slot: the slot number leased to this lane's jobs.
        dir: its folder in the run's; everything temporary of its worker lies there.
        home: what its adapter sees as `slot.dir`.
        pid: its worker's, or that of the last one.
        events: read end of the event pipe; readable means an event or EOF (the worker is gone).
    """

    def __init__(self, slot: int, setup: LaneSetup) -> None:
        self.slot = slot
        self._executor: ProcessPoolExecutor | None = None
        self._jobs, self._first_mb = 0, 0.0  # done by this worker; held after the first of them
        self._harm = ""  # what a job has done to this worker
        self._setup = setup
        self.dir = Path(setup.run_dir) / f"slot-{slot}"
        self.home = Path(setup.slots_dir) / f"slot-{slot}"
        self._home = guard.Home(self.home, guard.started(os.getpid()))
        self.log_dir = Path(setup.log_dir)
        self.log_file = self.log_dir / f"lane-{slot}.log"
        self._start()

    def submit(self, job: Job) -> Future[Attempt]:
        """Hand `job` to the worker, a new one if the last has died or the job failed before.

        Never raises: the future does, when the worker dies under this very job or does not start.
        """
        try:
            if job.attempt > 1 and self._jobs:
                self.close()
            if self._executor is None or guard.has_ended(self.pid):
                self.kill()  # it died while idle: nobody's job, so nobody's failure
                self._start()
            return self._pool.submit(entry.run_job, job)
        except (OSError, BrokenProcessPool) as problem:  # no more processes; it died at once
            future: Future[Attempt] = Future()
            future.set_exception(problem)
            return future

    def log_of(self, job: str) -> Path:
        """Where to read about `job`: its own log, or the lane's when it never came to the job."""
        own = entry.job_log(self.log_dir, job)
        return own if own.exists() else self.log_file

    def receive(self) -> list[Event]:
        """Every event for listeners that has arrived. Empty at EOF: then `events` is closed."""
        arrived: list[Event] = []
        try:
            while self.events.poll():
                event = Event.model_validate_json(self.events.recv_bytes())
                if event.kind == "unfit":
                    self._harm = event.text
                else:
                    arrived.append(event)
        except (EOFError, OSError, ValueError):  # users' code may have written into the pipe
            self.events.close()
        return arrived

    def after_job(self, error: Failure | None) -> str | None:
        """A job is over, with `error` if it failed: say why the worker was replaced, or None.

        Its successor starts with the next job. What leaks a little in each job, in a step, an
        adapter or a library, never gets to be much; and no job meets what another has broken.
        """
        self._jobs += 1
        if (why := self._spent(error)) is None:
            return None
        self.close()
        return f"lane {self.slot} gets a new worker: {why}"

    def _spent(self, error: Failure | None) -> str | None:
        """Why the worker should do no other job, or None."""
        if error is not None and not error.is_of_step:
            return f"its job failed with {error.kind}, and its process may be why"
        if self._harm:
            return self._harm
        if self.events.closed:
            return "the pipe on which it tells what it does is closed"
        limits = self._setup.settings.limits
        if limits.lane_jobs and self._jobs >= limits.lane_jobs:
            return f"its worker has done {self._jobs} jobs"
        held_mb = guard.held_mb(self.pid)
        self._first_mb = self._first_mb or held_mb
        if (grown_mb := held_mb - self._first_mb) >= limits.lane_growth_mb:
            return f"its worker holds {grown_mb:.0f} MB more than after its first job"
        return None

    def close(self) -> None:
        """End the worker the polite way: its adapter's `stop` runs. Bounded, then it is killed."""
        if self._executor is None:
            return
        try:
            self._executor.submit(entry.stop).result(timeout=CLOSE_GRACE_S)
            # Not `wait=True`: a thread that a user's adapter left behind would keep us for good.
            self._executor.shutdown(wait=False)
            self._process.join(EXIT_GRACE_S)
        except Exception:
            # Whatever went wrong in there, killing is the answer; its log has the reason.
            pass
        self.kill()

    def end(self) -> None:
        """End a worker that hangs: it is asked where, told to go (TERM), and then killed."""
        if self._executor is None:
            return
        with suppress(OSError):  # it was faster
            os.kill(self.pid, log_redirect.WHERE_SIGNAL)
        guard.end_all(self.pid, self.dir, self._home, grace_s=guard.TERM_GRACE_S)
        self.kill()

    def kill(self) -> None:
        """End the worker's whole process session at once, and remove its folders."""
        if self._executor is None:
            return
        # It alone first: while it starts up it has neither a session nor, maybe, its mark.
        self._process.kill()
        self._watch.join(2 * guard.KILL_GRACE_S)  # ends the rest, before the slot is used again
        self._executor.shutdown(wait=False, cancel_futures=True)
        self._executor = None
        self.events.close()
        for folder in (self.dir, self.home):
            shutil.rmtree(folder, ignore_errors=True)
        sweep_parts(part_folders(self._setup.settings), self.pid)

    @property
    def _pool(self) -> ProcessPoolExecutor:
        assert self._executor is not None, "a lane starts before it is used"
        return self._executor

    def _start(self) -> None:
        with _signals_held_back():
            # It keeps hang-ups blocked: one would end it, with tracebacks. Ctrl-C it unblocks,
            # here too, so it has a block of its own.
            resource_tracker.ensure_running()
        context = get_context("spawn")
        self.events, writer = context.Pipe(duplex=False)
        executor = ProcessPoolExecutor(
            max_workers=1,
            mp_context=context,
            initializer=entry.start,
            initargs=(self.slot, self.dir, self._home, self.log_file, self._setup, writer),
        )
        try:
            with _signals_held_back(), _temporary_folder(self.dir):
                # The process starts with the first task, in this thread: an empty one, now, so
                # that its imports run while other lanes start too.
                executor.submit(entry.warm_up)
        finally:
            writer.close()
        self.pid, self._process = _worker_of(executor)
        self._watch = guard.watch_worker(self.pid, self.dir, self._home)
        self._executor = executor
        self._jobs, self._first_mb, self._harm = 0, 0.0, ""


def _worker_of(executor: ProcessPoolExecutor) -> tuple[int, BaseProcess]:
    """The one process of `executor`. There is no public way to it, nor to its result pipe."""
    assert executor._processes and executor._result_queue, "it has a task"
    # Our copy of the pipe's write end would keep the pool waiting for ever for the rest of a
    # result, when the worker is killed in the middle of writing one.
    executor._result_queue._writer.close()  # type: ignore[attr-defined]
    return next(iter(executor._processes.items()))


@contextmanager
def _signals_held_back() -> Iterator[None]:
    """Start a child with Ctrl-C and hang-ups blocked: until it has a session of its own, the
    terminal owns it.
    """
    before = signal.pthread_sigmask(signal.SIG_BLOCK, entry.HELD_BACK)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


@contextmanager
def _temporary_folder(path: Path) -> Iterator[None]:
    """Start a child with TMPDIR in `path`: its environment as /proc shows it is how it is found.

    That of a running process never changes there: set by the worker itself, only what it
    executes would be marked; not the worker, nor what it forks and detaches.
    """
    before = os.environ.get("TMPDIR")
    os.environ["TMPDIR"] = str(path)
    try:
        yield
    finally:
        if before is None:
            del os.environ["TMPDIR"]
        else:
            os.environ["TMPDIR"] = before
