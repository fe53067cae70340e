"""Notes of files: size, times and digest, to tell later whether a file has changed."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Mapping
from pathlib import Path

from forge.model.records import Note
from forge.store.regular import open_regular

Notes = dict[str, Note]
Stamp = tuple[int, int, int]


def noted(path: Path) -> Note:
    """Return the note of `path` as it is now.

    Raises:
        OSError: it cannot be read, or is no regular file.
    """
    with open_regular(path) as file:
        # Take the times before reading: a write in between then makes the note differ.
        size, mtime_ns, ctime_ns = _stamp(os.fstat(file.fileno()))
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return Note(size=size, mtime_ns=mtime_ns, ctime_ns=ctime_ns, sha256=digest)


def read_noted(path: Path) -> tuple[bytes, Note]:
    """Return the content of `path`, and the note of exactly that content. OSError as in `noted`."""
    with open_regular(path) as file:
        size, mtime_ns, ctime_ns = _stamp(os.fstat(file.fileno()))
        data = file.read()
    digest = hashlib.sha256(data).hexdigest()
    return data, Note(size=size, mtime_ns=mtime_ns, ctime_ns=ctime_ns, sha256=digest)


def notes_of(paths: Iterable[Path]) -> Notes:
    """Return the notes of `paths`, by their names. OSError as in `noted`."""
    return {path.name: noted(path) for path in paths}


def stamp(path: Path) -> Stamp | None:
    """Return size and times of `path`, which change with its content; None without such a file."""
    try:
        return _stamp(path.stat())
    except OSError:
        return None


def is_same(path: Path, note: Note) -> bool:
    """Return True if `path` is as noted. It is read only if its times differ.

    This finds changes by people and programs. Damage of a disk leaves the times as they are: see
    `is_whole`.
    """
    now = stamp(path)
    return now is not None and (now == note.stamp or is_whole(path, note))


def is_whole(path: Path, note: Note) -> bool:
    """Return True if the content of `path` is as noted. It is always read."""
    try:
        return path.stat().st_size == note.size and noted(path).sha256 == note.sha256
    except OSError:
        return False


def difference(paths: Iterable[Path], notes: Mapping[str, Note]) -> str | None:
    """Return what is wrong with the first of `paths` that is not as noted; None if all are."""
    for path in paths:
        note = notes.get(path.name)
        if not path.is_file():
            return f"there is no {path.name}"
        if note is None or not is_same(path, note):
            return f"{path.name} is not the file that was rendered"
    return None


def _stamp(found: os.stat_result) -> Stamp:
    # The ctime too: no program can set it back, unlike the mtime.
    return found.st_size, found.st_mtime_ns, found.st_ctime_ns
