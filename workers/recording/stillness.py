"""Whether processes have come to rest: how a wait is told from work on a busy machine.

A command that waits for the page's time must be given time, one that is only slow must not: else
a video would depend on how busy the machine was. No stretch of time tells the two apart, the
kernel does: nothing is on its way when no thread runs, is ready to run or waits for the disk, and
none has run since the last look.
"""

from __future__ import annotations

import os
from collections.abc import Iterator

BUSY = b"RD"  # running or ready; waiting for the disk
LOOK_APART_S = 0.003
#: At times Chromium's compositor wakes up every few milliseconds, for seconds, to do nothing. Where
#: it alone does, so often in a row, nobody works.
RESTLESS, RESTLESS_LOOKS = b"Compositor\n", 8


class Stillness:
    """Looks at a process, its children, and some threads of our own (Linux)."""

    def __init__(self, pid: int) -> None:
        self._pid = pid
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

    def _switches(self, own_threads: tuple[int, ...]) -> dict[str, bytes] | None:
        """How often each thread has been given a processor; None when one has or wants it now."""
        seen: dict[str, bytes] = {}
        own = (f"/proc/self/task/{thread}" for thread in own_threads)
        for folder in (*own, *self._threads()):
            try:
                status = _read(f"{folder}/status")
            except OSError:
                continue  # it ended in between
            state = status.index(b"State:")
            if status[state + 7 : state + 8] in BUSY:
                return None
            seen[folder] = status[status.index(b"voluntary_ctxt_switches:") :]
        return seen

    def _threads(self) -> Iterator[str]:
        waiting = [self._pid]
        while waiting:
            folder = f"/proc/{waiting.pop()}/task"
            try:
                threads = os.listdir(folder)  # noqa: PTH208 - ten times as fast as a Path
                for thread in threads:
                    waiting += map(int, _read(f"{folder}/{thread}/children").split())
            except OSError:
                continue
            yield from (f"{folder}/{thread}" for thread in threads)


def _is_restless(folder: str) -> bool:
    try:
        return _read(f"{folder}/comm") == RESTLESS
    except OSError:
        return False  # it ended


def _read(path: str) -> bytes:
    file = os.open(path, os.O_RDONLY)
    try:
        return os.read(file, 4096)
    finally:
        os.close(file)
