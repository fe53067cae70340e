"""Writing a take's pictures beside the recording: capture, compare, encode.

One thread reads the pixels of a frame and compares them with the last picture's; another encodes
those that differ as JPEG and writes them.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import NamedTuple

from forge.errors import RecordingError
from forge.model.take import Frame
from forge.workers.jpeg_rows import ROW
from forge.workers.recording.frame_store import FrameStore
from forge.workers.recording.virtual.pixels.framebuffer import NOTHING, Framebuffer
from forge.workers.recording.virtual.pixels.likeness import Pixels, changed_rows
from forge.workers.recording.virtual.pixels.row_encoder import RowEncoder

MOST = 4  # pictures that wait to be written; each takes 8 MB of memory, at 1080p


class Capture(NamedTuple):
    """A picture being captured.

    `read` is done once the pixels are read: from then on the window may change. `new` tells
    whether they differ from the last picture. Both raise LookupError if only a screenshot can show
    them, and RecordingError if they could not be read or an earlier picture could not be written.
    """

    read: Future[None]
    new: Future[bool]


class FrameWriter:
    """Writes a picture of a window whenever it differs from the last one. Owns the store."""

    def __init__(self, store: FrameStore) -> None:
        self._store = store
        self._last = NOTHING
        self._encoder = RowEncoder()
        self._spare: list[Pixels] = []
        self._comparing = ThreadPoolExecutor(1, "forge-compare")
        self._encoding = ThreadPoolExecutor(1, "forge-encode")
        self._unwritten: deque[Future[None]] = deque()
        self._newest: Future[bool] | None = None
        self._last_ms = 0

    @property
    def last_ms(self) -> int:
        """When the newest picture began to show, in ms of the video."""
        self._await_compared()
        return self._last_ms

    def capture(self, framebuffer: Framebuffer, screenshot: str | None, at_ms: int) -> Capture:
        """Keep what the window shows, from `at_ms` on, if it differs from the last picture.

        `screenshot`: what it shows, a PNG in base64; without one, its framebuffer is read.
        """
        read = Future[None]()
        new = self._comparing.submit(self._compare, read, framebuffer, screenshot, at_ms)
        self._newest = new
        return Capture(read, new)

    def _compare(
        self, read: Future[None], framebuffer: Framebuffer, screenshot: str | None, at_ms: int
    ) -> bool:
        try:
            self._await_written(MOST)  # bounds the memory, and raises an earlier picture's error
            buffer = framebuffer.pixels(screenshot, self._buffer(), self._last)
        except BaseException as problem:
            read.set_exception(problem)
            raise
        read.set_result(None)  # from here on the next frame may be drawn
        changed = changed_rows(buffer, self._last, ROW)
        if not changed:
            self._spare.append(buffer)
            return False
        self._last, before = buffer, self._last
        self._last_ms = max(self._last_ms, at_ms)
        self._unwritten.append(self._encoding.submit(self._encode, buffer, at_ms, before, changed))
        return True

    def prove(self, framebuffer: Framebuffer, screenshot: str) -> None:
        """Check the framebuffer against a screenshot, which is not kept.

        Raises:
            RecordingError: they are different pictures.
        """
        self._comparing.submit(self._prove, framebuffer, screenshot).result()

    def _prove(self, framebuffer: Framebuffer, screenshot: str) -> None:
        buffer = framebuffer.proven(screenshot, self._buffer(), self._last)
        self._spare.append(buffer)

    def _buffer(self) -> Pixels:
        """Return memory for a picture.

        Buffers are reused: page-faulting fresh memory costs more than copying the pixels there.
        """
        return self._spare.pop() if self._spare else NOTHING

    def flush(self) -> tuple[Frame, ...]:
        """Wait until all pictures so far are written; return their frames.

        Raises:
            RecordingError: one could not be written.
        """
        self._await_compared()
        self._await_written(0)
        return self._store.frames

    def _await_compared(self) -> None:
        """Wait until the newest picture has been compared."""
        if self._newest:
            wait([self._newest])

    def _await_written(self, most: int) -> None:
        while self._unwritten and (len(self._unwritten) > most or self._unwritten[0].done()):
            self._unwritten[0].result()  # a failed one stays, and raises its error again
            self._unwritten.popleft()

    def close(self) -> None:
        """End the threads and close the store."""
        self._comparing.shutdown(cancel_futures=True)
        self._encoding.shutdown(cancel_futures=True)
        self._store.close()

    def _encode(self, pixels: Pixels, at_ms: int, before: Pixels, changed: Sequence[int]) -> None:
        self._spare.append(before)  # not needed any more: it is encoded, and was compared with
        jpeg = self._encoder.encode(pixels, changed)
        try:
            self._store.add(at_ms, jpeg)
        except OSError as problem:
            raise RecordingError(f"recording failed: {problem}") from problem
