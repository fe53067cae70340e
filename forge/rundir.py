"""The folder of one running batch: every temporary file of it lies there, and goes with it.

It is in the system's temporary folder because browsers make sockets in it, and a socket's path
may have at most 108 characters. `owner.json` says whose it is; the next start sweeps those
whose owner is dead, and the folders that their adapters worked in (`forge.workers.slots`).
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import stat
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil

from forge.errors import MachineError
from forge.workers import guard, slots

PREFIX = "forge-run-"
OWNER_FILE = "owner.json"
SAME_START_S = 2.0  # the kernel tells its boot time in whole seconds, and they may shift by one


@contextmanager
def run_dir() -> Iterator[Path]:
    """A fresh folder for this batch; sweeps what dead runs left, and removes its own at the end."""
    sweep()
    try:
        path = Path(tempfile.mkdtemp(prefix=PREFIX)).resolve()
        lock = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
        fcntl.flock(lock, fcntl.LOCK_EX)
        owner = {"pid": os.getpid(), "started": guard.started(os.getpid())}
        (path / OWNER_FILE).write_text(json.dumps(owner), encoding="utf-8")
    except OSError as problem:
        raise MachineError(
            f"no temporary folder can be made in {tempfile.gettempdir()}: {problem}",
            hint="free some space, or set TMPDIR to a folder that can be written",
        ) from problem
    try:
        yield path
    finally:
        remove(path)
        os.close(lock)


def leftovers() -> list[Path]:
    """Folders of ours whose batch no longer lives."""
    return [*_dead_runs(), *slots.left_slots()]


def _dead_runs() -> list[Path]:
    # Resolved, as `run_dir` does: processes are found by the very words of this path.
    found = Path(tempfile.gettempdir()).resolve().glob(f"{PREFIX}*")
    return [path for path in found if _is_dead(path)]


def sweep() -> list[Path]:
    """End the processes and remove the folders that dead runs left; returns those folders."""
    left = _dead_runs()
    for path in left:
        remove(path)
    return left + slots.sweep_slots()


def remove(path: Path) -> None:
    """End every process that still carries this run's mark, then remove its folder."""
    guard.end_all(None, path)
    with suppress(OSError):
        for entry in path.iterdir():
            if entry.name != OWNER_FILE:  # it goes last: without it the rest is not known for ours
                shutil.rmtree(entry, ignore_errors=True)
    shutil.rmtree(path, ignore_errors=True)


def _is_dead(path: Path) -> bool:
    """Whether `path` is the folder of a run of ours, and its owner no longer lives."""
    try:
        status = path.lstat()
        if not stat.S_ISDIR(status.st_mode) or status.st_uid != os.getuid() or _is_locked(path):
            return False
        owner = json.loads((path / OWNER_FILE).read_text(encoding="utf-8"))
        started_s = float(owner["started"])
        return abs(guard.started(int(owner["pid"])) - started_s) >= SAME_START_S
    except psutil.Error:
        return True
    except FileNotFoundError:
        return _is_abandoned(path)
    except (OSError, ValueError, KeyError, TypeError):
        return False  # it is another's, who chose the same name


def _is_locked(path: Path) -> bool:
    """Whether a living owner holds it: one in another container has no pid that means it here."""
    handle = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
        return False
    except BlockingIOError:
        return True
    finally:
        os.close(handle)


def _is_abandoned(path: Path) -> bool:
    """Whether its process died between two lines of `run_dir`; a living one has a minute."""
    try:
        old = time.time() - path.stat().st_mtime > 60
        return old and not any(path.iterdir())
    except OSError:
        return False  # gone in between: nothing left to sweep
