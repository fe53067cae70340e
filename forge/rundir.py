"""The folder of one running batch: every temporary file of it lies there, and goes with it.

It is in the system's temporary folder because browsers make sockets in it, and a socket's path
may have at most 108 characters. `owner.json` says whose it is; the next start sweeps those
whose owner is dead, and the folders that their adapters worked in (`forge.workers.slots`).
"""

from __future__ import annotations

import json
import os
import shutil
import stat
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
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


def leftovers() -> list[Path]:
    """Folders of ours whose batch no longer lives."""
    return [*_dead_runs(), *slots.left_slots()]


def _dead_runs() -> list[Path]:
    # Resolved, as `run_dir` does: processes are found by the very words of this path.
    found = Path(tempfile.gettempdir()).resolve().glob(f"{PREFIX}*")
    return [path for path in found if _is_mine(path) and not _owner_lives(path)]


def _is_mine(path: Path) -> bool:
    try:
        status = path.stat()
    except OSError:
        return False  # another run has ended since it was listed
    if (path / slots.MARKER).exists():
        return False  # the project's name begins with "run-"
    return stat.S_ISDIR(status.st_mode) and status.st_uid == os.getuid()


def sweep() -> list[Path]:
    """End the processes and remove the folders that dead runs left; returns those folders."""
    left = _dead_runs()
    for path in left:
        remove(path)
    return left + slots.sweep_slots()


def remove(path: Path) -> None:
    """End every process that still carries this run's mark, then remove its folder."""
    guard.end_all(None, path)
    shutil.rmtree(path, ignore_errors=True)


def _owner_lives(path: Path) -> bool:
    try:
        owner = json.loads((path / OWNER_FILE).read_text(encoding="utf-8"))
        return bool(abs(guard.started(owner["pid"]) - owner["started"]) < SAME_START_S)
    except psutil.Error:
        return False
    except (OSError, ValueError, KeyError):
        # No owner file (yet): its process may be between two lines above. Old ones are dead.
        try:
            return bool(time.time() - path.stat().st_mtime < 60)
        except OSError:
            return True  # gone in between: nothing left to sweep
