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
from typing import TextIO

from forge.text.redact import without_passwords

WHERE_SIGNAL = signal.SIGUSR1  # writes every thread's stack to the log


#: The streams of a worker by their names in `sys`; empty in other processes.
_streams: dict[str, TextIO] = {}


def redirect(lane_log: Path) -> None:
    """Send this process's stdout and stderr, and its children's, to the lane's log."""
    _turn(lane_log)
    _streams.update(stdout=_open(1), stderr=_open(2))
    mend()
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
        mend()


def mend() -> None:
    """Put a worker's own stdout and stderr back, where a step has closed or replaced them."""
    for number, (name, stream) in enumerate(_streams.items(), start=1):
        if stream.closed:
            _streams[name] = _open(number)
        setattr(sys, name, _streams[name])


def trace() -> None:
    """Write down the error at hand. On a disk that is full, it is told without."""
    mend()
    with suppress(OSError):
        print(without_passwords(traceback.format_exc()), end="", file=sys.stderr)


def _open(number: int) -> TextIO:
    return open(number, "w", buffering=1, encoding="utf-8", errors="replace", closefd=False)


def _turn(log: Path) -> None:
    log.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    _flush()
    os.dup2(handle, 1)
    os.dup2(handle, 2)
    os.close(handle)


def _flush() -> None:
    for stream in (sys.stdout, sys.stderr):
        with suppress(Exception):  # a full disk; a step has closed the stream, or put another there
            stream.flush()
