"""What forge writes to: a console that can no longer be written to goes quiet, and ends nothing."""

from __future__ import annotations

import os
import sys
from typing import Any, TextIO, cast

from rich.console import Console


def batch_console(*, stderr: bool = False) -> Console:
    """A rich console on stdout or stderr that outlives its reader and a full disk."""
    stream = sys.stderr if stderr else sys.stdout
    return Console(file=cast(TextIO, _Patient(stream)))


def fill_descriptors() -> None:
    """Open /dev/null where stdin, stdout or stderr is closed.

    The next file or pipe that is opened would get its number, and be written to and read from by
    everything that takes these three for granted, here and in every child.
    """
    for number, name, mode in ((0, "stdin", "r"), (1, "stdout", "w"), (2, "stderr", "w")):
        try:
            os.fstat(number)
        except OSError:
            os.set_inheritable(os.open(os.devnull, os.O_RDWR), True)  # the lowest that is free
        if getattr(sys, name) is None:
            setattr(sys, name, open(number, mode, closefd=False))  # noqa: SIM115


class _Patient:
    """A text stream; after the first error, what is written to it goes nowhere."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        try:
            return self._stream.write(text)
        except OSError:
            self._give_up()
            return len(text)

    def flush(self) -> None:
        try:
            self._stream.flush()
        except OSError:
            self._give_up()

    def _give_up(self) -> None:
        # The descriptor itself: what is still in the stream's buffer is written at Python's end.
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, self._stream.fileno())
        os.close(nowhere)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)
