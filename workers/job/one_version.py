"""One version: a job renders the very files that its prints were made of."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from forge.model.records import Note
from forge.store.file_notes import Stamp, is_same, stamp


class OneVersion:
    """What this worker knows of the files that its jobs were made of.

    Modules stay loaded from one job to the next, and so may what an adapter's app has read. So a
    file must not change from when the first job came to it until the end of the last, not even
    to be put back: nothing tells what was read in between.
    """

    def __init__(self) -> None:
        self._met: dict[str, Stamp] = {}

    def changed(self, sources: Mapping[str, Note]) -> str | None:
        """The first of the files `sources` that is, or was, another one than is noted there."""
        for name, note in sources.items():
            now = stamp(Path(name))  # before it is read: what comes later is seen the next time
            met = self._met.get(name)
            if now is None or (now != met if met else not is_same(Path(name), note)):
                return name
            self._met[name] = now
        return None
