"""Draw pictures with transparency on the planes of a frame.

A frame is planar YUV with colour planes of half the size. A sprite is converted once (BT.709,
limited range) and may then be drawn on any number of frames, at even positions: one
multiplication and one addition per covered pixel.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import av
import numpy as np
from av import VideoFrame
from av.video.plane import VideoPlane
from numpy.typing import NDArray

Plane = NDArray[np.uint8]
Weights = NDArray[np.uint16]
Rgba = NDArray[np.float32]
Area = tuple[int, int, int, int]  # left, top, right, bottom
#: Distances of pixels from a line, as a function of their x (a row) and y (a column).
Away = Callable[[NDArray[np.float32], NDArray[np.float32]], NDArray[np.float32]]
FINE = 8  # rows of a profile per pixel of distance

# The rows Y, U, V from RGB (ITU-R BT.709); then range and zero of limited-range values.
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
    """The planes of one frame: luma, and two colour planes of half the size."""

    y: Plane
    u: Plane
    v: Plane


class Sprite(NamedTuple):
    """A picture ready to be drawn: the share of each pixel to keep (of 256), and addends."""

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


def copy_of(frame: VideoFrame) -> VideoFrame:
    """Return a frame with the same pixels, to be drawn on."""
    copy = av.VideoFrame(frame.width, frame.height, "yuv420p")
    for own, other in zip(canvas_of(copy), canvas_of(frame), strict=True):
        own[...] = other
    return copy


def sprite_of(picture: Rgba) -> Sprite:
    """Convert a picture: shape (height, width, 4), 0 … 1, premultiplied by alpha; even sides."""
    alpha = picture[..., 3]
    colours = picture[..., :3] @ (BT709.T * STEP) + alpha[..., np.newaxis] * ZERO
    small = _halved(np.dstack((alpha, colours[..., 1:])))
    return Sprite(
        _keep(alpha),
        _add(colours[..., 0]),
        _keep(small[..., 0]),
        *map(_add, np.moveaxis(small[..., 1:], 2, 0)),
    )


def faded(sprite: Sprite, share: int, of: int) -> Sprite:
    """Return a sprite that is `share` : `of` as opaque."""
    keep, add, keep_colour, *colours = (part.astype(np.uint32) for part in sprite)
    weights = [256 - (256 - part) * share // of for part in (keep, keep_colour)]
    added = [part * share // of for part in (add, *colours)]
    parts = (weights[0], added[0], weights[1], *added[1:])
    return Sprite(*(part.astype(np.uint16) for part in parts))


def _halved(picture: NDArray[np.float32]) -> NDArray[np.float32]:
    height, width, depth = picture.shape
    blocks = picture.reshape(height // 2, 2, width // 2, 2, depth)
    return np.asarray(blocks.mean(axis=(1, 3)), dtype=np.float32)


def _keep(alpha: NDArray[np.float32]) -> Weights:
    return np.rint((1 - alpha) * 256).astype(np.uint16)


def _add(colour: NDArray[np.float32]) -> Weights:
    return np.rint(colour * 256 + 128).astype(np.uint16)  # 128: half a unit, for rounding


class Profile(NamedTuple):
    """Colours by distance from a line: a row for each 1/FINE pixel from −`reach` to `reach`."""

    reach: float
    keep: Weights
    add: Weights
    add_u: Weights
    add_v: Weights


def profile_of(reach: float, picture: Rgba) -> Profile:
    """Convert premultiplied colours, shape (n, 4), for the distances of `distances_to(reach)`."""
    alpha = picture[:, 3]
    colours = picture[:, :3] @ (BT709.T * STEP) + alpha[:, np.newaxis] * ZERO
    return Profile(reach, _keep(alpha), *(_add(colours[:, part]) for part in range(3)))


def distances_to(reach: float) -> NDArray[np.float32]:
    """Return the distances for which a profile has colours."""
    return np.linspace(-reach, reach, round(reach * 2 * FINE) + 1, dtype=np.float32)


def trace(canvas: Canvas, profile: Profile, away: Away, area: Area) -> None:
    """Draw each pixel of `area` in the colour that `profile` has for its distance `away`."""
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
    """Return the row of `profile` for each `step`-th pixel of `area`."""
    left, top, right, bottom = area
    x = np.arange(left, right, step, dtype=np.float32) + step / 2
    y = np.arange(top, bottom, step, dtype=np.float32) + step / 2
    distances = np.clip(away(x[np.newaxis], y[:, np.newaxis]), -profile.reach, profile.reach)
    return ((distances + profile.reach) * FINE + 0.5).astype(np.intp)


def lay(canvas: Canvas, sprite: Sprite, x: int, y: int) -> None:
    """Draw `sprite` with its upper left corner at (x, y), both even, cropped to the canvas."""
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
