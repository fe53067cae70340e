"""Messages of bytes through a pipe, from a child process to its parent.

`multiprocessing.Pipe` does the same, with twenty modules that every start of forge would load.
"""

from __future__ import annotations

import os
import select
from contextlib import suppress

SIZE_BYTES = 8  # the length of a message, before it
_write = os.write  # users' code may replace it


class MessagePipe:
    """A pipe between two processes. After the fork, each closes the end that it does not use."""

    def __init__(self) -> None:
        self._read_end, self._write_end = os.pipe()

    def keep_reading(self) -> None:
        """Close the end for writing: the pipe ends when no other process has it open."""
        os.close(self._write_end)

    def keep_writing(self) -> None:
        """Close the end for reading."""
        os.close(self._read_end)

    def close_reading(self) -> None:
        """Close the end for reading, unless it is closed."""
        with suppress(OSError):
            os.close(self._read_end)

    def send(self, message: bytes) -> None:
        """Write a message, all of it.

        Raises:
            OSError: the pipe is closed here, or at its other end.
        """
        rest = memoryview(len(message).to_bytes(SIZE_BYTES, "big") + message)
        while rest:
            rest = rest[_write(self._write_end, rest) :]

    def waits(self, longest_s: float) -> bool:
        """Return True if there is something to read, or the pipe has ended, within `longest_s`."""
        poll = select.poll()
        poll.register(self._read_end, select.POLLIN)
        return bool(poll.poll(longest_s * 1000))

    def receive(self) -> bytes:
        """Read the next message.

        Raises:
            EOFError: the pipe has ended.
        """
        return self._read(int.from_bytes(self._read(SIZE_BYTES), "big"))

    def _read(self, size: int) -> bytes:
        parts = []
        while size > 0:
            part = os.read(self._read_end, min(size, 2**20))
            if not part:
                raise EOFError
            parts.append(part)
            size -= len(part)
        return b"".join(parts)
