"""Files that arrive in pieces: a project's archive, or those of a take."""

from __future__ import annotations

import os
from pathlib import Path

from forge.store import file_lock, private
from forge.store.atomic import part_of


class Incoming:
    """A file under way, locked as long as this process lives; a dead one's is swept.

    Raises:
        OSError: the file cannot be made.
    """

    def __init__(self, folder: Path, name: str) -> None:
        private.make_folder(folder)
        self.path = part_of(folder / name)
        lock = file_lock.take(self.path, make=True)
        assert lock is not None, "the name has the number of this process"
        self._file = lock

    def write(self, at: int, piece: bytes) -> None:
        """Write `piece` after the first `at` bytes. Raise OSError if there is no room."""
        os.pwrite(self._file, piece, at)

    def close(self) -> None:
        """Remove the file, if it is still there."""
        self.path.unlink(missing_ok=True)
        os.close(self._file)
