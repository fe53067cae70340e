"""Consoles that outlive their terminal: when writing fails, output is discarded instead."""

from __future__ import annotations

import os
import sys
from typing import Any, TextIO, cast

from rich.console import Console


def batch_console(*, stderr: bool = False) -> Console:
    """Return a console on stdout or stderr that survives a closed pipe and a full disk."""
    stream = sys.stderr if stderr else sys.stdout
    return Console(file=cast(TextIO, _SafeStream(stream)))


class _SafeStream:
    """A text stream that discards its output after the first error."""

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
        # The descriptor itself is redirected, because Python flushes the stream's buffer at exit.
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, self._stream.fileno())
        os.close(nowhere)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)
