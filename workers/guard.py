"""Nothing is left behind: find and end the processes of a slot, and watch the parent.

A worker leads a process session of its own, so its descendants are found by session id even
after the process between has died. What detached itself into another session still carries
the slot's folder: as TMPDIR in its environment, or as its profile on its command line.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterable
from multiprocessing import parent_process
from multiprocessing.connection import wait
from pathlib import Path

import psutil

TERM_GRACE_S = 2.0
KILL_GRACE_S = 5.0


def members(session: int | None, slot_dir: Path) -> list[psutil.Process]:
    """Every living process of the session led by pid `session`, or marked by `slot_dir`."""
    mark = str(slot_dir)
    return [
        process
        for process in psutil.process_iter()
        if process.pid != os.getpid() and _belongs(process, session, mark)
    ]


def _belongs(process: psutil.Process, session: int | None, mark: str) -> bool:
    try:
        if session is not None and os.getsid(process.pid) == session:
            return process.status() != psutil.STATUS_ZOMBIE
        if process.uids().real != os.getuid():
            return False
        return any(mark in word for word in process.cmdline()) or process.environ().get(
            "TMPDIR", ""
        ).startswith(mark)
    except (psutil.Error, OSError):
        return False  # it is gone, or it is somebody else's


def end_all(session: int | None, slot_dir: Path, *, grace_s: float = 0.0) -> None:
    """End everything of a slot: TERM and `grace_s` to obey when asked for, then KILL.

    Looks again until nothing is found: a process may start another while it dies. Bounded.
    """
    if grace_s > 0:
        found = members(session, slot_dir)
        _signal(found, "terminate")
        psutil.wait_procs(found, timeout=grace_s)
    deadline = time.monotonic() + KILL_GRACE_S
    while (found := members(session, slot_dir)) and time.monotonic() < deadline:
        _signal(found, "kill")
        psutil.wait_procs(found, timeout=0.2)


def _signal(processes: Iterable[psutil.Process], how: str) -> None:
    for process in processes:
        try:
            getattr(process, how)()
        except psutil.Error:
            pass  # it was faster


def watch_parent(slot_dir: Path) -> None:
    """In a worker: when the parent dies, end this slot's processes, and then ourselves."""
    parent = parent_process()
    assert parent is not None, "only a worker has a parent to watch"

    def watch() -> None:
        wait([parent.sentinel])
        end_all(os.getpid(), slot_dir)
        _remove_run(slot_dir.parent)
        os._exit(1)

    threading.Thread(target=watch, name="forge-parent-watch", daemon=True).start()


def _remove_run(run_dir: Path) -> None:
    # The parent can no longer do it. Other slots' workers try too: the last one succeeds.
    import shutil

    shutil.rmtree(run_dir, ignore_errors=True)
