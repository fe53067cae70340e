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
AT_ONCE = 2**30  # bytes


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
        # Its own name, because the app may show it; below the names of the folders that it is in,
        # because two may have the same name.
        above = [part for part in self._source.parts[:-1] if part.strip("./")]
        target = slot.dir / "data" / "-".join(above) / source.resolve().name
        try:
            remove(target)
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


def copy(source: Path, target: Path) -> None:
    """Copy a file, or a folder with all that is in it, to `target`, which must not exist.

    A link that leads out of the folder is copied as what it leads to, so that no write leaves the
    copy.

    Raises:
        OSError: something cannot be read or written, or is no regular file.
    """
    _copy(source, target, source.resolve(), ())


def _copy(source: Path, target: Path, top: Path, above: tuple[Path, ...]) -> None:
    """Copy `source`, which is below the folder `top`; `above` are the folders that it is in."""
    if source.is_symlink() and _stays_inside(source, top):
        target.symlink_to(source.readlink())
        return
    status = source.stat()
    if stat.S_ISREG(status.st_mode):
        _copy_file(source, target, status.st_size)
    elif stat.S_ISDIR(status.st_mode):
        real = source.resolve()
        if real in above:
            raise OSError(errno.ELOOP, "a link leads to a folder that it is in", str(source))
        target.mkdir()
        for entry in source.iterdir():
            _copy(entry, target / entry.name, top, (*above, real))
    else:
        raise OSError(errno.EINVAL, "not a regular file", str(source))
    shutil.copystat(source, target)
    if target.is_dir():
        target.chmod(stat.S_IMODE(status.st_mode) | stat.S_IRWXU)  # the app makes files in it


def _stays_inside(link: Path, top: Path) -> bool:
    to = link.readlink()
    return not to.is_absolute() and (link.parent.resolve() / to).resolve().is_relative_to(top)


def _copy_file(source: Path, target: Path, size: int) -> None:
    with source.open("rb") as read, target.open("xb") as write:
        if _clone(read.fileno(), write.fileno()):
            return
        with suppress(OSError):  # not on these file systems: copied below
            while os.copy_file_range(read.fileno(), write.fileno(), AT_ONCE):
                pass
        if os.fstat(write.fileno()).st_size < size:
            read.seek(0)
            write.truncate(0)
            write.seek(0)
            shutil.copyfileobj(read, write, 2**20)


def _clone(read: int, write: int) -> bool:
    import fcntl

    try:
        fcntl.ioctl(write, FICLONE, read)
    except OSError:
        return False
    return True
