"""Drawing on planes: colours, transparency, and the edges of the canvas."""

from __future__ import annotations

import numpy as np
import pytest

from forge.workers.composing.painting.sprites import canvas_of, faded, lay, sprite_of
from forge.workers.composing.painting.take_frames import rgb_of
from tests.support.painting import frame


@pytest.mark.parametrize("colour", [(255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 255)])
@pytest.mark.parametrize("grey", [0, 128, 255])
def test_a_sprite_keeps_its_own_colour(colour: tuple[int, int, int], grey: int) -> None:
    picture = np.zeros((20, 20, 4), dtype=np.float32)
    picture[4:16, 4:16] = [*(part / 255 for part in colour), 1]
    base = frame(grey)
    lay(canvas_of(base), sprite_of(picture), 30, 40)
    found = rgb_of(base).astype(int)
    assert np.abs(found[46:54, 36:44] - colour).max() <= 4
    assert np.abs(found[:40] - grey).max() <= 3, "the rest of the frame is untouched"


def test_a_transparent_sprite_mixes_both_colours() -> None:
    picture = np.full((8, 8, 4), 0.5, dtype=np.float32)  # white, half transparent
    base = frame(0)
    lay(canvas_of(base), sprite_of(picture), 0, 0)
    assert np.abs(rgb_of(base)[:8, :8].astype(int) - 128).max() <= 3


@pytest.mark.parametrize("place", [(-6, -6), (236, 132), (-20, 300), (1000, -1000)])
def test_a_sprite_is_cropped_at_the_edge(place: tuple[int, int]) -> None:
    picture = np.ones((12, 12, 4), dtype=np.float32)
    base = frame(0)
    lay(canvas_of(base), sprite_of(picture), *place)
    white = int((rgb_of(base)[..., 0] > 200).sum())
    inside = [
        max(0, min(at + 12, side) - max(0, at)) for at, side in zip(place, (240, 136), strict=True)
    ]
    assert white == inside[0] * inside[1]


def test_a_faded_sprite_is_that_of_a_faded_picture() -> None:
    picture = np.full((8, 8, 4), (0.2, 0.4, 0.6, 0.8), dtype=np.float32)
    frames = [frame(90), frame(90)]
    lay(canvas_of(frames[0]), faded(sprite_of(picture), 1, 4), 0, 0)
    lay(canvas_of(frames[1]), sprite_of(picture * np.float32(0.25)), 0, 0)
    one, other = (rgb_of(made).astype(int) for made in frames)
    assert np.abs(one - other).max() <= 2
