"""Convert the colours of a JPEG to those of the video.

A JPEG has BT.601 in full range, the video BT.709 in limited range (as in `sprites`). The way from
one to the other is linear, so three weighted sums of planes suffice, at a third of the cost of
libswscale, which goes by way of RGB. They are exact to one step; libswscale's error is up to 18.
"""

from __future__ import annotations

import cv2
import numpy as np
from av import VideoFrame
from numpy.typing import NDArray

from forge.workers.composing.painting.sprites import BT709, STEP, Plane, canvas_of

#: The rows Y, Cb, Cr from RGB (ITU-R BT.601, as JFIF takes it).
BT601 = np.array(
    [
        [0.299, 0.587, 0.114],
        [-0.299 / 1.772, -0.587 / 1.772, 0.5],
        [0.5, -0.587 / 1.402, -0.114 / 1.402],
    ]
)
ZERO_COLOUR = 128  # of both colour planes, in both ranges
BLACK = 16  # luma of limited range
#: Y, U and V of the video from those of a JPEG, the zero of colours left out.
CONVERSION = BT709.astype(np.float64) @ np.linalg.inv(BT601) * (STEP / 255)[:, np.newaxis]
#: Steps of the correction of luma, which is at most ±36, for a step of luma.
FINER = 3.0


def in_video_colours(jpeg: VideoFrame) -> VideoFrame:
    """Return a decoded JPEG (yuvj420p) as a frame of the video (yuv420p)."""
    frame = VideoFrame(jpeg.width, jpeg.height, "yuv420p")
    source, target = canvas_of(jpeg), canvas_of(frame)
    of_luma, of_u, of_v = CONVERSION
    for plane, (_, by_u, by_v) in ((target.u, of_u), (target.v, of_v)):
        _mix(source.u, by_u, source.v, by_v, plane)
    small = np.empty_like(source.u)
    _mix(source.u, of_luma[1] * FINER, source.v, of_luma[2] * FINER, small)
    large = cv2.resize(small, (jpeg.width, jpeg.height), interpolation=cv2.INTER_NEAREST)
    zero = BLACK - ZERO_COLOUR / FINER
    cv2.addWeighted(source.y, of_luma[0], large, 1 / FINER, zero, dst=target.y)
    return frame


def _mix(u: Plane, by_u: float, v: Plane, by_v: float, into: NDArray[np.uint8]) -> None:
    """Write the weighted sum of two colour planes `into` a plane with the same zero."""
    cv2.addWeighted(u, by_u, v, by_v, ZERO_COLOUR * (1 - by_u - by_v), dst=into)
