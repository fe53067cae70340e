"""Detect that processes have come to rest: this tells waiting from work, on a busy machine too.

A command that waits for the page's time must be given time. One that is only slow must not: else
the video would depend on how busy the machine was. No length of time tells the two apart, but the
kernel does: nothing is on its way when no thread runs, is ready to run or waits for the disk, and
none has run since the last look.

A look costs 20 to 50 µs: it reads how long each process has run, and how many threads of the whole
machine run now. Threads are looked at one by one (0.4 ms) only where that does not tell.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from forge.workers import real_time

BUSY = (b"R", b"D")  # states of a thread: running or ready to run; waiting for the disk
#: Processes rest if no thread has run for this long. A thread that was woken up has run by then,
#: even one of this process, which has to wait for Python's lock.
QUIET_S = 0.006
LOOK_APART_S = 0.002
BUSY_S = 4.0  # a thread that works for longer is busy-looping, and is not waited for
#: At times Chromium's compositor wakes up every few milliseconds, for seconds, to do nothing. After
#: STIRRING_LOOKS without quiet, a browser in which only the compositor has run at the last
#: RESTLESS_LOOKS counts as at rest.
RESTLESS, STIRRING_LOOKS, RESTLESS_LOOKS = b"Compositor\n", 32, 12
GONE = -1
MACHINE, LONGEST = "/proc/stat", 65_536


class Quiescence:
    """Watches a process, its descendants, and threads of this process (Linux).

    `own_threads`, everywhere: native ids of the threads of this process that take part.
    """

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self._files = KernelFiles()
        self._processes, self._threads = list[int](), list[str]()
        self._list()
        self._born: int | None = None  # threads ever started on the machine, when these were listed
        self._ran: dict[int, int] = {}  # ns that each process or own thread has run
        self._turns: dict[str, bytes] = {}  # scheduler statistics of each thread
        self._quiet_since_s: float | None = None
        self._looks = 0  # since `reset`
        self._restless = 0  # the last looks at which only the compositor had run
        # In some containers another program (lxcfs) provides /proc/stat, whose counts come late;
        # and on machines with very many processors they lie beyond what is read.
        own = Path(MACHINE).stat().st_dev == Path("/proc/self").stat().st_dev
        self._counted = own and b"\nprocs_blocked " in self._files.read(MACHINE)

    def reset(self) -> None:
        """Forget earlier looks, after a new command."""
        self._quiet_since_s = None
        self._looks = self._restless = 0

    def look(self, *own_threads: int) -> bool:
        """Look once; return True if no thread has run for QUIET_S, and none is ready to."""
        now_s, ran = real_time.perf_counter(), self._have_run(own_threads)
        if ran != self._ran or self._quiet_since_s is None:
            self._ran, self._quiet_since_s = ran, now_s
        self._looks += 1
        if now_s - self._quiet_since_s < QUIET_S and not self._is_only_restless(own_threads):
            return False
        machine = self._machine()
        if machine.born is None or machine.born != self._born:
            # New threads somewhere on the machine: they may be the browser's, in new processes.
            self._born, before = machine.born, self._processes
            self._list()
            if self._processes != before:
                return False
        if machine.busy and any(map(self._is_busy, self._all(own_threads))):
            return False
        return self._have_run(own_threads) == ran  # True if nothing has run during this look either

    def rests(self, *own_threads: int) -> bool:
        """Return True if nothing runs for QUIET_S from now on."""
        self.reset()
        self.look(*own_threads)
        real_time.sleep(QUIET_S)
        return self.look(*own_threads)

    def wait(self, *own_threads: int, most_s: float = BUSY_S) -> None:
        """Look until everything rests, for `most_s` at most."""
        self.reset()
        until_s = real_time.perf_counter() + most_s
        while not self.look(*own_threads) and real_time.perf_counter() < until_s:
            real_time.sleep(LOOK_APART_S)

    def _have_run(self, own_threads: tuple[int, ...]) -> dict[int, int]:
        """Return the run time of each process and each of the threads, in ns.

        For a thread that runs now, the kernel has not counted the last milliseconds yet.
        """
        clocks = {pid: ~pid << 3 | 2 for pid in self._processes}  # as clock_getcpuclockid(3) does
        clocks |= {thread: ~thread << 3 | 6 for thread in own_threads}
        return {one: _clock_ns(clock) for one, clock in clocks.items()}

    def _is_only_restless(self, own_threads: tuple[int, ...]) -> bool:
        """Return True if only compositor threads have run at the last looks, after many looks."""
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
        """Close the files; a later look opens them again."""
        self._files.close()

    def _list(self) -> None:
        """Update the lists of processes and threads."""
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

    def _machine(self) -> MachineLoad:
        if not self._counted:
            return MachineLoad(None, busy=True)
        counts = self._files.read(MACHINE).rpartition(b"\nprocesses ")[2].split()
        born, running, blocked = (int(counts[at]) for at in (0, 2, 4))
        return MachineLoad(born, busy=running > 1 or blocked > 0)  # this thread is running, too


class MachineLoad(NamedTuple):
    """The number of threads ever started on the machine (None: unknown); `busy`: others run now."""

    born: int | None
    busy: bool


class KernelFiles:
    """Files of /proc, which stay open: opening one costs more than reading it.

    There are three for each of a browser's seventy threads. `most` stay open at once; by default
    half of what this process may have open.
    """

    def __init__(self, most: int | None = None) -> None:
        self._most = os.sysconf("SC_OPEN_MAX") // 2 if most is None else most
        self._open: dict[str, int] = {}
        self._gone: set[str] = set()

    def read(self, path: str) -> bytes:
        """Return the file's content; nothing when its process or thread has ended."""
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
        """Close the files of processes and threads that have ended."""
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
