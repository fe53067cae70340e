"""Pixels become pictures of a take: those that differ, developed beside the recording."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor

import cv2
import numpy as np

from forge.errors import RecordingError
from forge.workers.recording.frames import FrameStore
from forge.workers.recording.page import JPEG_QUALITY
from forge.workers.recording.surface import Pixels, Surface


class Film:
    """Keeps what a window shows when it differs from the last picture, on a thread of its own.

    Raises, wherever one waits for it:
        RecordingError: a picture could not be had, or not be written.
    """

    def __init__(self, store: FrameStore) -> None:
        self._store = store
        # New memory every time would cost more than what is put there.
        self._last = self._sheet = np.empty((0, 0, 4), np.uint8)
        self._thread = ThreadPoolExecutor(1, "forge-film")
        self._written: Future[None] | None = None
        self.last_ms = 0  # when the newest picture began to show

    def expose(self, surface: Surface, screenshot: str | None, at_ms: int) -> Future[None]:
        """Keep what the surface shows as what shows from `at_ms` on, if it differs.

        Done as soon as the surface may change again. `screenshot`: what it shows, a PNG in base64.
        """
        return self._thread.submit(self._expose, surface, screenshot, at_ms)

    def develop(self) -> None:
        """Wait until everything kept so far is written."""
        if self._written:
            self._written.result()

    def close(self) -> None:
        """Let the thread go."""
        self._thread.shutdown(cancel_futures=True)

    def _expose(self, surface: Surface, screenshot: str | None, at_ms: int) -> None:
        self._sheet = surface.pixels(screenshot, self._sheet)
        if np.array_equal(self._sheet, self._last):
            return
        self.develop()  # that was before, on this thread: is the disk full?
        self._last, self._sheet = self._sheet, self._last
        self.last_ms = max(self.last_ms, at_ms)
        self._written = self._thread.submit(self._write, self._last, at_ms)

    def _write(self, pixels: Pixels, at_ms: int) -> None:
        quality = (cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY)
        _, jpeg = cv2.imencode(".jpg", cv2.cvtColor(pixels, cv2.COLOR_BGRA2BGR), quality)
        try:
            self._store.add(at_ms, jpeg.tobytes())
        except OSError as problem:
            raise RecordingError(f"recording failed: {problem}") from problem
