"""Redirect the output of a worker: to its own log, or to that of the current job.

The file descriptors themselves are redirected, so that child processes, native libraries and a
crashing interpreter write there too.
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

#: The streams of a worker by their names in `sys`; empty in other processes. A global, as `sys` is:
#: there is one stdout in a process.
_streams: dict[str, TextIO] = {}


def redirect(lane_log: Path) -> None:
    """Send stdout and stderr of this process and its children to the log of the lane."""
    _redirect_to(lane_log)
    _streams.update(stdout=_open(1), stderr=_open(2))
    mend()
    faulthandler.enable(sys.stderr)
    faulthandler.register(WHERE_SIGNAL, sys.stderr)


@contextmanager
def into(log: Path) -> Iterator[None]:
    """Append all output to `log` instead, for the length of a block.

    If `log` cannot be opened (the disk is full), output goes on to where it went before.
    """
    before = os.dup(1), os.dup(2)
    try:
        try:
            _redirect_to(log)
        except OSError as problem:
            with suppress(OSError):
                print(f"{log} cannot be written: {problem}", file=sys.stderr)
        yield
    finally:
        flush()
        for number, handle in enumerate(before, start=1):
            os.dup2(handle, number)
            os.close(handle)
        mend()


def mend() -> None:
    """Restore a worker's own stdout and stderr after a step has closed or replaced them."""
    for number, (name, stream) in enumerate(_streams.items(), start=1):
        if stream.closed:
            _streams[name] = _open(number)
        setattr(sys, name, _streams[name])


def trace() -> None:
    """Write the traceback of the current error to the log; do nothing on a full disk."""
    mend()
    with suppress(OSError):
        print(without_passwords(traceback.format_exc()), end="", file=sys.stderr)


def _open(number: int) -> TextIO:
    return open(number, "w", buffering=1, encoding="utf-8", errors="replace", closefd=False)


def _redirect_to(log: Path) -> None:
    log.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    flush()
    os.dup2(handle, 1)
    os.dup2(handle, 2)
    os.close(handle)


def flush() -> None:
    """Write what is buffered for stdout and stderr."""
    for stream in (sys.stdout, sys.stderr):
        with suppress(Exception):  # a full disk; a step has closed the stream, or put another there
            stream.flush()
