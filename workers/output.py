"""Where a worker's words go: its own log, or that of the job at hand.

The file descriptors themselves are turned, so that children, native libraries and a crashing
interpreter write there too.
"""

from __future__ import annotations

import faulthandler
import os
import signal
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from forge.redact import without_passwords

WHERE_SIGNAL = signal.SIGUSR1  # writes every thread's stack to the log


def redirect(lane_log: Path) -> None:
    """Send this process's stdout and stderr, and its children's, to the lane's log."""
    _turn(lane_log)
    sys.stdout = open(1, "w", buffering=1, encoding="utf-8", errors="replace", closefd=False)  # noqa: SIM115
    sys.stderr = open(2, "w", buffering=1, encoding="utf-8", errors="replace", closefd=False)  # noqa: SIM115
    faulthandler.enable(sys.stderr)
    faulthandler.register(WHERE_SIGNAL, sys.stderr)


@contextmanager
def into(log: Path) -> Iterator[None]:
    """Send everything to the end of `log` instead, for a while.

    A log that cannot be opened (the disk is full) changes nothing.
    """
    before = os.dup(1), os.dup(2)
    try:
        try:
            _turn(log)
        except OSError as problem:
            with suppress(OSError):
                print(f"{log} cannot be written: {problem}", file=sys.stderr)
        yield
    finally:
        _flush()
        for number, handle in enumerate(before, start=1):
            os.dup2(handle, number)
            os.close(handle)


def trace() -> None:
    """Write down the error at hand. On a disk that is full, it is told without."""
    with suppress(OSError):
        print(without_passwords(traceback.format_exc()), end="", file=sys.stderr)


def _turn(log: Path) -> None:
    log.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    _flush()
    os.dup2(handle, 1)
    os.dup2(handle, 2)
    os.close(handle)


def _flush() -> None:
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError):
            pass  # a full disk; a stream that a step has closed
