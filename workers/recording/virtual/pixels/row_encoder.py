"""Encode the pictures of a recording as JPEG: of each, only what has changed."""

from __future__ import annotations

from collections.abc import Sequence

import cv2

from forge.workers.jpeg_rows import ROW, JpegRows, interval, runs, split
from forge.workers.recording.frame_store import JPEG_QUALITY
from forge.workers.recording.virtual.pixels.likeness import Pixels


class RowEncoder:
    """Encodes one picture after another. The bytes are those of encoding each as a whole."""

    def __init__(self) -> None:
        self._last: JpegRows | None = None

    def encode(self, pixels: Pixels, changed: Sequence[int]) -> bytes:
        """Return a picture as JPEG. `changed`: the rows that differ from the last picture's."""
        if self._last is None or len(changed) == -(-pixels.shape[0] // ROW):
            self._last = _encoded(pixels)
            return self._last.data
        for start, end in runs(changed):
            rows = _encoded(pixels[start * ROW : end * ROW]).rows
            self._last = self._last.replaced(start, rows)
        return self._last.data


def _encoded(pixels: Pixels) -> JpegRows:
    options = (cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY)
    in_rows = (cv2.IMWRITE_JPEG_RST_INTERVAL, interval(pixels.shape[1]))
    _, jpeg = cv2.imencode(".jpg", pixels, (*options, *in_rows))
    return split(jpeg.tobytes())
