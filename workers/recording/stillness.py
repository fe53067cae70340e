"""Whether processes have come to rest: how a wait is told from work on a busy machine.

A command that waits for the page's time must be given time, one that is only slow must not: else
a video would depend on how busy the machine was. No stretch of time tells the two apart, the
kernel does: nothing is on its way when no thread runs, is ready to run or waits for the disk, and
none has run since the last look.
"""

from __future__ import annotations

import os
import threading
import time
from pathlib import Path
from typing import NamedTuple

BUSY = b"RD"  # running or ready; waiting for the disk
LOOK_APART_S = 0.003
BUSY_S = 4.0  # whoever works for longer turns round and round, and is not waited for
#: At times Chromium's compositor wakes up every few milliseconds, for seconds, to do nothing. Where
#: it alone does, so often in a row, nobody works.
RESTLESS, RESTLESS_LOOKS = b"Compositor\n", 8


class Stillness:
    """Looks at a process, its children, and some threads of our own (Linux).

    What it looks at stays open: opening it anew each time took most of a look.
    """

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self._open: dict[str, Files] = {}
        self._last: dict[str, bytes] | None = None
        self._restless = 0

    def forget(self) -> None:
        """Something was begun: what was seen before says nothing any more."""
        self._last, self._restless = None, 0

    def look(self, *own_threads: int) -> bool:
        """Whether everybody rests, and did so all the time since the last look."""
        seen = self._switches(own_threads)
        last, self._last = self._last, seen
        if seen is None or last is None:
            return False
        stirring = [
            thread for thread in seen.keys() | last.keys() if seen.get(thread) != last.get(thread)
        ]
        self._restless = self._restless + 1 if stirring and all(map(_is_restless, stirring)) else 0
        return not stirring or self._restless >= RESTLESS_LOOKS

    def rests(self, *own_threads: int) -> bool:
        """Whether everybody rests for a moment from now on."""
        self.forget()
        self.look(*own_threads)
        threading.Event().wait(LOOK_APART_S)
        return self.look(*own_threads)

    def wait(self, *own_threads: int, most_s: float = BUSY_S) -> None:
        """Look until everybody rests, at most for `most_s`."""
        self.forget()
        until_s = time.perf_counter() + most_s
        while not self.look(*own_threads) and time.perf_counter() < until_s:
            threading.Event().wait(LOOK_APART_S)

    def close(self) -> None:
        """Close what is open; it may be looked at again."""
        for folder in list(self._open):
            self._drop(folder)

    def _switches(self, own_threads: tuple[int, ...]) -> dict[str, bytes] | None:
        """How often each thread has been given a processor; None when one has or wants it now."""
        seen: dict[str, bytes] = {}
        waiting = [self._pid]
        try:
            for thread in own_threads:
                folder = f"/proc/self/task/{thread}"
                seen[folder] = self._count(folder)
            while waiting:
                for folder in _threads(waiting.pop()):
                    seen[folder] = self._count(folder)
                    waiting += self._children(folder)
        except Stirs:
            return None
        for folder in self._open.keys() - seen.keys():
            self._drop(folder)
        return seen

    def _count(self, folder: str) -> bytes:
        """How often the thread has been given a processor; nothing when it has ended.

        Raises:
            Stirs: it has one, or wants one.
        """
        try:
            if folder not in self._open:
                self._open[folder] = _opened(folder)
            status = os.pread(self._open[folder].status, 4096, 0)
        except OSError:
            return b""
        state = status.index(b"State:")
        if status[state + 7 : state + 8] in BUSY:
            raise Stirs
        return status[status.index(b"voluntary_ctxt_switches:") :]

    def _children(self, folder: str) -> list[int]:
        """The processes that the thread has started."""
        try:
            return list(map(int, os.pread(self._open[folder].children, 4096, 0).split()))
        except (KeyError, OSError):
            return []  # it has ended

    def _drop(self, folder: str) -> None:
        for file in self._open.pop(folder):
            os.close(file)


class Stirs(Exception):
    """A thread runs, or would if it could."""


class Files(NamedTuple):
    """What a thread's folder in /proc tells, open."""

    status: int
    children: int


def _opened(folder: str) -> Files:
    status = os.open(f"{folder}/status", os.O_RDONLY)
    try:
        return Files(status, os.open(f"{folder}/children", os.O_RDONLY))
    except OSError:
        os.close(status)
        raise


def _threads(pid: int) -> list[str]:
    folder = f"/proc/{pid}/task"
    try:
        return [f"{folder}/{thread}" for thread in os.listdir(folder)]  # noqa: PTH208 - far faster
    except OSError:
        return []


def _is_restless(folder: str) -> bool:
    try:
        return Path(folder, "comm").read_bytes() == RESTLESS
    except OSError:
        return False  # it ended
