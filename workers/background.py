"""Work beside a recording, without cost to the recording."""

from __future__ import annotations

import os
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

NICE = 10


class CpuGate:
    """Lets encoding run beside a recording only while the recording does not need the processors.

    A recording on the virtual clock shuts the gate while its browser draws: sharing a processor
    would then prolong the recording. It opens the gate while it waits, for example for the app's
    server, and at its end. Encoding waits at the gate before each tick. A new gate is open. Any
    thread may call any method.

    With a `spare` processor the gate stays open: a recording takes a tenth longer beside encoding,
    but hardly anything is left to encode after it.
    """

    def __init__(self, *, spare: bool = False) -> None:
        self._spare = spare
        self._open = threading.Event()
        self._open.set()

    @property
    def is_open(self) -> bool:
        """True while encoding may run."""
        return self._open.is_set()

    def open(self) -> None:
        """Let encoding run."""
        self._open.set()

    def shut(self) -> None:
        """Let encoding wait at its next tick, unless there is a spare processor for it."""
        if not self._spare:
            self._open.clear()

    def wait(self, timeout_s: float) -> bool:
        """Wait until the gate is open, `timeout_s` at most; return True if it is."""
        return self._open.wait(timeout_s)


def out_of_the_way(name: str) -> ThreadPoolExecutor:
    """Return an executor with one thread of low priority (nice 10).

    Encoding at normal priority beside a recording in real time would cost the recording frames.
    Threads that this one starts inherit the priority. The process keeps its own, because it could
    not raise it again.
    """

    def lower_priority() -> None:
        with suppress(OSError, AttributeError):  # not on every system
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICE)

    return ThreadPoolExecutor(1, name, initializer=lower_priority)
