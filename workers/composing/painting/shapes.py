"""Shapes as signed distances in pixels, negative inside: sharp at any size and position."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike, NDArray

Distances = NDArray[np.float32]
Coordinates = NDArray[np.float32]  # x as a row, y as a column
Place = tuple[float, float]


def circle(x: Coordinates, y: Coordinates, centre: Place, radius: float) -> Distances:
    """Return the distances from a circle."""
    return _distances(np.hypot(x - centre[0], y - centre[1]) - radius)


def capsule(x: Coordinates, y: Coordinates, one: Place, other: Place, radius: float) -> Distances:
    """Return the distances from a line with round ends; `radius`: half its width."""
    along = np.array(other, dtype=np.float32) - np.array(one, dtype=np.float32)
    left, up = x - one[0], y - one[1]
    part = np.clip((left * along[0] + up * along[1]) / max(1e-6, float(along @ along)), 0, 1)
    return _distances(np.hypot(left - part * along[0], up - part * along[1]) - radius)


def rounded_box(
    x: Coordinates, y: Coordinates, centre: Place, half: Place, radius: float
) -> Distances:
    """Return the distances from a box with rounded corners; `half`: half its width and height."""
    beside = np.abs(x - centre[0]) - (half[0] - radius)
    above = np.abs(y - centre[1]) - (half[1] - radius)
    outside = np.hypot(np.maximum(beside, 0), np.maximum(above, 0))
    return _distances(outside + np.minimum(np.maximum(beside, above), 0) - radius)


def polygon(x: Coordinates, y: Coordinates, corners: Sequence[Place]) -> Distances:
    """Return the distances from a polygon, which may be concave."""
    shape = np.broadcast(x, y).shape
    nearest: Distances = np.full(shape, np.inf, dtype=np.float32)
    inside: NDArray[np.bool_] = np.zeros(shape, dtype=bool)
    for one, other in pairwise([*corners, corners[0]]):
        nearest = np.minimum(nearest, capsule(x, y, one, other, 0))
        crosses = (one[1] > y) != (other[1] > y)
        slope = (other[0] - one[0]) / ((other[1] - one[1]) or 1e-6)
        inside ^= crosses & (x < (y - one[1]) * slope + one[0])
    return _distances(np.where(inside, -nearest, nearest))


def coverage(distances: Distances) -> Distances:
    """Return the share of each pixel that is inside, 0 … 1."""
    return _distances(np.clip(0.5 - distances, 0, 1))


def soft(distances: Distances, reach: float) -> Distances:
    """Return 1 inside, fading to 0 over `reach` pixels outside."""
    part = np.clip(1 - distances / reach, 0, 1)
    return _distances(part * part * (3 - 2 * part))


def _distances(found: ArrayLike) -> Distances:
    return np.asarray(found, dtype=np.float32)
