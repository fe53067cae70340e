"""Temporary folders that say whose they are: `forge-…` in the system's temporary folder.

Such a folder appears with its owner file in it, which the process that made it keeps locked for
as long as it lives. A folder without a readable owner file is not forge's, whatever its name is,
and is left alone.
"""

from __future__ import annotations

import os
import shutil
import socket
import stat
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Literal, NamedTuple

from forge.model.records import Record
from forge.store import file_lock

PREFIX = "forge-"
NEW = "forge-new-"  # until the owner file is written
OWNER_FILE = "owner.json"
OWNER_BYTES = 4096  # at most; one that is longer is not forge's
Kind = Literal["run", "slots"]


class Owner(Record):
    """The process that made a folder.

    `forge` is what the folder is for, `folder` its name: a copy has another, and is not forge's.
    `boot` identifies the running kernel; `since_s` is when the process started (s after the
    machine did); `pid` means it only in its PID namespace.
    """

    forge: Kind
    folder: str
    host: str
    boot: str
    pid_namespace: str
    pid: int
    since_s: float

    @property
    def is_local(self) -> bool:
        """Whether it lived on this machine: only then is a lock that is free proof of its end."""
        return self.host == socket.gethostname() or (bool(self.boot) and self.boot == _boot())


class Claim(NamedTuple):
    """A folder of forge's that this process has locked. `lock` is the descriptor to close."""

    path: Path
    owner: Owner
    lock: int


def make(kind: Kind, path: Path, since_s: float) -> Claim | None:
    """Make the folder `path`, readable by its owner only; None when the name is taken.

    It is renamed when its owner file is written: a kill at any moment leaves an empty folder of
    another name at most.

    Raises:
        OSError: it cannot be made.
    """
    if os.path.lexists(path):
        return None
    new = Path(tempfile.mkdtemp(prefix=NEW, dir=path.parent))
    lock = None
    try:
        lock = file_lock.take(new / OWNER_FILE, make=True)
        assert lock is not None, "the name is random: no other process knows the file"
        owner = Owner(
            forge=kind,
            folder=path.name,
            host=socket.gethostname(),
            boot=_boot(),
            pid_namespace=_pid_namespace(),
            pid=os.getpid(),
            since_s=since_s,
        )
        os.write(lock, owner.model_dump_json().encode())
        new.rename(path)
        return Claim(path, owner, lock)
    except BaseException as problem:
        shutil.rmtree(new, ignore_errors=True)
        if lock is not None:
            os.close(lock)
        if isinstance(problem, OSError) and os.path.lexists(path):
            return None  # another forge was faster
        raise


def claim_dead(path: Path) -> Claim | None:
    """Lock the folder `path`, whose owner is dead; None if it lives, or the folder is not ours."""
    lock = None
    with suppress(OSError):
        status = path.lstat()
        private = stat.S_ISDIR(status.st_mode) and stat.S_IMODE(status.st_mode) & 0o077 == 0
        if private and status.st_uid == os.getuid():
            lock = file_lock.take(path / OWNER_FILE)
    if lock is None:
        return None
    with suppress(OSError, ValueError):
        owner = Owner.model_validate_json(os.pread(lock, OWNER_BYTES, 0))
        if owner.folder == path.name:
            return Claim(path, owner, lock)
    os.close(lock)
    return None


def dead_claims() -> Iterator[Claim]:
    """Every folder of ours whose owner is dead, locked until the next one is asked for.

    Those of other machines, on a shared file system, may look dead and live: see `is_local`.
    """
    for path in sorted(Path(tempfile.gettempdir()).resolve().glob(f"{PREFIX}*")):
        if claim := claim_dead(path):
            try:
                yield claim
            finally:
                os.close(claim.lock)


def remove(path: Path) -> bool:
    """Remove the folder; whether nothing of it is left.

    The owner file goes last: without it, no forge would know that the rest is forge's.
    """
    for entry in _entries(path):
        if entry.is_dir() and not entry.is_symlink():
            shutil.rmtree(entry, ignore_errors=True)
        elif entry.name != OWNER_FILE:
            with suppress(OSError):
                entry.unlink()
    if {entry.name for entry in _entries(path)} <= {OWNER_FILE}:
        shutil.rmtree(path, ignore_errors=True)
    return not os.path.lexists(path)


def _entries(path: Path) -> list[Path]:
    try:
        return list(path.iterdir())
    except OSError:
        return []  # it is gone


def _boot() -> str:
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text("ascii").strip()
    except OSError:
        return ""


def _pid_namespace() -> str:
    try:
        return str(Path("/proc/self/ns/pid").readlink())
    except OSError:
        return ""
