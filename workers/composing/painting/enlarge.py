"""Zoom: enlarge a part of the page's picture to the whole frame."""

from __future__ import annotations

import cv2
import numpy as np

from forge.workers.composing.painting.sprites import Canvas
from forge.workers.composing.storyboard.frame_state import View


def enlarge(source: Canvas, view: View, canvas: Canvas) -> None:
    """Fill `canvas` with the part `view` of `source`.

    A camera at rest has a view of whole pixels, for which the sharper cubic interpolation is used.
    The view of a moving one lies between pixels; linear interpolation is quicker there, and that it
    is less sharp does not show in motion.
    """
    height, width = source.y.shape
    rests = all(side == round(side) for side in view)
    for plane, step, into in zip(source, (1, 2, 2), canvas, strict=True):
        size = (width // step, height // step)
        if rests:
            x, y, across, down = (int(side) // step for side in view)
            part = plane[y : y + down, x : x + across]
            into[...] = cv2.resize(part, size, interpolation=cv2.INTER_CUBIC)
            continue
        scales = (view.width / width, view.height / height)
        # Positions are those of pixel centres, half a pixel from the edge.
        starts = [at / step + by / 2 - 0.5 for at, by in zip(view, scales, strict=False)]
        matrix = np.array([[scales[0], 0, starts[0]], [0, scales[1], starts[1]]])
        flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        into[...] = cv2.warpAffine(
            plane, matrix, size, flags=flags, borderMode=cv2.BORDER_REPLICATE
        )
