"""Write files whole or not at all: under another name first, and renamed at the end.

The unfinished file, called the part, is locked while it is written. A part without a lock is that
of a killed process, in any PID namespace.
"""

from __future__ import annotations

import errno
import os
import re
import shutil
import stat
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from forge.errors import MachineError
from forge.store import file_lock

_PART = re.compile(r"\..+\.(?P<pid>\d+)\.part(?:\.wav)?")


def part_of(path: Path, suffix: str = "") -> Path:
    """Return the name under which this process writes `path` until it is whole."""
    return path.with_name(f".{path.name}.{os.getpid()}.part{suffix}")


@contextmanager
def under_way(part: Path) -> Iterator[Path]:
    """Make and lock the file `part` for a block; remove it at the end, unless it was renamed."""
    lock = None
    with suppress(OSError):  # some file systems have no locks; other errors appear in writing
        lock = file_lock.take(part, make=True)
    try:
        yield part
    finally:
        _unlink([part])
        if lock is not None:
            os.close(lock)


@contextmanager
def whole(path: Path) -> Iterator[Path]:
    """Yield a path to write to. It becomes `path` when the block ends well, else it is removed.

    After the block, the file survives a power cut.
    """
    with together([path]) as [part]:
        yield part


@contextmanager
def together(paths: Sequence[Path]) -> Iterator[list[Path]]:
    """Write several files as `whole` writes one: all of them appear, in their order, or none.

    Raises:
        OSError: one cannot be written, or its name is taken by something other than a regular file.
    """
    for path in paths:
        refuse_odd(path)
    appeared: list[Path] = []
    with ExitStack() as stack:
        parts = [stack.enter_context(under_way(part_of(path))) for path in paths]
        try:
            yield parts
            for part in parts:
                on_disk(part)
            for part, path in zip(parts, paths, strict=True):
                part.replace(path)
                appeared.append(path)
            for folder in {path.parent for path in paths}:
                on_disk(folder)
        except BaseException:
            _unlink(appeared)
            raise


def write_text(path: Path, text: str) -> None:
    """Write `text` to `path`, whole or not at all; make its folder if it is missing.

    Raises:
        MachineError: it cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with whole(path) as part:
            part.write_text(text, encoding="utf-8")
    except OSError as problem:
        raise MachineError(f"{path} cannot be written: {problem}") from problem


def rewrite(path: Path, text: str) -> None:
    """Make `text` the content of a user's file. A failure leaves the old content.

    A link stays a link, and the mode of the file stays.

    Raises:
        OSError: the file cannot be written, or is no regular file.
    """
    target = path.resolve()
    refuse_odd(target)
    with under_way(part_of(target)) as part:
        part.write_text(text, encoding="utf-8")
        if target.exists():
            shutil.copymode(target, part)
        on_disk(part)
        part.replace(target)


def refuse_odd(path: Path) -> None:
    """Raise OSError if `path` is a device, a fifo or a folder, or a link to one: a rename to that
    name would replace it."""
    with suppress(FileNotFoundError):
        if not stat.S_ISREG(path.stat().st_mode):
            raise OSError(errno.EINVAL, "is there, and no regular file", str(path))


def remove(path: Path) -> None:
    """Remove the file, folder or link at `path`, if there is one. Links are not followed.

    Raises:
        OSError: it cannot be removed.
    """
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def on_disk(path: Path) -> None:
    """Wait until the content of a file, or the list of names in a folder, is on the disk.

    Raises:
        OSError: it cannot be written there.
    """
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    except OSError as problem:
        if problem.errno != errno.EINVAL:  # some network file systems cannot sync a folder
            raise
    finally:
        os.close(handle)


def make_folder(folder: Path, mode: int = 0o777) -> None:
    """Make `folder` (with `mode`, less the umask) and missing folders above it, and wait until
    they are on the disk. Raise OSError if that fails."""
    missing = [place for place in (folder, *folder.parents) if not place.exists()]
    folder.mkdir(mode=mode, parents=True, exist_ok=True)
    for place in missing:
        on_disk(place.parent)


def _unlink(paths: Iterable[Path]) -> None:
    for path in paths:
        with suppress(OSError):  # it was renamed, never made, or removed with its folder
            path.unlink()


def left_parts(folders: Iterable[Path], ended: int | None = None) -> list[Path]:
    """Return the parts that dead processes have left in `folders` (not below them).

    With `ended`, only those of the process with that pid, which must have ended.
    """
    left = []
    for folder in folders:
        with suppress(OSError):
            for path in folder.iterdir():
                found = _PART.fullmatch(path.name)
                if found and ended in (None, int(found["pid"])) and _is_free(path):
                    left.append(path)
    return left


def sweep_parts(folders: Iterable[Path], ended: int | None = None) -> list[Path]:
    """Remove the parts that `left_parts` finds, and return them."""
    left = left_parts(folders, ended)
    for path in left:
        with suppress(OSError):
            path.unlink()
    return left


def _is_free(path: Path) -> bool:
    """Return True if no process has locked `path`."""
    with suppress(OSError):
        if (lock := file_lock.take(path)) is not None:
            os.close(lock)
            return True
    return False
