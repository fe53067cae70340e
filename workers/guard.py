"""Leave no process behind: find and end the processes of a slot, and watch the parent.

A worker leads a process session, so its descendants are found by their session id even if their
direct parent has died. A process that moved to a session of its own is found by its mark: the
folder of the slot, as TMPDIR in its environment or as `--user-data-dir=` of a browser. The worker
has the mark too, from its first instruction on. Other words on a command line prove nothing: an
editor or a shell may name the folder too.
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
#: A process that starts this soon after the batch does not belong to it: it is another part of the
#: same shell pipeline.
FIRST_START_S = 0.2
PROFILE = "--user-data-dir="


class Home(NamedTuple):
    """A folder that adapters work in, and when its batch started (s, as `started` returns it).

    The name is not unique: other programs can guess it, and in a container it means another folder.
    So a process counts only if it is younger than the batch and has the same root folder.
    """

    path: Path
    since_s: float


def started(pid: int) -> float:
    """Return when process `pid` started, in seconds after the machine did.

    Relative to boot, because setting the system clock would make every recorded start time look
    wrong.
    """
    return psutil.Process(pid).create_time() - psutil.boot_time()


def members(
    session: int | None, slot_dir: Path | None, home: Home | None = None
) -> list[psutil.Process]:
    """Return all living processes of the session led by pid `session`, or marked by a folder."""
    marks = [_Mark(slot_dir)] if slot_dir else []
    marks += [_Mark(home.path, home.since_s + FIRST_START_S)] if home else []
    return [
        process
        for process in psutil.process_iter()
        if process.pid != os.getpid() and _belongs(process, session, marks)
    ]


class _Mark:
    """A folder that marks processes which started after `since_s`."""

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
        return False  # it has ended, or belongs to another user


def held_mb(session: int) -> float:
    """Return the memory of all processes of the session led by pid `session` (PSS, MB)."""
    return _sum_mb(session, lambda process: int(process.memory_full_info().pss))


def mapped_mb(session: int) -> float:
    """Return the same with shared memory counted once a process (RSS, MB), in a tenth of the time.

    PSS takes milliseconds for each process, because the kernel visits every page.
    """
    return _sum_mb(session, lambda process: int(process.memory_info().rss))


def _sum_mb(session: int, held: Callable[[psutil.Process], int]) -> float:
    sum_bytes = 0
    for pid in psutil.pids():
        try:
            if os.getsid(pid) == session:
                sum_bytes += held(psutil.Process(pid))
        except (psutil.Error, OSError):
            continue  # it has ended, or belongs to another user
    return sum_bytes / 2**20


def end_all(
    session: int | None, slot_dir: Path | None, home: Home | None = None, *, grace_s: float = 0.0
) -> None:
    """End all processes of a slot: first with TERM, if `grace_s` is given, then with KILL.

    Look for processes until none is found, because one may start another before it ends; at most
    for KILL_GRACE_S.
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
    # Not psutil.wait_procs, which reaps children: multiprocessing must reap a worker itself, or it
    # would never notice the end and keep the pipes open.
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
            pass  # it has ended


def has_ended(pid: int) -> bool:
    """Return True if our child `pid` has ended, even if multiprocessing has not noticed yet."""
    try:
        return os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT | os.WNOHANG) is not None
    except ChildProcessError:
        return True  # reaped already


def watch_worker(pid: int, slot_dir: Path, home: Home) -> threading.Thread:
    """Start a thread that ends all processes of the slot once worker `pid` has ended.

    It runs in the parent. Without it the pool may not notice the end: the pool waits until the
    worker's pipes close, and a server that an adapter forked keeps copies of them open. Join the
    thread before the slot is used again.
    """

    def watch() -> None:
        try:
            os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)  # waits without reaping
        except ChildProcessError:
            pass  # reaped already
        end_all(pid, slot_dir, home)

    thread = threading.Thread(target=watch, name="forge-worker-watch", daemon=True)
    thread.start()
    return thread


def watch_parent(slot_dir: Path, clear: Callable[[], object]) -> Callable[[], None]:
    """Start a thread in a worker that ends the slot's processes when the parent dies.

    `clear()` removes the worker's unfinished files outside the folder of the run; it is called in a
    forked process. Return a function to call before the worker ends for another reason: if the
    parent is dead, the function does not return, so that the thread can finish cleaning.
    """
    parent = parent_process()
    assert parent is not None, "only a worker has a parent to watch"
    worker = os.getpid()

    def watch() -> None:
        wait([parent.sentinel])
        # Cleanup must run after all threads of the worker have stopped, or they would make new
        # files. A forked child outlives them: it has only this thread.
        gone, _ = os.pipe()
        if _fork():
            os._exit(1)
        try:
            _close_all_but(gone)  # inherited descriptors would keep the worker's locks
            wait([gone], KILL_GRACE_S)  # the pipe closes when the worker has ended
            end_all(worker, slot_dir)
            clear()
            _leave_run(slot_dir)
        finally:
            os._exit(1)

    def finish_if_orphaned() -> None:
        if wait([parent.sentinel], 0):
            thread.join()

    thread = threading.Thread(target=watch, name="forge-parent-watch", daemon=True)
    thread.start()
    return finish_if_orphaned


def _fork() -> int:
    try:
        return os.fork()
    except OSError:
        return 0  # no room for another process: clean up in this one


def _close_all_but(kept: int) -> None:
    os.closerange(3, kept)
    os.closerange(kept + 1, os.sysconf("SC_OPEN_MAX"))


def _leave_run(slot_dir: Path) -> None:
    # The dead parent cannot remove these folders. That of the run stays until its last slot is
    # gone, because in it the next batch finds the processes that are still to be ended.
    import shutil

    shutil.rmtree(slot_dir, ignore_errors=True)
    if not any(slot_dir.parent.glob("slot-*")):
        shutil.rmtree(slot_dir.parent, ignore_errors=True)
