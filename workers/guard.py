"""Nothing is left behind: find and end the processes of a slot, and watch the parent.

A worker leads a process session of its own, so its descendants are found by session id even
after the process between has died. What detached itself into another session still carries
the slot's folder: as TMPDIR in its environment, or as a browser's `--user-data-dir=`.
The worker itself carries it too, from its first instruction on. Any other word on a command line
proves nothing: an editor or a shell may name the folder too.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterable
from multiprocessing import parent_process
from multiprocessing.connection import wait
from pathlib import Path, PurePath
from typing import NamedTuple

import psutil

from forge.workers import real_time

TERM_GRACE_S = 2.0
KILL_GRACE_S = 5.0
LOOK_S = 0.01
#: No batch starts anything so soon after itself; a shell starts the other end of a pipe.
FIRST_START_S = 0.2
PROFILE = "--user-data-dir="


class Home(NamedTuple):
    """A folder that adapters work in, and when its batch started (s, as `started` tells it).

    Its name can be guessed, and means another folder in a container. So it marks only processes
    that are younger than the batch and have the same root folder as this one.
    """

    path: Path
    since_s: float


def started(pid: int) -> float:
    """When process `pid` started, in seconds since the machine did.

    Not the time of day: when that is corrected, every living owner would look dead.
    """
    return psutil.Process(pid).create_time() - psutil.boot_time()


def members(
    session: int | None, slot_dir: Path | None, home: Home | None = None
) -> list[psutil.Process]:
    """Every living process of the session led by pid `session`, or marked by one of the folders."""
    marks = [_Mark(slot_dir)] if slot_dir else []
    marks += [_Mark(home.path, home.since_s + FIRST_START_S)] if home else []
    return [
        process
        for process in psutil.process_iter()
        if process.pid != os.getpid() and _belongs(process, session, marks)
    ]


class _Mark:
    """A folder that processes carry, and since when (s) they may have got it."""

    def __init__(self, folder: Path, since_s: float = 0.0) -> None:
        self._folder, self._since_s = folder, since_s

    def is_on(self, process: psutil.Process) -> bool:
        profiles = (w.removeprefix(PROFILE) for w in process.cmdline() if w.startswith(PROFILE))
        if not (any(map(self._holds, profiles)) or self._holds(process.environ().get("TMPDIR"))):
            return False
        return not self._since_s or (
            started(process.pid) > self._since_s and Path(f"/proc/{process.pid}/root").samefile("/")
        )

    def _holds(self, path: str | None) -> bool:
        return path is not None and PurePath(path).is_relative_to(self._folder)


def _belongs(process: psutil.Process, session: int | None, marks: list[_Mark]) -> bool:
    try:
        if session is not None and os.getsid(process.pid) == session:
            return process.status() != psutil.STATUS_ZOMBIE
        if process.uids().real != os.getuid():
            return False
        return any(mark.is_on(process) for mark in marks)
    except (psutil.Error, OSError):
        return False  # it is gone, or it is somebody else's


def held_mb(session: int) -> float:
    """What the processes of the session led by `session` hold together (PSS, MB)."""
    held = 0
    for pid in psutil.pids():
        try:
            if os.getsid(pid) == session:
                held += psutil.Process(pid).memory_full_info().pss
        except (psutil.Error, OSError):
            continue  # it is gone, or it is somebody else's
    return held / 2**20


def end_all(
    session: int | None, slot_dir: Path | None, home: Home | None = None, *, grace_s: float = 0.0
) -> None:
    """End everything of a slot: TERM and `grace_s` to obey when asked for, then KILL.

    Looks again until nothing is found: a process may start another while it dies. Bounded.
    """
    if grace_s > 0:
        found = members(session, slot_dir, home)
        _signal(found, "terminate")
        _await_end(found, grace_s)
    deadline = real_time.monotonic() + KILL_GRACE_S
    while (found := members(session, slot_dir, home)) and real_time.monotonic() < deadline:
        _signal(found, "kill")
        _await_end(found, 0.2)


def _await_end(processes: Iterable[psutil.Process], timeout_s: float) -> None:
    # Not psutil.wait_procs: it reaps children, and a worker is multiprocessing's to reap, which
    # else never learns that it ended and holds on to its pipes for good.
    deadline = real_time.monotonic() + timeout_s
    while any(_runs(process) for process in processes) and real_time.monotonic() < deadline:
        real_time.sleep(LOOK_S)


def _runs(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.Error:
        return False


def _signal(processes: Iterable[psutil.Process], how: str) -> None:
    for process in processes:
        try:
            getattr(process, how)()
        except psutil.Error:
            pass  # it was faster


def has_ended(pid: int) -> bool:
    """Whether our child `pid` has ended; true at once, unlike what multiprocessing knows of it."""
    try:
        return os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT | os.WNOHANG) is not None
    except ChildProcessError:
        return True  # reaped already


def watch_worker(pid: int, slot_dir: Path, home: Home) -> threading.Thread:
    """In the parent: when worker `pid` dies, however it does, end what it leaves of its slot.

    The pool may never notice otherwise: it waits for the pipes of the worker to close, and a
    server that an adapter forked holds copies of them. Join the thread before the slot is used
    again.
    """

    def watch() -> None:
        try:
            os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)  # looks, and reaps nobody
        except ChildProcessError:
            pass  # reaped already
        end_all(pid, slot_dir, home)

    thread = threading.Thread(target=watch, name="forge-worker-watch", daemon=True)
    thread.start()
    return thread


def watch_parent(slot_dir: Path, clear: Callable[[], object]) -> Callable[[], None]:
    """In a worker: when the parent dies, end ourselves and this slot's processes.

    `clear()` removes what we have under way outside the run's folder. It is called in another
    process. What is returned is to be called before we end early: if the parent is dead it does
    not return, so that what we have made is cleared.
    """
    parent = parent_process()
    assert parent is not None, "only a worker has a parent to watch"
    worker = os.getpid()

    def watch() -> None:
        wait([parent.sentinel])
        # Nobody can clear up behind threads that still work: a fork does, when they are gone.
        # It has this thread alone, and no use for what the others hold.
        gone, _ = os.pipe()
        if _fork():
            os._exit(1)
        try:
            _close_all_but(gone)  # a lock is held for as long as any process has it open
            wait([gone], KILL_GRACE_S)  # until the worker's last thread has ended
            end_all(worker, slot_dir)
            clear()
            _leave_run(slot_dir)
        finally:
            os._exit(1)

    def heed() -> None:
        if wait([parent.sentinel], 0):
            thread.join()

    thread = threading.Thread(target=watch, name="forge-parent-watch", daemon=True)
    thread.start()
    return heed


def _fork() -> int:
    try:
        return os.fork()
    except OSError:
        return 0  # no room for another process: this one does what it can


def _close_all_but(kept: int) -> None:
    os.closerange(3, kept)
    os.closerange(kept + 1, os.sysconf("SC_OPEN_MAX"))


def _leave_run(slot_dir: Path) -> None:
    # The parent can no longer do it. The folder of the run goes with its last slot: as long as it
    # is there, the next start knows whose processes to end.
    import shutil

    shutil.rmtree(slot_dir, ignore_errors=True)
    if not any(slot_dir.parent.glob("slot-*")):
        shutil.rmtree(slot_dir.parent, ignore_errors=True)
