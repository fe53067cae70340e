"""A SQLite database of its own for each slot: a copy of a file of the project."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

from forge.adapters.data_copy import DataCopy
from forge.adapters.folder_copy import place_of
from forge.adapters.place import Place
from forge.errors import AdapterError, RecordingError

LOCKED_S = 10.0  # how long a copy waits for a database that another program has locked
RETRY_S = 0.02
_MAGIC = b"SQLite format 3\0"
_WAL_MODE = 2  # byte 18 of the file: its writes go to a second file first
_BESIDE = ("-wal", "-shm", "-journal")


class SqliteCopy(DataCopy):
    """Copies a SQLite database into the slot's folder, as often as a fresh one is needed.

    `path` is the database to copy, relative to the project's folder; it is only read. Call `fresh`
    in `start` for one copy a worker, in `setup` for one a render. A later call writes over the same
    file in one transaction: an app that has it open reads the fresh content from then on.
    """

    def __init__(self, path: str | Path) -> None:
        self._path = Path(path)
        self._examined = False

    def sources(self) -> tuple[str, ...]:
        """Return the file of the database."""
        return (str(self._path),)

    def fresh(self, slot: Place) -> Path:
        """Copy the database, with what is still in its write-ahead log; return the copy's path.

        Raises:
            AdapterError: there is no such file, or it is no SQLite database.
            RecordingError: it is damaged, or one of the two databases stays locked.
        """
        source, copy = slot.project_dir / self._path, place_of(self._path, slot)
        _check(source)
        copy.parent.mkdir(parents=True, exist_ok=True)
        try:
            self._copy(source, copy)
        except sqlite3.DatabaseError as problem:
            raise RecordingError(f"{source} cannot be copied to {copy}: {problem}") from problem
        return copy

    def _copy(self, source: Path, copy: Path) -> None:
        with closing(sqlite3.connect(_address(source), uri=True, timeout=LOCKED_S)) as reader:
            if not self._examined:  # once, because it reads all of the file
                _examine(reader)
                self._examined = True
            if not _is_database(copy):  # the first copy, or the app has put another file there
                for end in ("", *_BESIDE):
                    copy.with_name(copy.name + end).unlink(missing_ok=True)
            with closing(sqlite3.connect(copy, timeout=LOCKED_S)) as writer:
                reader.backup(writer, progress=_until(time.monotonic() + LOCKED_S), sleep=RETRY_S)


def _check(source: Path) -> None:
    if not source.is_file():
        raise AdapterError(
            f"SqliteCopy: there is no file {source}",
            hint="name a database by its path in the project's folder",
        )
    with source.open("rb") as file:
        begin = file.read(len(_MAGIC))
    if begin != _MAGIC:
        raise AdapterError(
            f"SqliteCopy: {source} is not a SQLite database",
            hint="a SQL script is not one: make the database of it, `sqlite3 shop.db < shop.sql`",
        )


def _examine(reader: sqlite3.Connection) -> None:
    found = reader.execute("PRAGMA quick_check(1)").fetchone()[0]
    if found != "ok":
        raise sqlite3.DatabaseError(f"it is damaged: {' '.join(found.split())}")


def _address(source: Path) -> str:
    """Return the URI that opens `source` for reading only.

    SQLite leaves two files beside a database in WAL mode that is opened for reading. Where nothing
    has it open, which the missing log proves, `immutable` avoids them.
    """
    with source.open("rb") as file:
        mode = file.read(19)[18:]
    unused = mode == bytes([_WAL_MODE]) and not source.with_name(f"{source.name}-wal").exists()
    return f"file:{quote(str(source))}?mode=ro{'&immutable=1' if unused else ''}"


def _is_database(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            return file.read(len(_MAGIC)) == _MAGIC
    except OSError:
        return False


def _until(deadline_s: float) -> Callable[[int, int, int], None]:
    """Return a function for `backup`, which would try again forever, that gives up at last."""

    def progress(status: int, remaining: int, total: int) -> None:
        locked = status in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
        if locked and time.monotonic() > deadline_s:
            raise sqlite3.OperationalError(
                f"the database is locked by another program for more than {LOCKED_S:.0f} s"
            )

    return progress
