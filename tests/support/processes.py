"""Processes of tests: mark and find them, wait for what they do, keep the processors busy."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

MARK = "FORGE_TEST_POOL"  # set in the environment of everything that a test starts
DEADLINE_S = 20.0


def marked(mark: str) -> list[tuple[int, str]]:
    """Return pid and command line of each living process with `mark` in its environment."""
    found = []
    for folder in Path("/proc").iterdir():
        if not folder.name.isdigit():
            continue
        try:
            if f"{MARK}={mark}".encode() not in (folder / "environ").read_bytes().split(b"\0"):
                continue
            words = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode()
        except OSError:
            continue  # it has ended, or belongs to another user
        # The tracker belongs to the process that imported multiprocessing, and ends with it.
        if words and "resource_tracker" not in words:
            found.append((int(folder.name), words))
    return found


def eventually(condition: Callable[[], bool], deadline_s: float = DEADLINE_S) -> bool:
    """Return True as soon as `condition` holds, False if it does not before the deadline."""
    until = time.monotonic() + deadline_s
    while not condition():
        if time.monotonic() > until:
            return False
        time.sleep(0.02)
    return True


def kill(pid: int) -> None:
    """Kill a child of this process and wait until it is dead, without reaping it."""
    os.kill(pid, signal.SIGKILL)
    try:
        os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
    except ChildProcessError:
        pass  # its owner has reaped it already


@contextmanager
def busy_machine(hogs: int = 2) -> Iterator[None]:
    """Run `hogs` busy loops while the block runs."""
    with ExitStack() as stack:
        for _ in range(hogs):
            hog = subprocess.Popen([sys.executable, "-c", "while True: pass"])
            stack.callback(hog.wait)
            stack.callback(hog.kill)
        yield
