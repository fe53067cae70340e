"""A lane, seen from the parent: one worker process, one slot, at most one job in flight.

A `ProcessPoolExecutor` of one worker a lane, not one pool of N: when a worker is killed, a pool
of N breaks every job it holds, a lane breaks its own.
"""

from __future__ import annotations

import shutil
import signal
from collections.abc import Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing import get_context
from pathlib import Path

from forge.records import Event, Job, JobResult, PhaseChoice, Record
from forge.settings import Settings
from forge.workers import entry, guard

STAGE = "forge.workers.pipeline:render"
CLOSE_GRACE_S = 10.0


class LaneSetup(Record):
    """What a worker needs to know before its first job.

    `run_dir` is the batch's temporary folder; `stage` names the function that renders a job
    (`module:function` or `file.py:function`): tests put a fake there.
    """

    run_dir: str
    log_dir: str
    settings: Settings
    phase: PhaseChoice = "all"
    stage: str = STAGE


class Lane:
    """One worker process and the pipe on which it tells what it does.

    Attributes:
        slot: the slot number leased to this lane's jobs.
        events: read end of the event pipe; readable means an event or EOF (the worker is gone).
    """

    def __init__(self, slot: int, setup: LaneSetup) -> None:
        self.slot = slot
        self.pid: int | None = None
        self._executor: ProcessPoolExecutor | None = None
        self._setup = setup
        self.dir = Path(setup.run_dir) / f"slot-{slot}"
        self.log_file = Path(setup.log_dir) / f"lane-{slot}.log"
        self._start()

    def submit(self, job: Job) -> Future[JobResult]:
        """Hand `job` to the worker, a new one if the last has died.

        The future raises only when the worker dies under this very job.
        """
        if self._executor is None:
            self._start()
        try:
            return self._pool.submit(entry.run_job, job)
        except BrokenProcessPool:
            self.kill()  # it died while idle: nobody's job, so nobody's failure
            self._start()
            return self._pool.submit(entry.run_job, job)

    def receive(self) -> list[Event]:
        """Every event that has arrived. Empty at EOF, after which `events` is closed."""
        arrived: list[Event] = []
        try:
            while self.events.poll():
                event = Event.model_validate_json(self.events.recv_bytes())
                if event.kind == "ready":
                    self.pid = event.pid
                arrived.append(event)
        except (EOFError, OSError):
            self.events.close()
        return arrived

    def close(self) -> None:
        """End the worker the polite way: its adapter's `stop` runs. Bounded, then it is killed."""
        try:
            self._pool.submit(entry.stop).result(timeout=CLOSE_GRACE_S)
            self._pool.shutdown(wait=True)
        except Exception:
            # Whatever went wrong in there, killing is the answer; its log has the reason.
            pass
        self.kill()

    def kill(self) -> None:
        """End the worker's whole process session at once, and empty its folder."""
        if self._executor is None:
            return
        self.receive()  # the pid may be waiting in the pipe
        guard.end_all(self.pid, self.dir)
        self._executor.shutdown(wait=False, cancel_futures=True)
        self._executor = None
        self.events.close()
        self.pid = None
        shutil.rmtree(self.dir, ignore_errors=True)

    @property
    def _pool(self) -> ProcessPoolExecutor:
        assert self._executor is not None, "a lane starts before it is used"
        return self._executor

    def _start(self) -> None:
        context = get_context("spawn")
        self.events, writer = context.Pipe(duplex=False)
        self._executor = ProcessPoolExecutor(
            max_workers=1,
            mp_context=context,
            initializer=entry.start,
            initargs=(self.slot, str(self.dir), str(self.log_file), self._setup, writer),
        )
        with _signals_held_back():
            # The process starts with the first task, in this thread: an empty one, now, so
            # that its imports run while other lanes start too.
            self._pool.submit(entry.warm_up)
        writer.close()


@contextmanager
def _signals_held_back() -> Iterator[None]:
    """Start a child with Ctrl-C blocked: until it has its own session, the terminal owns it."""
    held = {signal.SIGINT}
    before = signal.pthread_sigmask(signal.SIG_BLOCK, held)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
