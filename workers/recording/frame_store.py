"""The file that the pictures of a take are appended to while it is recorded."""

from __future__ import annotations

import threading
from pathlib import Path

from forge.model.take import Frame
from forge.store.paths import FRAMES_FILE
from forge.workers import real_time

JPEG_QUALITY = 90


class FrameStore:
    """Appends JPEG pictures to `frames.bin`, and keeps when each began to show. Thread-safe.

    A picture with the same bytes as the last one is left out. `received`: the number of pictures
    that came, including those left out. `changed_s`: when the last new one came (monotonic clock).
    """

    def __init__(self, folder: Path) -> None:
        path = folder / FRAMES_FILE
        path.unlink(missing_ok=True)  # the old one may be a link to another language's
        self._file = path.open("wb")
        self._frames: list[Frame] = []
        self._last = b""
        self._size = 0
        self._arrived = threading.Condition()
        self.received = 0
        self.changed_s = real_time.monotonic()

    def add(self, at_ms: int, jpeg: bytes) -> None:
        """Append `jpeg`, which shows from `at_ms` on.

        Raises:
            OSError: it could not be written.
        """
        with self._arrived:
            try:
                if jpeg != self._last:
                    self._append(at_ms, jpeg)
            finally:
                self.received += 1
                self._arrived.notify_all()

    def _append(self, at_ms: int, jpeg: bytes) -> None:
        self._file.write(jpeg)
        self._file.flush()  # composing may begin while the rest is recorded
        # Two connections to a page (after a change of windows) may deliver out of order.
        at_ms = max(at_ms, self._frames[-1].at_ms if self._frames else 0)
        self._frames.append(Frame(at_ms=at_ms, offset=self._size, size=len(jpeg)))
        self._size += len(jpeg)
        self._last = jpeg
        self.changed_s = real_time.monotonic()

    def wait_received(self, count: int, timeout_s: float) -> bool:
        """Wait for more than `count` pictures in all; return False after `timeout_s`."""
        with self._arrived:
            return self._arrived.wait_for(lambda: self.received > count, timeout=timeout_s)

    @property
    def frames(self) -> tuple[Frame, ...]:
        """The pictures so far, in time order."""
        with self._arrived:
            return tuple(self._frames)

    @property
    def kept(self) -> int:
        """The number of pictures so far."""
        with self._arrived:
            return len(self._frames)

    @property
    def last_ms(self) -> int:
        """When the newest picture began to show; 0 before the first."""
        with self._arrived:
            return self._frames[-1].at_ms if self._frames else 0

    def close(self) -> None:
        """Close the file."""
        self._file.close()
