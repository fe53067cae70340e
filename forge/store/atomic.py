"""Files under way: each is written under another name beside its own, and renamed when whole.

It is locked until then, so that what a killed process left half done can be told from what a
living one is busy with, in whatever PID namespace that is.
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

from forge.store import file_lock

_PART = re.compile(r"\..+\.(?P<pid>\d+)\.part(?:\.wav)?")


def part_of(path: Path, suffix: str = "") -> Path:
    """The name under which this process writes `path` until it is whole."""
    return path.with_name(f".{path.name}.{os.getpid()}.part{suffix}")


@contextmanager
def under_way(part: Path) -> Iterator[Path]:
    """Make and lock the file `part`, to be written and renamed; what stays of it is removed."""
    lock = None
    with suppress(OSError):  # a file system without locks; else writing tells what is wrong
        lock = file_lock.take(part, make=True)
    try:
        yield part
    finally:
        _unlink([part])
        if lock is not None:
            os.close(lock)


@contextmanager
def whole(path: Path) -> Iterator[Path]:
    """Write to the path that is given; it becomes `path` when the block ends well, or is gone.

    It is on the disk then: a power cut does not take it back.
    """
    with together([path]) as [part]:
        yield part


@contextmanager
def together(paths: Sequence[Path]) -> Iterator[list[Path]]:
    """`whole` for files that belong together: all of them appear, in their order, or none.

    Raises:
        OSError: one cannot be written, or something is there that is no regular file.
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


def refuse_odd(path: Path) -> None:
    """Raise OSError where something is that is no regular file (a device, a folder), or leads to
    one: a file that is renamed to that name would take its place."""
    with suppress(FileNotFoundError):
        if not stat.S_ISREG(path.stat().st_mode):
            raise OSError(errno.EINVAL, "is there, and no regular file", str(path))


def remove(path: Path) -> None:
    """Remove whatever is at `path`, if anything is; a link itself, not what it leads to.

    Raises:
        OSError: it cannot be removed.
    """
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def on_disk(path: Path) -> None:
    """Wait until a file's content, or a folder's list of names, is on the disk.

    Raises:
        OSError: it cannot be written there.
    """
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    except OSError as problem:
        if problem.errno != errno.EINVAL:  # some network file systems cannot, for folders
            raise
    finally:
        os.close(handle)


def make_folder(folder: Path, mode: int = 0o777) -> None:
    """Make `folder` (with `mode`, less the umask) and those above it, as far as they are missing,
    so that a power cut leaves them. OSError when that cannot be done."""
    missing = [place for place in (folder, *folder.parents) if not place.exists()]
    folder.mkdir(mode=mode, parents=True, exist_ok=True)
    for place in missing:
        on_disk(place.parent)


def _unlink(paths: Iterable[Path]) -> None:
    for path in paths:
        with suppress(OSError):  # renamed, never made, or in a folder that is gone
            path.unlink()


def left_parts(folders: Iterable[Path], ended: int | None = None) -> list[Path]:
    """What dead processes left half done in `folders` (not below them).

    With `ended`, only what process `ended` left, which is known to have come to its end.
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
    """Remove what `left_parts` finds, and return it."""
    left = left_parts(folders, ended)
    for path in left:
        with suppress(OSError):
            path.unlink()
    return left


def _is_free(path: Path) -> bool:
    """Whether no process holds it."""
    with suppress(OSError):
        if (lock := file_lock.take(path)) is not None:
            os.close(lock)
            return True
    return False
