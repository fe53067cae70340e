"""Where adapters find their `slot.dir`: `/tmp/forge-<project>/slot-N`, the same in every batch.

An app may show the folder it works in, in a title or in a path. So its name is short, and
nothing in it is random. What can be guessed can be taken, though: by a batch of another project
of that name, or by another user. A folder is used only if it is ours alone, and it is locked for
as long as its batch lives; else the next name is tried (`/tmp/forge-<project>-2`).
"""

from __future__ import annotations

import fcntl
import json
import os
import re
import shutil
import stat
import tempfile
import time
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

from forge.errors import MachineError
from forge.workers import guard

PREFIX = "forge-"
#: In every such folder: proof that forge made it, and since when its batch has lived.
MARKER = ".forge-slots"
LONGEST_NAME = 30  # sockets go below, and a socket's path may have at most 108 characters
NAMES = 100  # that are tried
LEAVE_S = 2.0


class Slots(NamedTuple):
    """The folder of a batch's slots. `taken`: names that it would rather have had."""

    path: Path
    taken: tuple[Path, ...]

    def fresh(self, slot: int) -> Path:
        """Make the empty folder of slot number `slot`."""
        return make_empty(self.path / f"slot-{slot}")


@contextmanager
def slots_dir(project_dir: Path) -> Iterator[Slots]:
    """Hold the folder named after `project_dir`, or the next that is free; remove it at the end.

    Raises:
        MachineError: none can be had.
    """
    slots, lock = _claim(project_dir)
    try:
        yield slots
    finally:
        _remove(slots.path, lock)


def name_of(project_dir: Path) -> str:
    """The project's name as a file name: letters, digits, dashes, dots and underscores."""
    plain = unicodedata.normalize("NFKD", project_dir.name).encode("ascii", "ignore").decode()
    name = re.sub(r"[^\w.-]+", "-", plain)[:LONGEST_NAME].strip("-._")
    return name or "project"


def make_empty(folder: Path) -> Path:
    """Make `folder` anew, in a folder that is there, and return it."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(exist_ok=True)  # an app in a container may leave files that are not ours to remove
    return folder


def left_slots() -> list[Path]:
    """The folders of batches that are dead. Nothing is changed."""
    return [path for path in _marked() if _is_free(path)]


def sweep_slots() -> list[Path]:
    """End the processes and remove the folders of batches that are dead; return those folders."""
    return [path for path in _marked() if (lock := _hold(path)) is not None and _remove(path, lock)]


def leave(home: guard.Home) -> None:
    """In a worker whose parent is dead: end what works in one slot's folder, and remove that.

    The folder of all slots goes with its last one. Another batch may have it already: then it
    was emptied, and nothing is ours any more.
    """
    root = home.path.parent
    deadline = time.monotonic() + LEAVE_S
    while (lock := _hold(root)) is None:  # the other workers of our batch leave too, one by one
        if time.monotonic() > deadline or not root.exists():
            return
        time.sleep(guard.LOOK_S)
    try:
        guard.end_all(None, None, home)
        shutil.rmtree(home.path, ignore_errors=True)
        if not any(root.glob("slot-*")):
            shutil.rmtree(root, ignore_errors=True)
    finally:
        os.close(lock)


def _claim(project_dir: Path) -> tuple[Slots, int]:
    first = Path(tempfile.gettempdir()).resolve() / f"{PREFIX}{name_of(project_dir)}"
    names = [first, *(first.with_name(f"{first.name}-{n}") for n in range(2, NAMES))]
    for number, path in enumerate(names):
        try:
            with suppress(FileExistsError):
                path.mkdir(mode=0o700)
            lock = _hold(path)
            if lock is None:
                continue
            if _clear(path):
                since_s = guard.started(os.getpid())
                (path / MARKER).write_text(json.dumps({"since_s": since_s}), encoding="utf-8")
                return Slots(path, tuple(names[:number])), lock
            os.close(lock)
        except OSError as problem:
            raise MachineError(
                f"no temporary folder can be made in {first.parent}: {problem}",
                hint="free some space, or set TMPDIR to a folder that can be written",
            ) from problem
    raise MachineError(
        f"{first} and the {NAMES - 2} names after it are taken",
        hint="set TMPDIR to a folder of your own",
    )


def _hold(path: Path) -> int | None:
    """Lock `path`; None if it is not forge's, not ours alone, or a living batch holds it.

    The kernel takes the lock back when its process ends: to have it is to know that no batch
    lives there. Another user cannot slip a link or a folder of theirs in: what was opened is
    looked at, not what the name means now.
    """
    try:
        handle = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    except OSError:
        return None
    try:
        status = os.fstat(handle)
        if status.st_uid == os.getuid() and stat.S_IMODE(status.st_mode) & 0o077 == 0:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            # The batch before may have removed it between our opening and our locking.
            if os.path.samestat(status, path.lstat()) and _is_forges(path):
                return handle
    except OSError:
        pass  # a living batch holds it, or it has just gone
    os.close(handle)
    return None


def _is_forges(path: Path) -> bool:
    """Whether forge made it: an empty one is a claim that came no further."""
    return (path / MARKER).is_file() or not any(path.iterdir())


def _is_free(path: Path) -> bool:
    lock = _hold(path)
    if lock is not None:
        os.close(lock)
    return lock is not None


def _marked() -> list[Path]:
    temporary = Path(tempfile.gettempdir()).resolve()
    return [path for path in sorted(temporary.glob(f"{PREFIX}*")) if (path / MARKER).is_file()]


def _remove(path: Path, lock: int) -> bool:
    """Remove the folder and let it go; whether nothing of it is left."""
    try:
        if _clear(path):
            shutil.rmtree(path, ignore_errors=True)
        return not path.exists()
    finally:
        os.close(lock)


def _clear(path: Path) -> bool:
    """End what still works there, and remove all but the marker; whether that could be done.

    The marker goes last: without it no forge would know what is left for its own.
    """
    with suppress(OSError, ValueError, KeyError):  # no marker: nothing was ever started there
        since_s = float(json.loads((path / MARKER).read_text(encoding="utf-8"))["since_s"])
        guard.end_all(None, None, guard.Home(path, since_s))
    with suppress(OSError):  # it is gone
        for entry in path.iterdir():
            if entry.is_dir() and not entry.is_symlink():
                shutil.rmtree(entry, ignore_errors=True)
            elif entry.name != MARKER:
                entry.unlink()
    with suppress(OSError):
        return {entry.name for entry in path.iterdir()} <= {MARKER}
    return False
