"""A check that a job renders the very files that its prints were made of."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from forge.model.records import Note
from forge.store.file_notes import Stamp, is_same, stamp


class OneVersion:
    """Compares the source files of a worker's jobs with the first version that it met.

    Modules stay loaded from one job to the next, and an adapter's app may keep files that it has
    read. So a file must not change between the first job that depends on it and the end of the
    last, even if the change is undone: it is unknown which version was read in between.
    """

    def __init__(self) -> None:
        self._met: dict[str, Stamp] = {}

    def changed(self, sources: Mapping[str, Note]) -> str | None:
        """Return the first file of `sources` that differs or differed from its note, or None."""
        for name, note in sources.items():
            now = stamp(Path(name))  # before the file is read: a later change is found next time
            met = self._met.get(name)
            if now is None or (now != met if met else not is_same(Path(name), note)):
                return name
            self._met[name] = now
        return None
