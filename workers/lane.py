"""The parent's side of a lane: one worker process, one slot, at most one job in flight.

Each lane has a `ProcessPoolExecutor` of one worker. When a worker of a larger pool is killed, all
jobs of the pool fail.
"""

from __future__ import annotations

import os
import shutil
import signal
import threading
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
from forge.workers.health import WorkerHealth
from forge.workers.setup import LaneSetup

CLOSE_GRACE_S = 10.0
EXIT_GRACE_S = 2.0
#: Lanes of other hosts, and those that speak for them at home, start in threads of one process, and
#: TMPDIR is the process's.
_STARTING = threading.Lock()


class Lane:
    """One worker process at a time, and the pipe with its events.

    Attributes:
        slot: number of the slot that is leased to the jobs of this lane.
        dir: folder for all temporary files of the worker, in that of the run.
        home: folder that the adapter gets as `slot.dir`.
        pid: process id of the worker, or of the last one.
        events: read end of the event pipe. Readable means an event, or EOF: the worker has ended.
    """

    def __init__(self, slot: int, setup: LaneSetup) -> None:
        self.slot = slot
        self._executor: ProcessPoolExecutor | None = None
        self._setup = setup
        self._health = WorkerHealth(setup.settings.limits)
        self.dir = Path(setup.run_dir) / f"slot-{slot}"
        self.home = Path(setup.slots_dir) / f"slot-{slot}"
        self._home = guard.Home(self.home, guard.started(os.getpid()))
        self.log_dir = Path(setup.log_dir)
        self._start()

    @property
    def away(self) -> str | None:
        """Return None: this machine is never away."""
        return None

    @property
    def log_file(self) -> Path:
        """The log with the output of the worker between its jobs."""
        return self.log_dir / f"lane-{self.slot}.log"

    def submit(self, job: Job) -> Future[Attempt]:
        """Hand `job` to the worker: to a new one if the last one died, or if the job failed before.

        Return a future that raises if the worker dies during this job, or does not start.
        """
        try:
            if job.attempt > 1 and self._health.jobs:
                self.close()
            if self._executor is None or guard.has_ended(self.pid):
                self.kill()  # the worker died while idle, so no job has failed
                self._start()
            return self._pool.submit(entry.run_job, job)
        except (OSError, BrokenProcessPool) as problem:  # no process could start; it died at once
            future: Future[Attempt] = Future()
            future.set_exception(problem)
            return future

    def log_of(self, job: str) -> Path:
        """Return the log with the output of `job`; the lane's if the job never began."""
        own = entry.job_log(self.log_dir, job)
        return own if own.exists() else self.log_file

    def receive(self) -> list[Event]:
        """Return the events that have arrived, for listeners. At EOF `events` is closed."""
        arrived: list[Event] = []
        try:
            while self.events.poll():
                event = Event.model_validate_json(self.events.recv_bytes())
                if event.kind == "unfit":
                    self._health.harm = event.text
                else:
                    arrived.append(event)
        except (EOFError, OSError, ValueError):  # users' code may have written into the pipe
            self.events.close()
        return arrived

    def after_job(self, error: Failure | None) -> str | None:
        """End the worker after a job if it should do no other one; return why, or None.

        `error` is the failure of the job. The next worker starts with the next job. Replacing
        workers limits slow leaks in steps, adapters and libraries, and isolates jobs from harm.
        """
        self._health.jobs += 1
        why = self._health.why_replace(
            error,
            silent=self.events.closed,
            mapped_mb=lambda: guard.mapped_mb(self.pid),
            held_mb=lambda: guard.held_mb(self.pid),
        )
        if why is None:
            return None
        self.close()
        return f"lane {self.slot} gets a new worker: {why}"

    def close(self) -> None:
        """End the worker after its adapter's `stop`; kill it after CLOSE_GRACE_S."""
        if self._executor is None:
            return
        try:
            self._executor.submit(entry.stop).result(timeout=CLOSE_GRACE_S)
            # Not `wait=True`, which would wait forever for a thread that an adapter left behind.
            self._executor.shutdown(wait=False)
            self._process.join(EXIT_GRACE_S)
        except Exception:
            # Whatever the error, the worker is killed next; its log has the reason.
            pass
        self.kill()

    def end(self) -> None:
        """End a worker that hangs: let it log its stacks, send TERM, and then kill it."""
        if self._executor is None:
            return
        with suppress(OSError):  # it has ended
            os.kill(self.pid, log_redirect.WHERE_SIGNAL)
        guard.end_all(self.pid, self.dir, self._home, grace_s=guard.TERM_GRACE_S)
        self.kill()

    def kill(self) -> None:
        """End the worker's whole process session at once, and remove its folders."""
        if self._executor is None:
            return
        # The worker itself first: while it starts, it has no session yet, and maybe no mark.
        self._process.kill()
        # The watch thread ends the rest; wait for it, so that the slot is clean.
        self._watch.join(2 * guard.KILL_GRACE_S)
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
            # SIGHUP would end the tracker with a traceback, so it starts with SIGHUP blocked.
            # Starting it also unblocks SIGINT here, hence a separate `with`.
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
            with _STARTING, _signals_held_back(), _temporary_folder(self.dir):
                # The process starts with the first task, in this thread. With an empty task now,
                # its imports run while other lanes start.
                executor.submit(entry.warm_up)
        finally:
            writer.close()
        self.pid, self._process = _worker_of(executor)
        self._watch = guard.watch_worker(self.pid, self.dir, self._home)
        self._executor = executor
        self._health = WorkerHealth(self._setup.settings.limits)


def _worker_of(executor: ProcessPoolExecutor) -> tuple[int, BaseProcess]:
    """Return pid and process of the worker of `executor`, which has no public access to them."""
    assert executor._processes and executor._result_queue, "it has a task"
    # With our copy of the pipe's write end open, the pool would wait forever for the rest of a
    # result if the worker is killed while it writes one.
    executor._result_queue._writer.close()  # type: ignore[attr-defined]
    return next(iter(executor._processes.items()))


@contextmanager
def _signals_held_back() -> Iterator[None]:
    """Block SIGINT and SIGHUP while a child starts, which inherits the block.

    Until the child has a session of its own, the terminal sends it both.
    """
    before = signal.pthread_sigmask(signal.SIG_BLOCK, entry.HELD_BACK)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


@contextmanager
def _temporary_folder(path: Path) -> Iterator[None]:
    """Set TMPDIR to `path` while a child starts, as the mark by which `guard` finds it in /proc.

    /proc shows the environment that a process started with. If the worker set the variable itself,
    only programs that it executes would have the mark, not itself and its forks.
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
