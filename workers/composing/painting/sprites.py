"""Pictures with transparency, and how they are laid on the planes of a frame.

A frame is planar YUV with its colours at half the size. A sprite is brought into that form once
(BT.709, limited range) and may then be laid on any number of frames, at even positions: one
multiplication and one addition a pixel, on the pixels it covers.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from av import VideoFrame
from av.video.plane import VideoPlane
from numpy.typing import NDArray

Plane = NDArray[np.uint8]
Weights = NDArray[np.uint16]
Rgba = NDArray[np.float32]
Area = tuple[int, int, int, int]  # left, top, right, bottom
#: How far pixels are from a line: a function of their x (a row) and y (a column).
Away = Callable[[NDArray[np.float32], NDArray[np.float32]], NDArray[np.float32]]
FINE = 8  # a profile's steps to a pixel

# RGB to Y, U, V (ITU-R BT.709): rows; then the limited range's step and zero.
BT709 = np.array(
    [
        [0.2126, 0.7152, 0.0722],
        [-0.2126 / 1.8556, -0.7152 / 1.8556, 0.5],
        [0.5, -0.7152 / 1.5748, -0.0722 / 1.5748],
    ],
    dtype=np.float32,
)
STEP = np.array([219, 224, 224], dtype=np.float32)
ZERO = np.array([16, 128, 128], dtype=np.float32)


class Canvas(NamedTuple):
    """The planes of one frame, to be drawn on: luma, and two of colour at half the size."""

    y: Plane
    u: Plane
    v: Plane


class Sprite(NamedTuple):
    """A picture ready to be laid on a canvas: what to keep of it (of 256), and what to add."""

    keep: Weights
    add: Weights
    keep_colour: Weights
    add_u: Weights
    add_v: Weights


def canvas_of(frame: VideoFrame) -> Canvas:
    """Return the planes of a frame in yuv420p, as views: drawing on them draws on the frame."""
    return Canvas(*(_view(plane) for plane in frame.planes))


def _view(plane: VideoPlane) -> Plane:
    rows = np.frombuffer(memoryview(plane), dtype=np.uint8).reshape(-1, plane.line_size)
    return rows[: plane.height, : plane.width]


def sprite_of(picture: Rgba) -> Sprite:
    """`picture`: shape (height, width, 4), 0 … 1, premultiplied with its alpha; even sides."""
    alpha = picture[..., 3]
    colours = picture[..., :3] @ (BT709.T * STEP) + alpha[..., np.newaxis] * ZERO
    small = _halved(np.dstack((alpha, colours[..., 1:])))
    return Sprite(
        _keep(alpha),
        _add(colours[..., 0]),
        _keep(small[..., 0]),
        *map(_add, np.moveaxis(small[..., 1:], 2, 0)),
    )


def _halved(picture: NDArray[np.float32]) -> NDArray[np.float32]:
    height, width, depth = picture.shape
    blocks = picture.reshape(height // 2, 2, width // 2, 2, depth)
    return np.asarray(blocks.mean(axis=(1, 3)), dtype=np.float32)


def _keep(alpha: NDArray[np.float32]) -> Weights:
    return np.rint((1 - alpha) * 256).astype(np.uint16)


def _add(colour: NDArray[np.float32]) -> Weights:
    return np.rint(colour * 256 + 128).astype(np.uint16)  # 128: half a step, for rounding


class Profile(NamedTuple):
    """A colour's strength by distance from a line: rows for `distance`, one a `1/FINE` pixel."""

    reach: float
    keep: Weights
    add: Weights
    add_u: Weights
    add_v: Weights


def profile_of(reach: float, picture: Rgba) -> Profile:
    """`picture`: premultiplied colours, shape (n, 4), for distances from −`reach` to `reach`."""
    alpha = picture[:, 3]
    colours = picture[:, :3] @ (BT709.T * STEP) + alpha[:, np.newaxis] * ZERO
    return Profile(reach, _keep(alpha), *(_add(colours[:, part]) for part in range(3)))


def distances_to(reach: float) -> NDArray[np.float32]:
    """The distances that a profile has colours for."""
    return np.linspace(-reach, reach, round(reach * 2 * FINE) + 1, dtype=np.float32)


def trace(canvas: Canvas, profile: Profile, away: Away, area: Area) -> None:
    """Draw by distance: on each pixel of `area` what `profile` says for how far `away` it is."""
    height, width = canvas.y.shape
    left, top = (max(0, side) // 2 * 2 for side in area[:2])
    right, bottom = min((area[2] + 1) // 2 * 2, width), min((area[3] + 1) // 2 * 2, height)
    if left >= right or top >= bottom:
        return
    near = _rows(profile, away, (left, top, right, bottom), 1)
    _mix(canvas.y[top:bottom, left:right], profile.keep[near], profile.add[near])
    near = _rows(profile, away, (left, top, right, bottom), 2)
    part = slice(top // 2, bottom // 2), slice(left // 2, right // 2)
    for plane, add in ((canvas.u, profile.add_u), (canvas.v, profile.add_v)):
        _mix(plane[part], profile.keep[near], add[near])


def _rows(profile: Profile, away: Away, area: Area, step: int) -> NDArray[np.intp]:
    """The row of `profile` for each `step`-th pixel of `area`."""
    left, top, right, bottom = area
    x = np.arange(left, right, step, dtype=np.float32) + step / 2
    y = np.arange(top, bottom, step, dtype=np.float32) + step / 2
    distances = np.clip(away(x[np.newaxis], y[:, np.newaxis]), -profile.reach, profile.reach)
    return ((distances + profile.reach) * FINE + 0.5).astype(np.intp)


def lay(canvas: Canvas, sprite: Sprite, x: int, y: int) -> None:
    """Draw `sprite` with its upper left corner at (x, y), both even; what lies outside is cut."""
    _blend(canvas.y, sprite.keep, sprite.add, x, y)
    _blend(canvas.u, sprite.keep_colour, sprite.add_u, x // 2, y // 2)
    _blend(canvas.v, sprite.keep_colour, sprite.add_v, x // 2, y // 2)


def _blend(plane: Plane, keep: Weights, add: Weights, x: int, y: int) -> None:
    height, width = keep.shape
    top, left = max(0, -y), max(0, -x)
    bottom, right = min(height, plane.shape[0] - y), min(width, plane.shape[1] - x)
    if top >= bottom or left >= right:
        return
    part = plane[y + top : y + bottom, x + left : x + right]
    _mix(part, keep[top:bottom, left:right], add[top:bottom, left:right])


def _mix(part: Plane, keep: Weights, add: Weights) -> None:
    part[...] = (part * keep + add) >> 8
