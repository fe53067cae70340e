"""A step as a file of its own: its pictures and its sound are those of the whole video."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from forge.errors import ComposeError
from forge.model.settings import Style, Video
from forge.workers.composing.encoding.clip import encode_clip
from forge.workers.composing.encoding.gop import GopEncoder
from forge.workers.composing.encoding.mp4 import encode
from forge.workers.composing.encoding.probe import probe
from forge.workers.composing.painting.compositor import Painter
from forge.workers.composing.painting.renderer import Scene
from forge.workers.composing.storyboard.frame_state import Screen
from forge.workers.composing.storyboard.storyboard import Storyboard
from forge.workers.meter import RATE, Track
from tests.support.media import Shown, level_db, shown, sound
from tests.support.painting import Greys, KeptInMemory, PlainDigests, no_card
from tests.support.takes import manifest, said

VIDEO = Video(width=320, height=240, fps=30)
#: Two steps, and three pictures of which two show in the second step, which is the last.
STEPS = [said("Hello there.", 300, 5000), said("And on it goes.", 6000, 5000)]
MANIFEST = manifest(12_400, [(0, 0), (7000, 1), (8000, 2)], STEPS)


@pytest.fixture
def encoder() -> GopEncoder:
    board = Storyboard(MANIFEST, Screen(320, 240, 1, 30), Style())
    scene = Scene(board, Painter(Greys(), (), no_card), PlainDigests())
    return GopEncoder(scene, VIDEO, KeptInMemory())


def track() -> Track:
    """Return a tone that begins with the second step."""
    tone = np.sin(np.arange(12_400 * RATE // 1000) * 440 * 2 * np.pi / RATE).astype(np.float32)
    tone[: 5700 * RATE // 1000] = 0
    return np.asarray(tone[np.newaxis] / 4, dtype=np.float32)


def pixels(frames: list[Shown]) -> list[tuple[int, bytes]]:
    """Return when each frame begins (ms), and its pixels."""
    return [(round(frame.at_ms), frame.rgb().tobytes()) for frame in frames]


def test_clip_shows_and_sounds_as_the_video_does(encoder: GopEncoder, tmp_path: Path) -> None:
    whole, clip = tmp_path / "whole.mp4", tmp_path / "clip.mp4"
    encode(encoder, track, whole, lambda *at: None)
    encode_clip(encoder, track(), clip, 5700, 12_400)
    of_step = [(at, data) for at, data in pixels(shown(whole)) if 5700 <= at < 12_400]
    assert pixels(shown(clip)) == [(at - 5700, data) for at, data in of_step]
    assert len({data for _, data in of_step}) == 3
    assert probe(clip).duration_s == pytest.approx(6.7, abs=0.05)
    assert level_db(sound(clip)[: RATE // 2]) == pytest.approx(level_db(track()[0, -RATE:]), abs=1)


def test_clip_that_cannot_be_written_is_explained(encoder: GopEncoder, tmp_path: Path) -> None:
    with pytest.raises(ComposeError, match=r"clip\.mp4 could not be written"):
        encode_clip(encoder, track(), tmp_path / "nowhere" / "clip.mp4", 5700, 12_400)
