"""Zoom: each pixel of an enlarged picture comes from the right place."""

from __future__ import annotations

import numpy as np
import pytest

from forge.workers.composing.painting.enlarge import enlarge
from forge.workers.composing.painting.sprites import canvas_of
from forge.workers.composing.storyboard.frame_state import View
from tests.support.painting import frame


@pytest.mark.parametrize(
    ("view", "error"), [(View(48, 26, 178, 100), 1.5), (View(48.37, 26.81, 177.8, 100.1), 1.5)]
)
def test_every_point_lies_where_the_view_puts_it(view: View, error: float) -> None:
    """The values of a horizontal ramp tell where each pixel comes from."""
    base = frame(0)
    canvas = canvas_of(base)
    canvas.y[:] = np.linspace(16, 235, 240).astype(np.uint8)
    enlarged = frame(0)
    enlarge(canvas, view, canvas_of(enlarged))
    columns = (np.arange(240) + 0.5) * view.width / 240 + view.x - 0.5
    expected = 16 + columns * 219 / 239
    assert np.abs(canvas_of(enlarged).y[50] - expected).max() <= error
