"""Nothing is left behind: find and end the processes of a slot, and watch the parent.

A worker leads a process session of its own, so its descendants are found by session id even
after the process between has died. What detached itself into another session still carries
the slot's folder: as TMPDIR in its environment, or as its profile on its command line.
The worker itself carries it too, from its first instruction on.
"""

from __future__ import annotations

import os
import re
import threading
import time
from collections.abc import Callable, Iterable
from multiprocessing import parent_process
from multiprocessing.connection import wait
from pathlib import Path

import psutil

TERM_GRACE_S = 2.0
KILL_GRACE_S = 5.0
LOOK_S = 0.01


def members(session: int | None, slot_dir: Path) -> list[psutil.Process]:
    """Every living process of the session led by pid `session`, or marked by `slot_dir`."""
    mark = re.compile(re.escape(str(slot_dir)) + r"(?!\w)")  # slot-1 is no part of slot-10
    return [
        process
        for process in psutil.process_iter()
        if process.pid != os.getpid() and _belongs(process, session, mark)
    ]


def _belongs(process: psutil.Process, session: int | None, mark: re.Pattern[str]) -> bool:
    try:
        if session is not None and os.getsid(process.pid) == session:
            return process.status() != psutil.STATUS_ZOMBIE
        if process.uids().real != os.getuid():
            return False
        if any(mark.search(word) for word in process.cmdline()):
            return True
        return mark.match(process.environ().get("TMPDIR", "")) is not None
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


def end_all(session: int | None, slot_dir: Path, *, grace_s: float = 0.0) -> None:
    """End everything of a slot: TERM and `grace_s` to obey when asked for, then KILL.

    Looks again until nothing is found: a process may start another while it dies. Bounded.
    """
    if grace_s > 0:
        found = members(session, slot_dir)
        _signal(found, "terminate")
        _await_end(found, grace_s)
    deadline = time.monotonic() + KILL_GRACE_S
    while (found := members(session, slot_dir)) and time.monotonic() < deadline:
        _signal(found, "kill")
        _await_end(found, 0.2)


def _await_end(processes: Iterable[psutil.Process], timeout_s: float) -> None:
    # Not psutil.wait_procs: it reaps children, and a worker is multiprocessing's to reap, which
    # else never learns that it ended and holds on to its pipes for good.
    deadline = time.monotonic() + timeout_s
    while any(_runs(process) for process in processes) and time.monotonic() < deadline:
        time.sleep(LOOK_S)


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


def watch_worker(pid: int, slot_dir: Path) -> threading.Thread:
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
        end_all(pid, slot_dir)

    thread = threading.Thread(target=watch, name="forge-worker-watch", daemon=True)
    thread.start()
    return thread


def watch_parent(slot_dir: Path, clear: Callable[[], object]) -> None:
    """In a worker: when the parent dies, end ourselves and this slot's processes.

    `clear()` removes what we have under way outside the run's folder. It is called in another
    process.
    """
    parent = parent_process()
    assert parent is not None, "only a worker has a parent to watch"
    worker = os.getpid()

    def watch() -> None:
        wait([parent.sentinel])
        # Nobody can clear up behind threads that still work: a fork does, when they are gone.
        # It has this thread alone, and no use for what the others hold.
        gone, here = os.pipe()
        if _fork():
            os._exit(1)
        try:
            os.close(here)
            wait([gone], KILL_GRACE_S)  # until the worker's last thread has ended
            end_all(worker, slot_dir)
            clear()
            _remove_run(slot_dir.parent)
        finally:
            os._exit(1)

    threading.Thread(target=watch, name="forge-parent-watch", daemon=True).start()


def _fork() -> int:
    try:
        return os.fork()
    except OSError:
        return 0  # no room for another process: this one does what it can


def _remove_run(run_dir: Path) -> None:
    # The parent can no longer do it. Other slots' workers try too: the last one succeeds.
    import shutil

    shutil.rmtree(run_dir, ignore_errors=True)
