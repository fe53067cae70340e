"""Bring the files of a job home, in pieces: whole and in their order, or none of them."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path
from typing import BinaryIO

from forge.model.hosts import FileNote
from forge.store.atomic import together

PIECE = 4 << 20  # bytes
TRIES = 2

Read = Callable[[str, int, int], bytes]  # name, first byte, number of bytes


def bring_home(
    files: Sequence[FileNote],
    place: Callable[[str], Path],
    read: Read,
    committing: Callable[[], AbstractContextManager[object]],
) -> dict[str, Path]:
    """Fetch `files`, each to the place of its name; return the places by name.

    All are written and compared with their SHA-256 first. Then they appear in their order, within
    `committing()`, which may raise to prevent it.

    Raises:
        ConnectionError: a file did not arrive whole, or `read` raised this.
        OSError: there is no room.
    """
    places = {file.name: place(file.name) for file in files}
    with ExitStack() as after, together([*places.values()]) as parts:
        for file, part in zip(files, parts, strict=True):
            _fetch(file, part, read)
        after.enter_context(committing())  # left after the files have appeared
    return places


def append(file: FileNote, path: Path, read: Read) -> None:
    """Append a part of a log of a host to the file at `path`."""
    with path.open("ab") as target:
        _copy(file, target, read)


def _fetch(file: FileNote, part: Path, read: Read) -> None:
    for _ in range(TRIES):
        with part.open("wb") as target:
            if _copy(file, target, read) == file.sha256:
                return
    raise ConnectionError(f"{file.name} did not arrive as it was sent")


def _copy(file: FileNote, target: BinaryIO, read: Read) -> str:
    """Copy a file in pieces; return its SHA-256."""
    digest = hashlib.sha256()
    for at in range(0, file.size, PIECE):
        piece = read(file.name, file.begin + at, min(PIECE, file.size - at))
        digest.update(piece)
        target.write(piece)
    return digest.hexdigest()
