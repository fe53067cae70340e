"""The states in which a power cut may leave a folder.

Names and contents reach a disk in any order. Only `os.fsync` makes sure of them: of the file for
its contents, of the folder for its names. Before each sync, rename, link or removal, a power cut
may therefore leave everything that was done, only what was synced, names without contents, or
mixtures.
"""

from __future__ import annotations

import os
import random
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from threading import RLock
from typing import Any
from unittest.mock import patch

#: Pairs of (names, contents) that survive a power cut; of several words, one at random per file.
RECIPES = (
    ("done", "done"),
    ("synced", "synced"),
    ("done", "synced"),
    ("done", "half"),
    *[("done synced", "done synced half")] * 3,
)
Names = dict[Path, dict[str, int]]  # folder → name → inode
Contents = dict[int, bytes]
State = dict[Path, bytes | None]  # path → content of a file; None for a folder


class Disk:
    """A watch on the folder `root`.

    `states`: every state that a power cut may have left, in order; `last`: those of the end.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self.states: list[State] = []
        self.last: list[State] = []
        self._kept = ExitStack()  # open files, so that inodes are not reused
        self._known: set[int] = set()
        self._synced: tuple[Names, Contents] = ({}, {})
        self._random = random.Random(0)
        self._turn = RLock()  # no file goes away while all are read: lines are spoken by threads

    @contextmanager
    def watched(self) -> Iterator[Disk]:
        """Take the folder as it is for synced, and watch the operations of the block."""
        with self._kept:
            self._synced = self._live()
            with ExitStack() as patches:
                for name in ("replace", "unlink", "link", "rename", "rmdir", "mkdir"):
                    patches.enter_context(patch.object(os, name, self._before(getattr(os, name))))
                patches.enter_context(patch.object(os, "fsync", self._fsync(os.fsync)))
                yield self
            self._moment()

    def restore(self, state: State) -> None:
        """Bring the folder into `state`."""
        for path in sorted(self.root.rglob("*"), reverse=True):
            if path not in state:
                path.rmdir() if path.is_dir() else path.unlink()
        for path, content in sorted(state.items()):
            if content is None:
                path.mkdir(exist_ok=True)
            elif not path.exists() or path.read_bytes() != content:
                path.write_bytes(content)

    def _before(self, real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **options: Any) -> Any:
            with self._turn:
                self._moment()
                return real(*args, **options)

        return call

    def _fsync(self, real: Callable[[int], None]) -> Callable[[int], None]:
        def call(handle: int) -> None:
            with self._turn:
                self._moment()
                real(handle)
                names, contents = self._live()
                path, number = Path(f"/proc/self/fd/{handle}").readlink(), os.fstat(handle).st_ino
                if path in names:
                    self._synced[0][path] = names[path]
                elif number in contents:
                    self._synced[1][number] = contents[number]

        return call

    def _live(self) -> tuple[Names, Contents]:
        names: Names = {}
        contents: Contents = {}
        for folder, folders, files in os.walk(self.root):
            place = Path(folder)
            names[place] = {name: (place / name).stat().st_ino for name in (*folders, *files)}
            for name in files:
                number = names[place][name]
                contents[number] = (place / name).read_bytes()
                if number not in self._known:
                    self._known.add(number)
                    self._kept.enter_context((place / name).open("rb"))
        return names, contents

    def _moment(self) -> None:
        now = self._live()
        self.last = [self._left(self.root, now, *recipe) for recipe in RECIPES]
        self.states += [state for state in self.last if state not in self.states]

    def _left(self, folder: Path, now: tuple[Names, Contents], name: str, content: str) -> State:
        """Return a state of `folder`; `name` and `content` select it, as in RECIPES."""
        state: State = {folder: None}
        lists = {"done": now[0].get(folder, {}), "synced": self._synced[0].get(folder, {})}
        for entry in sorted(lists["done"].keys() | lists["synced"].keys()):
            number = lists[self._one_of(name)].get(entry)
            path = folder / entry
            if number is None:
                continue
            if path in now[0] or path in self._synced[0]:
                state |= self._left(path, now, name, content)
                continue
            synced = self._synced[1].get(number, b"")
            whole = now[1].get(number, synced)  # if it was removed, the disk still has it
            half = (len(whole) + len(synced)) // 2
            left = {"done": whole, "synced": synced, "half": whole[:half]}
            state[path] = left[self._one_of(content)]
        return state

    def _one_of(self, words: str) -> str:
        return self._random.choice(words.split())
