"""The worker's side of a lane: its start, one job at a time, its end.

`ProcessPoolExecutor` calls these functions in the worker process. `run_job` returns failures as
data: an exception that cannot be unpickled in the parent would break the pool.
"""

from __future__ import annotations

import atexit
import errno
import os
import signal
import sys
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from multiprocessing.connection import Connection
from pathlib import Path

from forge.collector import collect_rarely
from forge.errors import ForgeError, ProjectError, RecordingError, RenderError
from forge.model.records import Attempt, Event, Failure, Job
from forge.project.load_module import load_module, use_project
from forge.store import claims
from forge.store.atomic import sweep_parts
from forge.store.paths import part_folders
from forge.text.sanitize import message_of
from forge.workers import guard, heap, log_redirect, slots
from forge.workers.baseline import Baseline
from forge.workers.setup import LaneSetup, MakeStage, Stage, WorkerContext

#: Signals from the terminal. They are blocked until a worker has a session of its own.
HELD_BACK = (signal.SIGINT, signal.SIGHUP)
#: How long a thread may run Python while others wait to. Threads that record, encode and mix take
#: short turns between long calls without Python's lock; with the usual 5 ms they wait for it.
SWITCH_S = 0.0005


@dataclass
class _Worker:
    context: WorkerContext
    stage: Stage


#: Set once in a worker, by its initializer: `ProcessPoolExecutor` has no other way to pass what its
#: initializer makes to its tasks.
_worker: _Worker | None = None


def start(
    slot: int,
    scratch: Path,
    home: guard.Home,
    log_file: Path,
    setup: LaneSetup,
    pipe: Connection,
) -> None:
    """Initialize a worker: its log, session, temporary folders, watch of the parent, and stage."""
    global _worker
    heap.use_one_arena()
    sys.setswitchinterval(SWITCH_S)
    collect_rarely()
    atexit.register(_leave)  # before any other one of ours, so that it is called after them
    log_redirect.redirect(log_file)
    _keep_descriptors()
    os.setsid()
    # The parent handles Ctrl-C. Not SIG_IGN, which children would inherit: an adapter may stop its
    # server with SIGINT.
    signal.signal(signal.SIGINT, lambda *_: None)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, HELD_BACK)
    temporary = scratch / "tmp"
    temporary.mkdir(parents=True, exist_ok=True)
    os.environ["TMPDIR"] = tempfile.tempdir = str(temporary)
    pid, settings = os.getpid(), setup.settings

    def clear() -> None:
        sweep_parts(part_folders(settings), pid)
        slots.leave(home)

    claims.make_ready()
    finish_if_orphaned = guard.watch_parent(scratch, clear)
    try:
        slot_dir = slots.make_empty(home.path)
    except OSError:
        finish_if_orphaned()  # another worker of a dead parent may have removed the folder of slots
        raise
    context = WorkerContext(slot, slot_dir, scratch, log_file, setup, pipe)
    context.tell(Event(kind="ready", slot=slot, pid=pid))
    use_project(settings.project_dir)
    _worker = _Worker(context, _load_stage(setup.stage)(context))
    context.baseline.renew()


def _leave() -> None:
    """End the process now: to take apart an interpreter with its modules would take 0.2 s."""
    log_redirect.flush()
    os._exit(0)


def warm_up() -> None:
    """Do nothing: the first task, which makes the pool start its process."""


def run_job(job: Job) -> Attempt:
    """Render `job` and return the attempt, whatever happens.

    If the job has harmed the process, send an event `unfit` before returning.
    """
    assert _worker is not None, "the initializer runs first"
    with log_redirect.into(job_log(_worker.context.lane_log.parent, job.name)):
        when = datetime.now().isoformat(sep=" ", timespec="seconds")
        with suppress(OSError):  # a full disk ends a job only if the job itself writes
            print(f"-- attempt {job.attempt}, {when}, lane {_worker.context.slot} --")
        result = _run(job, _worker.stage)
    heap.give_back()
    if harm := _harm(_worker.context.baseline):
        _worker.context.tell(Event(kind="unfit", slot=_worker.context.slot, text=harm))
    return result


def _harm(baseline: Baseline) -> str | None:
    try:
        return baseline.harm()
    except BaseException as error:  # the harm may break the examination itself
        return f"it cannot be examined: {type(error).__name__}"


def job_log(log_dir: Path, job: str) -> Path:
    """Return the path of the log with all output of `job`, one attempt after another."""
    return log_dir / "jobs" / f"{job}.log"


def _run(job: Job, stage: Stage) -> Attempt:
    try:
        attempt = stage(job)
        if not isinstance(attempt, Attempt):
            raise TypeError(f"the stage returned {type(attempt).__name__}, not an Attempt")
        if attempt.job != job.name:
            raise ValueError(f"the stage returned the attempt of another job: {attempt.job!r}")
        return attempt
    except BaseException as error:
        log_redirect.trace()
        return Attempt(job=job.name, error=explain(error))


def stop() -> None:
    """Call the closers, the last task of a worker."""
    assert _worker is not None, "the initializer runs first"
    while _worker.context.closers:
        try:
            _worker.context.closers.pop()()
        except BaseException:  # SystemExit too: in the parent it would end the batch
            log_redirect.trace()


def explain(error: BaseException) -> Failure:
    """Return an exception as data. Users' code may raise anything, so even `str` may fail."""
    message = error.message if isinstance(error, ForgeError) else message_of(error)
    hint = error.hint if isinstance(error, ForgeError) else ""
    kind = type(error).__name__
    if not isinstance(error, ForgeError):
        message = f"{kind}: {message}" if message else kind
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
        hint = "the disk is full: free some space"
    place = error if isinstance(error, RecordingError) else None
    return Failure(
        kind=kind,
        message=message,
        hint=hint,
        step=place.step if place else None,
        file=place.file if place else None,
        line=place.line if place else None,
        transient=isinstance(error, RenderError) and error.transient,
    )


def _keep_descriptors() -> None:
    """Keep children from inheriting the pipes to the parent, whose EOF tells that we have ended.

    multiprocessing passes them on as inheritable, and `os.system` does not close any.
    """
    for entry in Path("/proc/self/fd").iterdir():
        try:
            if int(entry.name) > 2:
                os.set_inheritable(int(entry.name), False)
        except OSError:
            pass  # the descriptor that listed the folder


def _load_stage(reference: str) -> MakeStage:
    import importlib

    where, _, name = reference.rpartition(":")
    if where.endswith(".py"):
        module = load_module(Path(where), ProjectError)
    else:
        module = importlib.import_module(where)
    make: MakeStage = getattr(module, name)
    return make
