"""Whether processes have come to rest: how a wait is told from work on a busy machine.

A command that waits for the page's time must be given time, one that is only slow must not: else
a video would depend on how busy the machine was. No stretch of time tells the two apart, the
kernel does: nothing is on its way when no thread runs, is ready to run or waits for the disk, and
none has run since the last look.

A look costs microseconds: the kernel counts how long each process has run, and how many threads of
the whole machine run now. Threads are looked at one by one only where that does not tell.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from forge.workers import real_time

BUSY = (b"R", b"D")  # running or ready; waiting for the disk
#: For so long nobody may have run: who was woken up has its turn, this process's threads too.
QUIET_S = 0.006
LOOK_APART_S = 0.002
BUSY_S = 4.0  # whoever works for longer turns round and round, and is not waited for
#: At times Chromium's compositor wakes up every few milliseconds, for seconds, to do nothing. Where
#: there was no quiet at so many looks, and it alone stirred at the last ones, nobody works.
RESTLESS, STIRRING_LOOKS, RESTLESS_LOOKS = b"Compositor\n", 32, 12
GONE = -1
MACHINE, LONGEST = "/proc/stat", 65_536


class Quiescence:
    """Looks at a process, its children, and some threads of our own (Linux)."""

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self._files = Files()
        self._processes, self._threads = list[int](), list[str]()
        self._list()
        self._born: int | None = None  # how many had been on this machine, when they were listed
        self._ran: dict[int, int] = {}  # by process or own thread, for how long
        self._turns: dict[str, bytes] = {}  # by thread, how often it was given a processor
        self._quiet_since_s: float | None = None
        self._looks = self._restless = 0  # since everything was forgotten; the last ones
        # In a container, another program may stand in for the kernel, and be late; and where there
        # are very many processors, what is wanted is not within what is read.
        own = Path(MACHINE).stat().st_dev == Path("/proc/self").stat().st_dev
        self._counted = own and b"\nprocs_blocked " in self._files.read(MACHINE)

    def forget(self) -> None:
        """Something was begun: what was seen before says nothing any more."""
        self._quiet_since_s = None
        self._looks = self._restless = 0

    def look(self, *own_threads: int) -> bool:
        """Whether everybody rests, and has rested for a while."""
        now_s, ran = real_time.perf_counter(), self._have_run(own_threads)
        if ran != self._ran or self._quiet_since_s is None:
            self._ran, self._quiet_since_s = ran, now_s
        self._looks += 1
        if now_s - self._quiet_since_s < QUIET_S and not self._is_only_restless(own_threads):
            return False
        machine = self._machine()
        if machine.born is None or machine.born != self._born:
            self._born, before = machine.born, self._processes
            self._list()
            if self._processes != before:
                return False
        if machine.busy and any(map(self._is_busy, self._all(own_threads))):
            return False
        return self._have_run(own_threads) == ran

    def rests(self, *own_threads: int) -> bool:
        """Whether everybody rests for a while from now on."""
        self.forget()
        self.look(*own_threads)
        real_time.sleep(QUIET_S)
        return self.look(*own_threads)

    def wait(self, *own_threads: int, most_s: float = BUSY_S) -> None:
        """Look until everybody rests, at most for `most_s`."""
        self.forget()
        until_s = real_time.perf_counter() + most_s
        while not self.look(*own_threads) and real_time.perf_counter() < until_s:
            real_time.sleep(LOOK_APART_S)

    def _have_run(self, own_threads: tuple[int, ...]) -> dict[int, int]:
        """For how long each process and each of the threads has run, in ns.

        Of who runs just now, the kernel does not count the last milliseconds.
        """
        clocks = {pid: ~pid << 3 | 2 for pid in self._processes}  # as clock_getcpuclockid(3) does
        clocks |= {thread: ~thread << 3 | 6 for thread in own_threads}
        return {one: _clock_ns(clock) for one, clock in clocks.items()}

    def _is_only_restless(self, own_threads: tuple[int, ...]) -> bool:
        """Whether those who stir, and have stirred for long, do nothing all the same."""
        if self._looks < STIRRING_LOOKS:
            return False
        self._list()
        last = self._turns
        self._turns = {t: self._files.read(f"{t}/schedstat") for t in self._all(own_threads)}
        stirring = [t for t in self._turns.keys() | last if self._turns.get(t) != last.get(t)]
        restless = all(map(self._is_restless, stirring))
        self._restless = self._restless + 1 if restless else 0
        return self._restless >= RESTLESS_LOOKS

    def close(self) -> None:
        """Close what is open; it may be looked at again."""
        self._files.close()

    def _list(self) -> None:
        """See which processes there are, and which threads of theirs."""
        self._processes, self._threads = [], []
        unseen = [self._pid]
        while unseen:
            self._processes.append(process := unseen.pop())
            for thread in _threads(process):
                self._threads.append(thread)
                unseen += map(int, self._files.read(f"{thread}/children").split())
        self._files.forget_gone()

    def _all(self, own_threads: tuple[int, ...]) -> Iterator[str]:
        yield from (f"/proc/self/task/{thread}" for thread in own_threads)
        yield from self._threads

    def _is_busy(self, thread: str) -> bool:
        return self._files.read(f"{thread}/stat").rpartition(b") ")[2][:1] in BUSY

    def _is_restless(self, thread: str) -> bool:
        return self._files.read(f"{thread}/comm") == RESTLESS

    def _machine(self) -> Machine:
        if not self._counted:
            return Machine(None, busy=True)
        counts = self._files.read(MACHINE).rpartition(b"\nprocesses ")[2].split()
        born, running, blocked = (int(counts[at]) for at in (0, 2, 4))
        return Machine(born, busy=running > 1 or blocked > 0)


class Machine(NamedTuple):
    """How many threads have ever been born on it, if that is known; whether others are busy now."""

    born: int | None
    busy: bool


class Files:
    """What the kernel tells in files, which stay open: opening one costs more than reading it.

    There are three for each of a browser's seventy threads. `most` stay open at once: at most half
    of what this process may have open, by default.
    """

    def __init__(self, most: int | None = None) -> None:
        self._most = os.sysconf("SC_OPEN_MAX") // 2 if most is None else most
        self._open: dict[str, int] = {}
        self._gone: set[str] = set()

    def read(self, path: str) -> bytes:
        """What is in it now; nothing when whom it is about has ended."""
        try:
            if path not in self._open:
                if len(self._open) >= self._most:
                    return Path(path).read_bytes()
                self._open[path] = os.open(path, os.O_RDONLY)
            return os.pread(self._open[path], LONGEST, 0)
        except OSError:
            self._gone.add(path)
            return b""

    def forget_gone(self) -> None:
        """Close what is about nobody any more."""
        for path in self._gone & self._open.keys():
            os.close(self._open.pop(path))
        self._gone.clear()

    def close(self) -> None:
        """Close everything; any of it may be read again."""
        self._gone |= self._open.keys()
        self.forget_gone()


def _clock_ns(clock: int) -> int:
    try:
        return time.clock_gettime_ns(clock)
    except OSError:
        return GONE


def _threads(process: int) -> list[str]:
    folder = f"/proc/{process}/task"
    try:
        return [f"{folder}/{thread}" for thread in os.listdir(folder)]  # noqa: PTH208 - far faster
    except OSError:
        return []
