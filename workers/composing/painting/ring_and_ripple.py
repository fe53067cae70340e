"""The ring around a target before the hand uses it, and the ripple of a click."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from forge.model.settings import Style
from forge.workers.composing.painting.shapes import Distances, circle, coverage, rounded_box, soft
from forge.workers.composing.painting.sprites import (
    Area,
    Canvas,
    Profile,
    Rgba,
    distances_to,
    profile_of,
    trace,
)
from forge.workers.composing.storyboard.frame_state import (
    RING_GOES,
    RING_HAS_COME,
    FrameState,
    Ripple,
)

# All in CSS pixels.
RING_MARGIN, RING_CORNER, RING_LINE, RING_GLOW = 6.0, 9.0, 3.0, 9.0
RING_COMES_FROM = 9.0  # extra margin at the beginning, from which the ring closes in
RIPPLE_FROM, RIPPLE_TO, RIPPLE_LINE = 7.0, 30.0, 3.0
STEPS = 64  # levels of opacity

Colour = tuple[float, float, float]


def colour_of(text: str) -> Colour:
    """Return `#rrggbb` as red, green and blue, 0 … 1."""
    red, green, blue = (int(text[at : at + 2], 16) / 255 for at in (1, 3, 5))
    return (red, green, blue)


class RingArtist:
    """Draws `FrameState.ring`: a line in the accent colour, with a white edge and a soft glow."""

    def __init__(self, style: Style, scale: float) -> None:
        self._colour, self._scale = colour_of(style.accent), scale
        self._profile = lru_cache(maxsize=STEPS + 1)(self._make_profile)

    def draw(self, canvas: Canvas, state: FrameState) -> None:
        if (ring := state.ring) is None:
            return
        profile = self._profile(round(STEPS * strength_of_ring(ring.progress)))
        comes = (1 - min(1.0, ring.progress / RING_HAS_COME)) ** 3 * RING_COMES_FROM
        margin = (RING_MARGIN + comes) * self._scale
        half = (ring.width / 2 + margin, ring.height / 2 + margin)
        centre = (ring.x + ring.width / 2, ring.y + ring.height / 2)
        corner = min(RING_CORNER * self._scale + margin / 2, *half)
        for area in _sides(centre, half, profile.reach, corner):
            trace(canvas, profile, lambda x, y: rounded_box(x, y, centre, half, corner), area)

    def _make_profile(self, strength: int) -> Profile:
        line, glow = RING_LINE * self._scale / 2, RING_GLOW * self._scale
        distances = distances_to(glow + line)
        away: Distances = np.abs(distances)
        shine = 0.34 * soft(away - line, glow)
        edge = 0.85 * coverage(away - line - 1.25 * self._scale)
        return profile_of(
            glow + line,
            _layers(
                strength / STEPS,
                [(self._colour, shine), ((1, 1, 1), edge), (self._colour, coverage(away - line))],
            ),
        )


class RippleArtist:
    """Draws `FrameState.ripples`: circles that spread from a click and fade."""

    def __init__(self, style: Style, scale: float) -> None:
        self._colour, self._scale = colour_of(style.accent), scale
        self._profile = lru_cache(maxsize=STEPS + 1)(self._make_profile)

    def draw(self, canvas: Canvas, state: FrameState) -> None:
        for ripple in state.ripples:
            self._draw(canvas, ripple)

    def _draw(self, canvas: Canvas, ripple: Ripple) -> None:
        spread = 1 - (1 - ripple.progress) ** 3
        radius = (RIPPLE_FROM + (RIPPLE_TO - RIPPLE_FROM) * spread) * self._scale
        profile = self._profile(round(STEPS * (1 - ripple.progress) ** 1.5))
        centre, reach = (ripple.x, ripple.y), radius + profile.reach
        area = (int(centre[0] - reach), int(centre[1] - reach), *_ends(centre, reach))
        trace(canvas, profile, lambda x, y: circle(x, y, centre, radius), area)

    def _make_profile(self, strength: int) -> Profile:
        """Return the profile of a disk that is faint inside and strong at its edge."""
        reach = RIPPLE_TO * self._scale
        distances = distances_to(reach)
        line = RIPPLE_LINE * self._scale / 2
        disk = 0.22 * coverage(distances)
        rim = np.abs(distances) - np.float32(line)
        edge = 0.9 * coverage(rim)
        layers = [(self._colour, disk), (self._colour, edge)]
        return profile_of(reach, _layers(strength / STEPS, layers))


def strength_of_ring(progress: float) -> float:
    """Return the ring's opacity: in over the first fifth of its time, out over the last quarter."""
    return float(min(1.0, progress / 0.2, max(0.0, (1 - progress) / (1 - RING_GOES))))


def _layers(strength: float, layers: list[tuple[Colour, Distances]]) -> Rgba:
    picture = np.zeros((layers[0][1].size, 4), dtype=np.float32)
    for colour, alpha in layers:
        over = alpha[:, np.newaxis]
        picture = picture * (1 - over) + over * np.array([*colour, 1], dtype=np.float32)
    return np.asarray(picture * strength, dtype=np.float32)


def _ends(centre: tuple[float, float], reach: float) -> tuple[int, int]:
    return (int(centre[0] + reach) + 1, int(centre[1] + reach) + 1)


def _sides(
    centre: tuple[float, float], half: tuple[float, float], reach: float, corner: float
) -> list[Area]:
    """Return four strips that cover the line of a box, without its empty inside."""
    left, top = int(centre[0] - half[0] - reach), int(centre[1] - half[1] - reach)
    right, bottom = _ends(centre, 0)[0] + int(half[0] + reach), int(centre[1] + half[1] + reach) + 1
    deep = int(reach * 2 + corner) // 2 * 2 + 2
    if bottom - top <= 2 * deep or right - left <= 2 * deep:
        return [(left, top, right, bottom)]
    top, bottom, left = top // 2 * 2, (bottom + 1) // 2 * 2, left // 2 * 2
    return [
        (left, top, right, top + deep),
        (left, bottom - deep, right, bottom),
        (left, top + deep, left + deep, bottom - deep),
        (right - deep, top + deep, right, bottom - deep),
    ]
