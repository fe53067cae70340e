"""The cursor: an arrow, a hand or a text bar, or the image that the settings name."""

from __future__ import annotations

import math
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
from PIL import Image

from forge.errors import SettingsError
from forge.model.settings import Style
from forge.store.regular import open_regular
from forge.workers.composing.painting.shapes import (
    Coordinates,
    Distances,
    capsule,
    coverage,
    polygon,
    rounded_box,
    soft,
)
from forge.workers.composing.painting.sprites import Canvas, Rgba, Sprite, lay, sprite_of
from forge.workers.composing.storyboard.frame_state import PRESS_DEPTH, Cursor, FrameState

UNIT = 1.6  # CSS pixels per unit of the drawings below, which are about 20 units high
PRESSED = 0.86  # the size of the fully pressed cursor, relative to its usual size
PLACES = 2  # positions per pixel, in each direction
DARK, WHITE = (0.07, 0.08, 0.1), (1.0, 1.0, 1.0)
SHADOW, SHADOW_FALL, SHADOW_REACH = 0.3, (0.3, 1.2), 4.2
LARGEST_IMAGE = 512

ARROW = ((0, 0), (0, 16.4), (3.8, 12.9), (6.2, 18.6), (9.0, 17.4), (6.6, 11.8), (11.6, 11.8))
BOUNDS = (-10, -15, 18, 28)  # left, top, right, bottom of all shapes with their shadows
FINGERS = (((3.1, 8.4), 1.5), ((6.0, 9.0), 1.5), ((8.7, 10.0), 1.4))


class Form(NamedTuple):
    """A shape, given by the distances from its outer edge, its body and the lines in it."""

    edge: Distances
    body: Distances
    lines: Distances | None = None


# The hot spot is a little inside the outline: people take the tip of the outline for it.
def _arrow(x: Coordinates, y: Coordinates) -> Form:
    body = polygon(x - 0.8, y - 0.9, ARROW) - 0.3
    return Form(body - 1.15, body)


def _hand(x: Coordinates, y: Coordinates) -> Form:
    y = y - 0.6
    body = np.minimum.reduce(
        [
            capsule(x, y, (0, 1.5), (0, 12), 1.5),
            *(capsule(x, y, tip, (tip[0], 13), radius) for tip, radius in FINGERS),
            capsule(x, y, (-3.9, 10.8), (-0.6, 15.4), 1.5),
            rounded_box(x, y, (4.3, 14.6), (5.8, 4.6), 3.4),
            rounded_box(x, y, (4.5, 18.6), (4.4, 1.9), 0.8),
        ]
    )
    lines = [capsule(x, y, (at, 10.6), (at, 13.4), 0.32) for at in (1.56, 4.55, 7.4)]
    return Form(body - 1.15, body, np.minimum.reduce(lines))


def _text(x: Coordinates, y: Coordinates) -> Form:
    tips = [(side * 2.6, end * 9.3, end * 8.1) for side in (-1, 1) for end in (-1, 1)]
    serifs = [capsule(x, y, (across, tip), (0, joint), 0.5) for across, tip, joint in tips]
    body = np.minimum.reduce([capsule(x, y, (0, -8.1), (0, 8.1), 0.5), *serifs])
    return Form(body - 1.0, body)


#: By shape: its drawing, the colour of its edge, the colour of its body.
SHAPES = {
    "arrow": (_arrow, WHITE, DARK),
    "hand": (_hand, DARK, WHITE),
    "text": (_text, WHITE, DARK),
}


class Placed(NamedTuple):
    """A sprite, and the pixel of its upper left corner from the cell of the hot spot."""

    sprite: Sprite
    left: int
    top: int


