"""The worker's side of a lane: start-up, the one job at a time, the end.

What `ProcessPoolExecutor` calls here runs in the worker process. A job's function *returns* its
failure: an exception that does not unpickle in the parent would break the whole pool.
"""

from __future__ import annotations

import faulthandler
import os
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TYPE_CHECKING

from forge.errors import ForgeError, RecordingError, RenderError
from forge.records import Event, Failure, Job, JobResult, PhaseChoice
from forge.settings import Settings
from forge.workers import guard

if TYPE_CHECKING:
    from forge.workers.lane import LaneSetup

WHERE_SIGNAL = signal.SIGUSR1  # writes every thread's stack to the lane's log


class Bench:
    """What the stage of a job works with, for as long as the worker lives.

    `state` outlives the job (the adapter's instance is kept there); `tell` sends an event.
    """

    def __init__(self, slot: int, slot_dir: Path, setup: LaneSetup, pipe: Connection) -> None:
        self.slot = slot
        self.slot_dir = slot_dir
        self.settings: Settings = setup.settings
        self.phase: PhaseChoice = setup.phase
        self.closers: list[Callable[[], object]] = []
        self.state: dict[str, object] = {}
        self._pipe = pipe

    def tell(self, event: Event) -> None:
        """Send `event` to the parent. A parent that no longer listens is no error of the job's."""
        try:
            self._pipe.send_bytes(event.model_dump_json().encode())
        except OSError:
            pass


Stage = Callable[[Job, Bench], JobResult]


@dataclass
class _Worker:
    bench: Bench
    stage: Stage


_worker: _Worker | None = None


def start(slot: int, slot_dir: str, log_file: str, setup: LaneSetup, pipe: Connection) -> None:
    """The pool's initializer: own session, parent watch, own log, own temporary folder."""
    global _worker
    _redirect_output(log_file)
    _keep_descriptors()
    os.setsid()
    # Ctrl-C is the parent's to understand. Not SIG_IGN, which children would inherit: an
    # adapter may well stop its server with SIGINT.
    signal.signal(signal.SIGINT, lambda *_: None)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
    folder = Path(slot_dir)
    temporary = folder / "tmp"
    temporary.mkdir(parents=True, exist_ok=True)
    os.environ["TMPDIR"] = tempfile.tempdir = str(temporary)
    guard.watch_parent(folder)
    bench = Bench(slot, folder, setup, pipe)
    bench.tell(Event(kind="ready", slot=slot, pid=os.getpid()))
    _worker = _Worker(bench, _load_stage(setup.stage))


def warm_up() -> None:
    """The first task: being run at all is its purpose."""


def run_job(job: Job) -> JobResult:
    """Render `job`; whatever happens, a result is returned."""
    assert _worker is not None, "the initializer runs first"
    began = time.monotonic()
    try:
        result = _worker.stage(job, _worker.bench)
        if not isinstance(result, JobResult):
            raise TypeError(f"the stage returned {type(result).__name__}, not a JobResult")
        if result.job != job.name:
            raise ValueError(f"the stage returned the result of another job: {result.job!r}")
        return result
    except BaseException as error:
        traceback.print_exc()
        wall_s = round(time.monotonic() - began, 3)
        return JobResult(
            job=job.name, status="failed", wall_s=wall_s, attempts=1, error=explain(error)
        )


def stop() -> None:
    """The last task: close what outlives jobs, the adapter above all."""
    assert _worker is not None, "the initializer runs first"
    while _worker.bench.closers:
        try:
            _worker.bench.closers.pop()()
        except BaseException:  # a SystemExit would travel to the parent, and end it
            traceback.print_exc()


def explain(error: BaseException) -> Failure:
    """An exception as data. Anything may be raised by users' code: nothing here trusts it."""
    try:
        message = _plain(error.message if isinstance(error, ForgeError) else error)
        hint = _plain(error.hint if isinstance(error, ForgeError) else "")
    except Exception:
        message, hint = "(its message cannot be shown)", ""
    kind = type(error).__name__
    if not isinstance(error, ForgeError):
        message = f"{kind}: {message}" if message else kind
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


def _plain(text: object) -> str:
    """`text` as a string that can be written: file names may bring half characters along."""
    return f"{text}".encode("utf-8", "replace").decode("utf-8")


def _keep_descriptors() -> None:
    """Let no child inherit the pipes to the parent, which could then not tell that we ended.

    multiprocessing hands them over inheritable, and `os.system` and the like close nothing.
    """
    for entry in Path("/proc/self/fd").iterdir():
        try:
            if int(entry.name) > 2:
                os.set_inheritable(int(entry.name), False)
        except OSError:
            pass  # the one that listed the folder


def _redirect_output(log_file: str) -> None:
    """Send this process's stdout and stderr, and its children's, to the lane's log."""
    Path(log_file).parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(log_file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    os.dup2(handle, 1)
    os.dup2(handle, 2)
    os.close(handle)
    sys.stdout = open(1, "w", buffering=1, encoding="utf-8", errors="replace", closefd=False)  # noqa: SIM115
    sys.stderr = open(2, "w", buffering=1, encoding="utf-8", errors="replace", closefd=False)  # noqa: SIM115
    faulthandler.enable(sys.stderr)
    faulthandler.register(WHERE_SIGNAL, sys.stderr)


def _load_stage(reference: str) -> Stage:
    import importlib

    from forge.errors import ProjectError
    from forge.modules import load_module

    where, _, name = reference.rpartition(":")
    if where.endswith(".py"):
        module = load_module(Path(where), ProjectError)
    else:
        module = importlib.import_module(where)
    stage: Stage = getattr(module, name)
    return stage
