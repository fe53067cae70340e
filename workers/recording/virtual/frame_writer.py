"""Pixels become pictures of a take: those that differ, developed beside the recording."""

from __future__ import annotations

from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import NamedTuple

import cv2

from forge.errors import RecordingError
from forge.model.take import Frame
from forge.workers.recording.frame_store import JPEG_QUALITY, FrameStore
from forge.workers.recording.virtual.framebuffer import NOTHING, Framebuffer
from forge.workers.recording.virtual.likeness import Pixels, same

MOST = 4  # pictures that wait to be written: 8 MB of memory each, of a window of 1080p


class Capture(NamedTuple):
    """A picture being taken: when it is `read`, the window may change; then, whether it is `new`.

    `read` raises LookupError: it takes a screenshot; RecordingError: it could not be had, or one
    before it not be written. `new` raises the same.
    """

    read: Future[None]
    new: Future[bool]


class FrameWriter:
    """Keeps what a window shows when it differs from the last picture."""

    def __init__(self, store: FrameStore) -> None:
        self._store = store
        self._last = NOTHING
        self._spare: list[Pixels] = []
        self._lens = ThreadPoolExecutor(1, "forge-lens")  # looks
        self._tank = ThreadPoolExecutor(1, "forge-film")  # writes
        self._unwritten: deque[Future[None]] = deque()
        self._newest: Future[bool] | None = None
        self._last_ms = 0

    @property
    def last_ms(self) -> int:
        """When the newest picture began to show."""
        self._look()
        return self._last_ms

    def capture(self, framebuffer: Framebuffer, screenshot: str | None, at_ms: int) -> Capture:
        """Keep what the surface shows as what shows from `at_ms` on, if it differs.

        `screenshot`: what it shows, a PNG in base64.
        """
        read = Future[None]()
        new = self._lens.submit(self._compare, read, framebuffer, screenshot, at_ms)
        self._newest = new
        return Capture(read, new)

    def _compare(
        self, read: Future[None], framebuffer: Framebuffer, screenshot: str | None, at_ms: int
    ) -> bool:
        try:
            self._await_written(MOST)
            sheet = framebuffer.pixels(screenshot, self._sheet(), self._last)
        except BaseException as problem:
            read.set_exception(problem)
            raise
        read.set_result(None)
        if same(sheet, self._last):
            self._spare.append(sheet)
            return False
        self._last, before = sheet, self._last
        self._last_ms = max(self._last_ms, at_ms)
        self._unwritten.append(self._tank.submit(self._encode, sheet, at_ms, before))
        return True

    def prove(self, framebuffer: Framebuffer, screenshot: str) -> None:
        """Hold what the surface shows against a screenshot, which is not kept.

        Raises:
            RecordingError: it shows another picture altogether.
        """
        self._lens.submit(self._prove, framebuffer, screenshot).result()

    def _prove(self, framebuffer: Framebuffer, screenshot: str) -> None:
        sheet = framebuffer.proven(screenshot, self._sheet(), self._last)
        self._spare.append(sheet)

    def _sheet(self) -> Pixels:
        """Memory for a picture; new memory, which is slow, only until some has been used."""
        return self._spare.pop() if self._spare else NOTHING

    def flush(self) -> tuple[Frame, ...]:
        """Wait until everything kept so far is written; return the frames.

        Raises:
            RecordingError: it could not be.
        """
        self._look()
        self._await_written(0)
        return self._store.frames

    def _look(self) -> None:
        """Wait until the newest picture has been compared."""
        if self._newest:
            wait([self._newest])

    def _await_written(self, most: int) -> None:
        while self._unwritten and (len(self._unwritten) > most or self._unwritten[0].done()):
            self._unwritten[0].result()  # stays, if it fails: whoever asks next is told, too
            self._unwritten.popleft()

    def close(self) -> None:
        """Let the threads go."""
        self._lens.shutdown(cancel_futures=True)
        self._tank.shutdown(cancel_futures=True)
        self._store.close()

    def _encode(self, pixels: Pixels, at_ms: int, before: Pixels) -> None:
        self._spare.append(before)  # written by now, and compared with no more
        _, jpeg = cv2.imencode(".jpg", pixels, (cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY))
        try:
            self._store.add(at_ms, jpeg.tobytes())
        except OSError as problem:
            raise RecordingError(f"recording failed: {problem}") from problem
