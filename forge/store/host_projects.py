"""Projects of other machines on a host: unpacked parcels, each in a folder named by its SHA-256.

In that folder is one other, the project, under the name that it has at home. Several processes may
unpack, use and remove projects at once. A folder appears under its name when it is whole. A process
that uses a project holds a shared lock on its folder, and one that removes it needs an exclusive
lock; the kernel releases both when a process ends.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
import shutil
import stat
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path, PurePosixPath

from forge.errors import ForgeError
from forge.store import private
from forge.store.atomic import on_disk
from forge.store.ledger import LOCK_FILE, project_lock
from forge.store.parcel import LARGEST_MB
from forge.store.paths import LOGS

KEPT = 5  # versions of projects that a host keeps
WORK = ".forge"
STAYING = (LOGS, LOCK_FILE)
_NAME = re.compile(r"[0-9a-f]{64}")
_FRESH = "unpacking-"


def has(projects: Path, sha256: str) -> Path | None:
    """Return the folder of that project below `projects`, and mark it as used now; or None."""
    place = _place(projects, sha256)
    try:
        os.utime(place)
        return next(place.iterdir(), None)
    except OSError:
        return None


def unpack(parcel: Path, projects: Path, sha256: str) -> Path:
    """Unpack `parcel` below `projects` and remove it; return the folder of the project.

    The folder may be there already, or appear meanwhile.

    Raises:
        ValueError: the parcel is not the one of that SHA-256, or has an entry that is no regular
            file and no folder inside of its one folder.
        OSError: it cannot be read, or there is no room.
    """
    place = _place(projects, sha256)
    try:
        with parcel.open("rb") as packed:
            if hashlib.file_digest(packed, "sha256").hexdigest() != sha256:
                raise ValueError(f"the project did not arrive as it was sent: {parcel.name}")
        if found := has(projects, sha256):
            return found
        private.make_folder(projects)
        with _fresh_folder(projects) as fresh:
            _extract(parcel, fresh)
            os.sync()  # once, in place of a wait for each file
            with suppress(OSError):  # another process was faster
                fresh.replace(place)
        on_disk(projects)
    finally:
        parcel.unlink(missing_ok=True)
    if not (found := has(projects, sha256)):
        raise FileNotFoundError(f"{place} is no folder")
    return found


def hold(project: Path) -> int:
    """Keep the folder `project` from being removed until the returned descriptor is closed.

    Raises:
        OSError: it has been removed.
    """
    return _hold(project.parent)


def _hold(place: Path) -> int:
    handle = os.open(place, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(handle, fcntl.LOCK_SH)
        if not os.path.samestat(os.fstat(handle), place.stat()):
            raise FileNotFoundError(f"{place} has been removed")
    except BaseException:
        os.close(handle)
        raise
    return handle


def take_over(projects: Path, project: Path) -> None:
    """Move what the last version of the same project has made into `project`, which is new.

    These are takes, sounds and pictures: prints and digests tell which of them can be used. Logs
    stay. A version that another batch uses is passed over. `project` must be locked.
    """
    for old in _newest_first(projects):
        made = old / project.name / WORK
        if old == project.parent or not made.is_dir():
            continue
        with suppress(OSError, ForgeError), project_lock(made):
            for entry in [entry for entry in made.iterdir() if entry.name not in STAYING]:
                entry.replace(project / WORK / entry.name)
            return


def sweep(projects: Path, keep: int = KEPT) -> list[Path]:
    """Remove all but the `keep` projects used last, and what dead processes have not unpacked.

    Return what was removed. Projects that a process holds stay.
    """
    with suppress(OSError):
        fresh = [path for path in projects.iterdir() if path.name.startswith(_FRESH)]
        return [path for path in (*_newest_first(projects)[keep:], *fresh) if _remove(path)]
    return []


def _newest_first(projects: Path) -> list[Path]:
    """Return the folders of whole projects, the one that was used last first."""
    found = [path for path in projects.iterdir() if _NAME.fullmatch(path.name) and path.is_dir()]
    return sorted(found, key=lambda path: path.stat().st_mtime_ns, reverse=True)


def _place(projects: Path, sha256: str) -> Path:
    if not _NAME.fullmatch(sha256):
        raise ValueError(f"{sha256!r} is no SHA-256")
    return projects / sha256


def _remove(project: Path) -> bool:
    """Remove the folder `project`, unless a process holds it; return True if it is gone."""
    with suppress(OSError):
        handle = os.open(project, os.O_RDONLY | os.O_DIRECTORY)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            # Renamed first: a removal that is cut short must not leave half a project.
            left = project.replace(project.with_name(f"{_FRESH}{project.name}-{os.getpid()}"))
            shutil.rmtree(left)
            return True
        finally:
            os.close(handle)
    return False


@contextmanager
def _fresh_folder(projects: Path) -> Iterator[Path]:
    """Make a folder of a name of its own, and hold it; remove it, unless it was renamed."""
    fresh = Path(tempfile.mkdtemp(prefix=_FRESH, dir=projects))
    handle = _hold(fresh)
    try:
        yield fresh
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
        os.close(handle)


def _extract(parcel: Path, folder: Path) -> None:
    try:
        with zipfile.ZipFile(parcel) as packed:
            entries = packed.infolist()
            _check(entries)
            for entry in entries:
                path = Path(packed.extract(entry, folder))
                path.chmod(0o755 if entry.external_attr >> 16 & stat.S_IXUSR else 0o644)
    except zipfile.BadZipFile as problem:
        raise ValueError(f"the project is no zip: {problem}") from problem


def _check(entries: list[zipfile.ZipInfo]) -> None:
    """Refuse all that `forge.store.parcel` does not write."""
    tops = {entry.filename.split("/")[0] for entry in entries}
    for entry in entries:
        name = PurePosixPath(entry.filename)
        outside = name.is_absolute() or ".." in name.parts or "\\" in entry.filename
        kind = stat.S_IFDIR if entry.is_dir() else stat.S_IFREG
        odd = stat.S_IFMT(entry.external_attr >> 16) != kind
        if outside or odd or len(name.parts) < 2 or len(tops) > 1:
            raise ValueError(f"the project has an entry that is refused: {entry.filename!r}")
    if sum(entry.file_size for entry in entries) > LARGEST_MB * 2**20:
        raise ValueError(f"the project is larger than {LARGEST_MB} MB")