class CursorArtist:
    """Draws `FrameState.cursor`."""

    def __init__(self, style: Style, scale: float, project_dir: Path) -> None:
        self._unit = UNIT * style.cursor_scale * scale
        self._image: Image.Image | None = None
        if style.cursor_image is not None:
            image = read_image(project_dir / style.cursor_image, style.cursor_hotspot)
            factor = style.cursor_scale * scale
            size = [max(1, round(side * factor)) for side in image.size]
            self._image = image.resize((size[0], size[1]), Image.Resampling.LANCZOS)
            # The middle of the pixel that points, rounded down where it is half a pixel.
            middle = ((value + 0.5) * factor for value in style.cursor_hotspot)
            self._hotspot = [math.ceil(at - 0.5) for at in middle]
        self._image_sprite = lru_cache(maxsize=16)(self._draw_image)

    def draw(self, canvas: Canvas, state: FrameState) -> None:
        if (cursor := state.cursor) is None:
            return
        # Sprites are placed at even pixels; the sprite itself contains the remaining shift.
        cell = 2 * PLACES
        x, y = round(cursor.x * PLACES), round(cursor.y * PLACES)
        sprite, left, top = self._sprite(cursor, x % cell, y % cell)
        lay(canvas, sprite, x // cell * 2 + left, y // cell * 2 + top)

    def _sprite(self, cursor: Cursor, x: int, y: int) -> Placed:
        """Return the cursor with its hot spot at (x, y), in 1/PLACES pixels."""
        if self._image is not None:
            return self._image_sprite(round(x / PLACES), round(y / PLACES))
        unit = self._unit * (1 - cursor.press / PRESS_DEPTH * (1 - PRESSED))
        return _shape_sprite(cursor.shape, unit, x, y)

    def _draw_image(self, x: int, y: int) -> Placed:
        image = self._image
        assert image
        left, top = x - self._hotspot[0], y - self._hotspot[1]
        shift_x, shift_y = left % 2, top % 2
        sides = [(side + 3) // 2 * 2 for side in (image.height, image.width)]
        picture = np.zeros((*sides, 4), dtype=np.float32)
        pixels = np.asarray(image, dtype=np.float32) / 255
        pixels[..., :3] *= pixels[..., 3:]
        picture[shift_y : shift_y + image.height, shift_x : shift_x + image.width] = pixels
        return Placed(sprite_of(picture), left - shift_x, top - shift_y)


@lru_cache(maxsize=512)  # of the process: encoding beside a recording makes an artist a step
def _shape_sprite(shape: str, unit: float, x: int, y: int) -> Placed:
    left, top, right, bottom = (round(side * unit / 2) * 2 for side in BOUNDS)
    across = (np.arange(left, right, dtype=np.float32) + 0.5 - x / PLACES) / unit
    down = (np.arange(top, bottom, dtype=np.float32) + 0.5 - y / PLACES) / unit
    picture = _drawn(shape, across[np.newaxis], down[:, np.newaxis], unit)
    return Placed(sprite_of(picture), left, top)


def _drawn(shape: str, x: Coordinates, y: Coordinates, unit: float) -> Rgba:
    """Draw a shape with its shadow, premultiplied; `unit`: pixels per unit of (x, y)."""
    make, edge_colour, body_colour = SHAPES[shape]
    form = make(x, y)
    shade = make(x - SHADOW_FALL[0], y - SHADOW_FALL[1]).edge
    picture = np.zeros((*form.edge.shape, 4), dtype=np.float32)
    picture[..., 3] = SHADOW * soft(shade, SHADOW_REACH)
    layers = [(form.edge, edge_colour), (form.body, body_colour)]
    if form.lines is not None:
        layers.append((form.lines, edge_colour))
    for distances, colour in layers:
        over = coverage(distances * unit)[..., np.newaxis]
        picture = picture * (1 - over) + over * np.array([*colour, 1], dtype=np.float32)
    return picture


def read_image(path: Path, hotspot: tuple[int, int]) -> Image.Image:
    """Read the cursor image of the settings, with its transparency.

    Raises:
        SettingsError: it is missing, not an image, or too large; or the hot spot is outside it.
    """
    hint = f"a PNG with transparency, at most {LARGEST_IMAGE} pixels a side"
    try:
        with open_regular(path) as file, Image.open(file) as found:
            image: Image.Image = found.convert("RGBA")
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as problem:
        raise SettingsError(
            f"style.cursor_image: {path} cannot be used: {problem}", hint=hint
        ) from problem
    if max(image.size) > LARGEST_IMAGE:
        raise SettingsError(
            f"style.cursor_image: {path} is {image.width}×{image.height}: too large", hint=hint
        )
    if not (0 <= hotspot[0] < image.width and 0 <= hotspot[1] < image.height):
        raise SettingsError(
            f"style.cursor_hotspot = {list(hotspot)}: outside {path}, {image.width}×{image.height}"
        )
    return image
