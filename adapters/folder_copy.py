"""A copy of a folder or of a file that a slot's app may write to."""

from __future__ import annotations

import errno
import os
import shutil
import stat
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from forge.adapters.data_copy import DataCopy
from forge.errors import AdapterError
from forge.store.atomic import remove

if TYPE_CHECKING:
    from forge.adapters.place import Place

FICLONE = 0x40049409  # linux/fs.h: share the blocks of another file until one of the two changes
AT_ONCE = 2**20  # bytes


class FolderCopy(DataCopy):
    """A folder of the project, copied into the slot: the app writes to the copy.

    `folder` is relative to the project's folder; a single file will do too. Times and modes of the
    files are kept. Where the file system can, files share their blocks until the app changes them.
    """

    def __init__(self, folder: str | os.PathLike[str]) -> None:
        self._source = Path(folder)

    def sources(self) -> tuple[str, ...]:
        """Return the folder or the file."""
        return (str(self._source),)

    def fresh(self, slot: Place) -> Path:
        """Replace the copy of `slot` by a new one, and return its path.

        Raises:
            AdapterError: there is no such folder, or it cannot be copied.
        """
        source = slot.project_dir / self._source
        target = place_of(self._source, slot)
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            copy(source, target)
        except FileNotFoundError as problem:
            raise AdapterError(
                f"the data to copy is not there: {problem.filename}",
                hint="name a folder or a file of the project",
            ) from problem
        except OSError as problem:
            raise AdapterError(f"the data {source} cannot be copied: {problem}") from problem
        return target


def place_of(source: Path, slot: Place) -> Path:
    """Return where the copy of `source` lies in `slot`.

    It has the name of the source, because the app may show it; below the names of the folders that
    the source is in, because two may have the same name.
    """
    above = [part for part in source.parts[:-1] if part.strip("./")]
    return slot.dir / "data" / "-".join(above) / (slot.project_dir / source).resolve().name


def copy(source: Path, target: Path) -> None:
    """Make `target` a copy of a file, or of a folder with all that is in it.

    Files of an earlier copy are written over, and what the source does not have is removed. A link
    that leads out of the folder is copied as what it leads to, so that no write leaves the copy.

    Raises:
        OSError: something cannot be read or written, or is no regular file.
    """
    _Copier(source.resolve()).copy(str(source), str(target), ())


class _Copier:
    """Copies what is in the folder `top`.

    Files are written over in place, which takes a tenth of the time of removing and making them:
    ext4 looks for free inodes past all that were freed within the last seconds. Paths are texts,
    and a file costs few system calls: of small files, anything else takes longer than their bytes.
    """

    def __init__(self, top: Path) -> None:
        self._top = top
        self._clones = True  # until the file system refuses to share blocks

    def copy(self, source: str, target: str, above: tuple[str, ...]) -> None:
        """Copy `source`; `above` are the folders that it is in."""
        status = os.lstat(source)
        if stat.S_ISLNK(status.st_mode):
            if _stays_inside(Path(source), self._top):
                remove(Path(target))
                Path(target).symlink_to(Path(source).readlink())
                return
            status = os.stat(source)  # noqa: PTH116
        if stat.S_ISREG(status.st_mode):
            self._copy_file(source, target, status)
        elif stat.S_ISDIR(status.st_mode):
            self._copy_folder(source, target, status, above)
        else:
            raise OSError(errno.EINVAL, "not a regular file", source)

    def _copy_folder(
        self, source: str, target: str, status: os.stat_result, above: tuple[str, ...]
    ) -> None:
        real = os.path.realpath(source)
        if real in above:
            raise OSError(errno.ELOOP, "a link leads to a folder that it is in", source)
        names = os.listdir(source)  # noqa: PTH208
        for name in _folder_at(target) - set(names):
            remove(Path(target, name))
        for name in names:
            self.copy(f"{source}/{name}", f"{target}/{name}", (*above, real))
        shutil.copystat(source, target)
        # The app makes files in it.
        os.chmod(target, stat.S_IMODE(status.st_mode) | stat.S_IRWXU)  # noqa: PTH101

    def _copy_file(self, source: str, target: str, status: os.stat_result) -> None:
        read = os.open(source, os.O_RDONLY)
        try:
            write = _file_at(target)
            try:
                self._clones = self._clones and _clone(read, write)
                size = status.st_size if self._clones else _copy_bytes(read, write, status.st_size)
                if os.fstat(write).st_size > size:
                    os.ftruncate(write, size)
                os.fchmod(write, stat.S_IMODE(status.st_mode))
                os.utime(write, ns=(status.st_atime_ns, status.st_mtime_ns))
            finally:
                os.close(write)
        finally:
            os.close(read)


def _folder_at(target: str) -> set[str]:
    """Make `target` a folder, unless it is one; return the names of what is in it."""
    with suppress(FileExistsError):
        os.mkdir(target)  # noqa: PTH102
        return set()
    if not stat.S_ISDIR(os.lstat(target).st_mode):
        remove(Path(target))
        os.mkdir(target)  # noqa: PTH102
    os.chmod(target, stat.S_IRWXU)  # noqa: PTH101 (the app may have closed it)
    return set(os.listdir(target))  # noqa: PTH208


def _file_at(target: str) -> int:
    """Return a descriptor to write to the file `target`, which no other name leads to.

    Its content is that of an earlier copy, if there is one. It is not cut to nothing, after which
    ext4 would bring the new content to the disk at once.
    """
    with suppress(OSError):  # it is not there, a folder or link, run by a program, or read-only
        write = os.open(target, os.O_WRONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        status = os.fstat(write)
        if stat.S_ISREG(status.st_mode) and status.st_nlink == 1:
            return write
        os.close(write)
    remove(Path(target))
    return os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)


def _stays_inside(link: Path, top: Path) -> bool:
    to = link.readlink()
    return not to.is_absolute() and (link.parent.resolve() / to).resolve().is_relative_to(top)


def _copy_bytes(read: int, write: int, size: int) -> int:
    """Copy the bytes of a file, which has `size` of them; return how many were copied."""
    done = 0
    with suppress(OSError):  # not on these file systems: copied below
        while done < size and (count := os.copy_file_range(read, write, size - done)):
            done += count
    if done < size:
        done = 0
        while data := os.pread(read, AT_ONCE, done):
            done += os.pwrite(write, data, done)
    return done


def _clone(read: int, write: int) -> bool:
    import fcntl

    try:
        fcntl.ioctl(write, FICLONE, read)
    except OSError:
        return False
    return True
