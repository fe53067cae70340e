"""A JPEG's colours become the video's: against the two standards' own equations."""

from __future__ import annotations

import av
import numpy as np
import pytest
from numpy.typing import NDArray

from forge.workers.composing.painting.jpeg_colours import in_video_colours
from forge.workers.composing.painting.sprites import canvas_of

SIDE = 64
Values = NDArray[np.float64]


def planes_of(rgb: Values, kr: float, kb: float) -> list[Values]:
    """Return Y (0 … 1), Cb and Cr (−0.5 … 0.5) by the weights of red and blue of a standard."""
    red, green, blue = rgb
    luma = kr * red + (1 - kr - kb) * green + kb * blue
    return [luma, (blue - luma) / (2 - 2 * kb), (red - luma) / (2 - 2 * kr)]


def converted(rgb: Values) -> list[NDArray[np.uint8]]:
    """Return the planes of a picture of blocks of 2 × 2 pixels, from a JPEG without loss."""
    jpeg = av.VideoFrame(2 * SIDE, 2 * SIDE, "yuvj420p")
    luma, *colours = planes_of(rgb, 0.299, 0.114)
    canvas = canvas_of(jpeg)
    canvas.y[...] = np.rint(luma * 255).repeat(2, 0).repeat(2, 1)
    for plane, values in zip(canvas[1:], colours, strict=True):
        plane[...] = np.clip(np.rint(values * 255 + 128), 0, 255)
    y, u, v = canvas_of(in_video_colours(jpeg))
    return [y[::2, ::2], u, v]


def test_every_colour_is_within_two_steps() -> None:
    """One step is the JPEG's own rounding."""
    rgb = np.random.default_rng(7).random((3, SIDE, SIDE))
    luma, *colours = planes_of(rgb, 0.2126, 0.0722)
    y, u, v = converted(rgb)
    assert np.abs(y - (16 + 219 * luma)).max() < 2
    for plane, values in zip((u, v), colours, strict=True):
        assert np.abs(plane - (128 + 224 * values)).max() < 2


@pytest.mark.parametrize("level", [0, 1, 17, 128, 200, 254, 255])
def test_grey_stays_grey(level: int) -> None:
    y, u, v = converted(np.full((3, SIDE, SIDE), level / 255))
    assert np.unique(y).tolist() == [round(16 + level * 219 / 255)]
    assert np.unique([u, v]).tolist() == [128]
