"""Temporary folders with an owner: `forge-…` in the system's temporary folder.

Such a folder appears together with its owner file, which the process that made it keeps locked as
long as it lives. A folder without a readable owner file counts as another program's and is left
alone, even if its name fits.
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
NEW = "forge-new-"  # prefix of a folder until its owner file is written
OWNER_FILE = "owner.json"
OWNER_BYTES = 4096  # a longer file is not an owner file
Kind = Literal["run", "slots"]


class Owner(Record):
    """The process that made a folder.

    `forge` is the purpose of the folder. `folder` is its name: a copy of the folder has another
    name, and is left alone. `boot` identifies the running kernel. `pid` is valid in its PID
    namespace only. `since_s` is when the process started, in seconds after the machine did.
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
        """True if the process ran on this machine, so that a free lock proves its end."""
        return self.host == socket.gethostname() or (bool(self.boot) and self.boot == _boot())


class Claim(NamedTuple):
    """A folder of forge that this process has locked. `lock` is the descriptor to close."""

    path: Path
    owner: Owner
    lock: int


def make(kind: Kind, path: Path, since_s: float) -> Claim | None:
    """Make the folder `path`, readable by its owner only; return None if the name is taken.

    The folder is made under another name and renamed when its owner file is written: a kill at any
    moment leaves at most an empty folder of the other name.

    Raises:
        OSError: it cannot be made.
    """
    if os.path.lexists(path):
        return None
    new = Path(tempfile.mkdtemp(prefix=NEW, dir=path.parent))
    lock = None
    try:
        lock = file_lock.take(new / OWNER_FILE, make=True)
        assert lock is not None, "the name is random, so no other process can have locked the file"
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


def make_ready() -> None:
    """Build what `claim_dead` needs, in a process that will call it in a forked child.

    Call it before threads start: pydantic builds a model when it is first used, behind a lock,
    which stays locked in the child if another thread of the parent holds it.
    """
    Owner.model_rebuild()


def claim_dead(path: Path) -> Claim | None:
    """Lock the folder `path` if its owner is dead; return None if not, or if it is not forge's."""
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
    """Yield every folder of forge whose owner is dead; each is locked until the next is yielded.

    Owners on other machines, which share the file system, may seem dead: see `is_local`.
    """
    for path in sorted(Path(tempfile.gettempdir()).resolve().glob(f"{PREFIX}*")):
        if claim := claim_dead(path):
            try:
                yield claim
            finally:
                os.close(claim.lock)


def remove(path: Path) -> bool:
    """Remove the folder `path`; return True if it is gone.

    The owner file is removed last: without it, later sweeps would leave the rest alone.
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
        return []  # removed by another process


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
