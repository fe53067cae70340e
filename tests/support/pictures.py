"""Pictures with detail everywhere, and JPEG as the recorder makes it."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from forge.workers.jpeg_rows import interval

Picture = NDArray[np.uint8]  # height, width, 3


def landscape(width: int, height: int) -> Picture:
    """Return a picture with soft and hard edges, in many colours."""
    noise = np.random.default_rng(7).integers(0, 255, (height, width, 3), np.uint8)
    soft = np.asarray(cv2.GaussianBlur(noise, (9, 9), 3), np.uint8)
    soft[:, ::7] = 255 - soft[:, ::7]
    return soft


def row_jpeg(pixels: Picture) -> bytes:
    """Return a picture as JPEG in rows that stand alone, encoded as a whole."""
    options = (cv2.IMWRITE_JPEG_QUALITY, 90)
    in_rows = (cv2.IMWRITE_JPEG_RST_INTERVAL, interval(pixels.shape[1]))
    return cv2.imencode(".jpg", pixels, (*options, *in_rows))[1].tobytes()
