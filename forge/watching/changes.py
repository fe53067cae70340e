"""Notice which files of a project have changed, by looking at their times a few times a second.

The files are known: those that the prints of the jobs were made of, and those that the settings
name. So their times are all that has to be read, on any file system and in any container.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from glob import glob
from pathlib import Path

from forge.model.settings import Settings
from forge.store.app_files import files_of_app, files_of_class
from forge.store.file_notes import Stamp, stamp

LOOK_S = 0.1  # seconds between two looks, or more where a look takes long
SHARE = 0.1  # the largest share of a processor's time that looking takes
SETTINGS_FILES = ("forge.toml", "pyproject.toml", ".env")
BESIDE = ("*.py", "*.json")  # side files, and modules that a tutorial may import


def files_of(
    project_dir: Path,
    settings: Settings | None,
    sources: Iterable[str],
    given: Sequence[str] = (),
) -> set[Path]:
    """Return the files to look at. `sources` are those that the jobs depend on.

    `given` are the files and folders that the adapter's class names, where new ones may come.
    Without `settings` (they are wrong), those in the usual places.
    """
    files = {project_dir / name for name in SETTINGS_FILES}
    files |= {Path(name) for name in sources}
    known = settings or Settings(project_dir=project_dir)
    found = {path for pattern in known.tutorials for path in _found(project_dir, pattern)}
    folders = {path.parent for path in found} | {path.resolve().parent for path in found}
    files |= {path for folder in folders for pattern in BESIDE for path in folder.glob(pattern)}
    files |= {path for pattern in known.watch for path in _found(project_dir, pattern)}
    if known.app.kind:
        files |= files_of_app(known)
    files |= files_of_class(given, known)
    adapter = (known.adapter or "").rpartition(":")[0]
    if adapter.endswith(".py"):
        files.add(project_dir / adapter)
    return files


def _found(folder: Path, pattern: str) -> Iterable[Path]:
    return (folder / name for name in glob(pattern, root_dir=folder, recursive=True))


class Changes:
    """Looks at files. `files()` returns those to look at; it is called at each look."""

    def __init__(
        self, files: Callable[[], set[Path]], now: Callable[[], float] = time.monotonic
    ) -> None:
        self._files, self._now = files, now
        self._known: set[Path] = set()
        self._seen = self._look()
        self._changed: set[Path] = set()
        self._next_s = self._now() + LOOK_S

    def look(self) -> set[Path]:
        """Return the files that have changed, appeared or gone away, once they are at rest.

        A file is at rest when two looks find it the same: a program may still write it. An empty
        result means that nothing has changed, or that it is too early for another look.
        """
        began_s = self._now()
        if began_s < self._next_s:
            return set()
        found = self._look()
        took_s = self._now() - began_s
        self._next_s = self._now() + max(LOOK_S, took_s / SHARE)
        moved = {path for path in found.keys() | self._seen.keys() if self._differs(path, found)}
        self._seen = found
        if moved:
            self._changed |= moved
            return set()
        changed, self._changed = self._changed, set()
        return changed

    @property
    def pending(self) -> bool:
        """True if something has changed that `look` has not returned yet."""
        return bool(self._changed)

    def add_new(self) -> None:
        """Look at the files that `files()` returns now; those that are new count as unchanged."""
        self._seen = {path: self._seen.get(path, now) for path, now in self._look().items()}

    def _differs(self, path: Path, found: dict[Path, Stamp | None]) -> bool:
        return found.get(path) != self._seen.get(path)

    def _look(self) -> dict[Path, Stamp | None]:
        with suppress(OSError):  # a folder is removed at this moment: the next look finds out
            self._known = self._files()
        return {path: stamp(path) for path in self._known}
