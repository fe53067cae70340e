"""The finished video as a MoviePy clip."""

from __future__ import annotations

import numpy as np
import pytest

from forge.model.settings import Style
from forge.workers.composing.encoding.moviepy_clip import Timeline
from forge.workers.composing.painting.compositor import Painter
from forge.workers.composing.painting.renderer import Scene
from forge.workers.composing.storyboard.frame_state import Screen
from forge.workers.composing.storyboard.storyboard import Storyboard
from forge.workers.meter import RATE
from tests.support.painting import Greys, PlainDigests, no_card
from tests.support.takes import manifest, said

MANIFEST = manifest(2000, [(0, 1), (900, 6)], [said("Hello there.", 300, 500)])


@pytest.mark.parametrize("channels", [1, 2])
def test_a_clip_has_the_videos_frames_and_sound(channels: int) -> None:
    board = Storyboard(MANIFEST, Screen(320, 240, 1, 30), Style())
    rising = np.linspace(-0.5, 0.5, 2 * RATE, dtype=np.float32)
    clip = Timeline(
        Scene(board, Painter(Greys(), (), no_card), PlainDigests()),
        np.stack([rising, -rising][:channels]),
    )
    assert clip.duration == clip.audio.duration == 2
    greys = [int(clip.get_frame(seconds).mean()) for seconds in (0, 0.8, 1, 2)]
    assert greys == pytest.approx([20, 20, 120, 120], abs=2), "the end shows the last frame"
    left, right = clip.audio.get_frame(1.5)
    assert left == pytest.approx(0.25, abs=0.001)
    assert right == pytest.approx(left if channels == 1 else -left)
